/**
 * The dispatcher: a wasm loop that looks PC up in the jump cache and calls the region, until one needs help.
 *
 * The TLB's execute tag turns PC into a host address, and the jump cache goes by that, so it outlives every change of a
 * mapping; the virtual page must be the same too, because code has its own address in it. A region of several pages
 * depends on the mapping of all of them: its entries hold the generation in which that was checked, and for which DACR
 * values; a TLB flush starts a new generation. The dispatcher alone imports the table of regions: a module that imports
 * it costs far more on Node 20.
 */
import { CPU_STATE_OFFSET, type HostMemory, JUMP_CACHE_OFFSET } from "../../memory/index.ts";
import {
  ADDEND,
  DERIVED_WORDS,
  ENTRY_WORDS,
  FLAG_T,
  PC,
  REMAINING,
  TAG_EXECUTE,
  TLB_ENTRIES,
  type TlbListener,
} from "../core/index.ts";
import { Exit } from "./locals.table.ts";
import { TLB_BANK_WORD } from "./look-up.ts";
import { I32, Op, VOID, WasmWriter, wasmModule } from "./wasm-writer.ts";

export const TABLE_SIZE = 16_384;
/** Slot of the function that answers `miss`: what stale entries lead to. */
const MISS_SLOT = 0;
const CACHE_ENTRIES = 16_384;
/** {host address with the Thumb bit, slot and block, generation and DACR slots or ANY_GENERATION, virtual page}. */
const ENTRY_BYTES = 16;
/** The second word of an entry is the slot, and above it the block to enter. */
const BLOCK_SHIFT = 16;
const CACHE_BYTES = CACHE_ENTRIES * ENTRY_BYTES;
/** No key: RAM lies above the engine's part of the memory. */
const EMPTY = 0;
/** For a region that lies in the page of its entry. */
const ANY_GENERATION = -1;
/** Words of the state block, behind the saved ones: byte offset of the jump cache in use, and the generation. */
const JUMP_CACHE_WORD = DERIVED_WORDS + 1;
const GENERATION_WORD = DERIVED_WORDS + 2;
/** A generation word is the generation and a bit for each slot of a DACR value. */
const GENERATION_SHIFT = 4;
const SLOT_BITS = (1 << GENERATION_SHIFT) - 1;
const MAX_GENERATION = 0x7ffffff;

const stateAddress = (word: number): number => CPU_STATE_OFFSET + word * 4;

const entryOffset = (key: number): number => (((key >>> 2) ^ (key >>> 15)) & (CACHE_ENTRIES - 1)) * ENTRY_BYTES;

/** `run(): reason`, see `Exit`. Locals: 0 PC, 1 TLB entry and jump cache entry, 2 key, then slot and reason. */
function dispatcherModule(memoryPages: number): Uint8Array {
  const w = new WasmWriter();
  const missUnless = (opcode: number): void => {
    w.op(opcode).hint(false).op(Op.if, VOID).const(Exit.miss).op(Op.return, Op.end);
  };
  w.op(Op.loop, VOID);
  w.loadAt(stateAddress(PC))
    .tee(0)
    .const(12)
    .op(Op.shrU)
    .const(TLB_ENTRIES - 1)
    .op(Op.and);
  w.const(Math.log2(ENTRY_WORDS * 4))
    .op(Op.shl)
    .loadAt(stateAddress(TLB_BANK_WORD))
    .op(Op.add)
    .set(1);
  w.get(1)
    .memory(Op.load, TAG_EXECUTE * 4, 2)
    .get(0)
    .const(~0xfff)
    .op(Op.and);
  missUnless(Op.ne);
  w.get(0)
    .get(1)
    .memory(Op.load, ADDEND * 4, 2)
    .op(Op.add)
    .loadAt(stateAddress(FLAG_T))
    .op(Op.or)
    .set(2);
  w.get(2)
    .const(2)
    .op(Op.shrU)
    .get(2)
    .const(15)
    .op(Op.shrU, Op.xor)
    .const(CACHE_ENTRIES - 1)
    .op(Op.and);
  w.const(Math.log2(ENTRY_BYTES)).op(Op.shl).loadAt(stateAddress(JUMP_CACHE_WORD)).op(Op.add).set(1);
  w.get(1).memory(Op.load, 0, 2).get(2);
  missUnless(Op.ne);
  w.get(1).memory(Op.load, 12, 2).get(0).const(~0xfff).op(Op.and);
  missUnless(Op.ne);
  w.get(1).memory(Op.load, 8, 2).tee(2).const(ANY_GENERATION).op(Op.ne);
  w.get(2).loadAt(stateAddress(GENERATION_WORD)).const(~SLOT_BITS).op(Op.or, Op.and);
  w.loadAt(stateAddress(GENERATION_WORD)).op(Op.ne);
  missUnless(Op.and);
  w.get(1).memory(Op.load, 4, 2).tee(2).const(BLOCK_SHIFT).op(Op.shrU);
  w.get(2)
    .const(TABLE_SIZE - 1)
    .op(Op.and)
    .op(Op.callIndirect)
    .u32(1)
    .u32(0)
    .tee(2);
  w.op(Op.if, VOID).get(2).op(Op.return, Op.end);
  w.loadAt(stateAddress(REMAINING)).const(0).op(Op.gtS).brIf(0);
  w.op(Op.end).const(Exit.next);
  return wasmModule(
    {
      types: [
        { params: [], results: [I32] },
        { params: [I32], results: [I32] },
      ],
      imports: [],
      type: 0,
      locals: [{ count: 3, type: I32 }],
      code: [w],
      tableSize: TABLE_SIZE,
    },
    memoryPages,
  );
}

const missModule = (memoryPages: number): Uint8Array =>
  wasmModule(
    {
      types: [{ params: [I32], results: [I32] }],
      imports: [],
      type: 0,
      locals: [],
      code: [new WasmWriter().const(Exit.miss)],
    },
    memoryPages,
  );

/** A compiled region; the argument is the block to enter. */
export type RegionFunction = (entry: number) => number;

/** Compiles a module that imports the memory and answers its function. */
export function instantiate(bytes: Uint8Array, imports: Record<string, unknown>): RegionFunction {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { e: imports });
  return instance.exports.f as RegionFunction;
}

/** What an entry leads to: a function, the block to enter, and the virtual pages (with their frames) it depends on. */
export interface EnteredCode {
  readonly slot: number;
  readonly block: number;
  readonly pages: ReadonlyMap<number, number>;
}

export class Dispatcher implements TlbListener {
  /** Runs regions from PC on until one needs help; answers why. */
  readonly run: () => number;
  private readonly table: WebAssembly.Table;
  private readonly words: Int32Array;
  private readonly miss: RegionFunction;
  private nextSlot = MISS_SLOT + 1;
  private readonly state: number;
  private generation = 0;
  /** Bit of the DACR value in use. */
  private slotBit = 1;
  /** Virtual pages that regions need beside the page of their entry, since the generation began. */
  private readonly otherPages = new Set<number>();

  constructor(host: HostMemory, memoryPages: number) {
    this.words = host.i32;
    this.state = CPU_STATE_OFFSET >> 2;
    this.table = new WebAssembly.Table({ element: "anyfunc", initial: TABLE_SIZE });
    this.miss = instantiate(missModule(memoryPages), { m: host.memory });
    this.table.set(MISS_SLOT, this.miss);
    const run = instantiate(dispatcherModule(memoryPages), { m: host.memory, t: this.table });
    this.run = () => run(0);
    this.forgetAll();
  }

  /** Regions of user code and of privileged code are different ones. `dacrSlot` is the TLB's number for the DACR value. */
  selectCache(isPrivileged: boolean, dacrSlot: number): void {
    this.words[this.state + JUMP_CACHE_WORD] = JUMP_CACHE_OFFSET + (isPrivileged ? CACHE_BYTES : 0);
    this.slotBit = 1 << dacrSlot;
    this.publishGeneration();
  }

  get isFull(): boolean {
    return this.nextSlot >= TABLE_SIZE;
  }

  /** A table slot for a region's function. */
  addFunction(run: RegionFunction): number {
    const slot = this.nextSlot++;
    this.table.set(slot, run);
    return slot;
  }

  /** Entries that lead to the slot answer `miss` from now on; the slot is not used again before `forgetAll`. */
  retire(slot: number): void {
    this.table.set(slot, this.miss);
  }

  /** Empties table and jump caches. */
  forgetAll(): void {
    for (let slot = MISS_SLOT + 1; slot < this.nextSlot; slot++) this.table.set(slot, this.miss);
    this.nextSlot = MISS_SLOT + 1;
    this.emptyCaches();
    this.newGeneration();
  }

  private emptyCaches(): void {
    const from = JUMP_CACHE_OFFSET >> 2;
    this.words.fill(EMPTY, from, from + (2 * CACHE_BYTES) / 4);
  }

  /** Word index of the entry for a key in the cache in use. */
  private entryOf(key: number): number {
    return (this.words[this.state + JUMP_CACHE_WORD] + entryOffset(key)) >> 2;
  }

  /** True when `run` would find a function for PC, whose host address is `key` (bit 0: Thumb). */
  has(key: number, pc: number): boolean {
    const at = this.entryOf(key);
    if (this.words[at] !== key || this.words[at + 3] !== (pc & ~0xfff)) return false;
    const checked = this.words[at + 2];
    return checked === ANY_GENERATION || (checked & (this.generationWord | ~SLOT_BITS)) === this.generationWord;
  }

  /** From now on PC, whose host address is `key`, enters the code, whose pages were just checked. */
  enter(key: number, pc: number, { slot, block, pages }: EnteredCode): void {
    const at = this.entryOf(key);
    const target = slot | (block << BLOCK_SHIFT);
    const isSame = this.words[at + 1] === target && this.isOfGeneration(at, key, pc);
    const checkedBefore = isSame ? this.words[at + 2] : 0;
    this.words[at] = key;
    this.words[at + 1] = target;
    this.words[at + 2] = pages.size === 1 ? ANY_GENERATION : checkedBefore | this.generationWord;
    this.words[at + 3] = pc & ~0xfff;
    if (pages.size > 1) for (const page of pages.keys()) this.otherPages.add(page);
  }

  /** The entry was checked in this generation, for whatever DACR values. */
  private isOfGeneration(at: number, key: number, pc: number): boolean {
    if (this.words[at] !== key || this.words[at + 3] !== (pc & ~0xfff)) return false;
    return this.words[at + 2] >>> GENERATION_SHIFT === this.generation;
  }

  private get generationWord(): number {
    return (this.generation << GENERATION_SHIFT) | this.slotBit;
  }

  private publishGeneration(): void {
    this.words[this.state + GENERATION_WORD] = this.generationWord;
  }

  private newGeneration(): void {
    this.generation = (this.generation + 1) & MAX_GENERATION;
    // Entries of as many generations ago would be taken for new ones.
    if (this.generation === 0) this.emptyCaches();
    this.publishGeneration();
    this.otherPages.clear();
  }

  bankForgotten(): void {
    if (this.otherPages.size > 0) this.newGeneration();
  }

  pageForgotten(va: number): void {
    if (this.otherPages.has(va & ~0xfff)) this.newGeneration();
  }
}
