/**
 * The dispatcher: a wasm loop that looks PC up in the jump cache and calls the region, until one needs help.
 *
 * A jump cache belongs to a TLB bank and forgets what the bank forgets. An entry is {PC with the Thumb bit, table slot}.
 * The dispatcher alone imports the table of regions: a module that imports it costs far more on Node 20.
 */
import { CPU_STATE_OFFSET, type HostMemory, JUMP_CACHE_OFFSET } from "../../memory/index.ts";
import { BANKS, FLAG_T, PC, REMAINING, type TlbListener } from "../core/index.ts";
import { Exit } from "./locals.table.ts";
import { I32, Op, VOID, WasmWriter, wasmModule } from "./wasm-writer.ts";

export const TABLE_SIZE = 16_384;
/** Slot of the function that answers `miss`: what stale entries lead to. */
const MISS_SLOT = 0;
const PAGE_GROUPS = 64;
const GROUP_ENTRIES = 64;
const ENTRY_BYTES = 8;
/** The second word of an entry is the slot, and above it the block to enter. */
const ENTRY_SHIFT = 16;
const CACHE_BYTES = PAGE_GROUPS * GROUP_ENTRIES * ENTRY_BYTES;
/** No key: an address cannot have this value with its Thumb bit, because no code lies in the last halfword. */
const EMPTY = -1;
/** Word of the state block, behind the saved ones, that holds the byte offset of the jump cache in use. */
export const JUMP_CACHE_WORD = 129;

const stateAddress = (word: number): number => CPU_STATE_OFFSET + word * 4;

/** Byte offset in a jump cache of the entry for a key; all entries of a page lie in one group. */
function entryOffset(key: number): number {
  const group = ((key >>> 12) ^ (key >>> 18)) & (PAGE_GROUPS - 1);
  const index = ((key >>> 2) ^ (key >>> 7)) & (GROUP_ENTRIES - 1);
  return (group * GROUP_ENTRIES + index) * ENTRY_BYTES;
}

/** `run(): reason`, see `Exit`. Locals: 0 key, 1 entry address, 2 reason. */
function dispatcherModule(memoryPages: number): Uint8Array {
  const w = new WasmWriter();
  w.op(Op.loop, VOID);
  w.loadAt(stateAddress(PC)).loadAt(stateAddress(FLAG_T)).op(Op.or).set(0);
  w.get(0)
    .const(12)
    .op(Op.shrU)
    .get(0)
    .const(18)
    .op(Op.shrU, Op.xor)
    .const(PAGE_GROUPS - 1)
    .op(Op.and);
  w.const(6).op(Op.shl);
  w.get(0)
    .const(2)
    .op(Op.shrU)
    .get(0)
    .const(7)
    .op(Op.shrU, Op.xor)
    .const(GROUP_ENTRIES - 1)
    .op(Op.and, Op.or);
  w.const(3).op(Op.shl).loadAt(stateAddress(JUMP_CACHE_WORD)).op(Op.add).set(1);
  w.get(1).memory(Op.load, 0, 2).get(0).op(Op.ne, Op.if, VOID).const(Exit.miss).op(Op.return, Op.end);
  w.get(1).memory(Op.load, 4, 2).tee(2).const(ENTRY_SHIFT).op(Op.shrU);
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
      code: [w.bytes],
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
      code: [new WasmWriter().const(Exit.miss).bytes],
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

export class Dispatcher implements TlbListener {
  /** Runs regions from PC on until one needs help; answers why. */
  readonly run: () => number;
  private readonly table: WebAssembly.Table;
  private readonly words: Int32Array;
  private readonly miss: RegionFunction;
  private nextSlot = MISS_SLOT + 1;
  /** Virtual pages that regions need beside the page of their entry. */
  private readonly otherPages = new Set<number>();

  constructor(host: HostMemory, memoryPages: number) {
    this.words = host.i32;
    this.table = new WebAssembly.Table({ element: "anyfunc", initial: TABLE_SIZE });
    this.miss = instantiate(missModule(memoryPages), { m: host.memory });
    this.table.set(MISS_SLOT, this.miss);
    const run = instantiate(dispatcherModule(memoryPages), { m: host.memory, t: this.table });
    this.run = () => run(0);
    this.forgetAll();
  }

  /** Byte offset of the jump cache of a TLB bank. */
  cacheOffset(bank: number): number {
    return JUMP_CACHE_OFFSET + bank * CACHE_BYTES;
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
    for (let bank = 0; bank < BANKS; bank++) this.bankForgotten(bank);
    this.otherPages.clear();
  }

  /** True when the bank's dispatcher would find a function for `key`. */
  has(bank: number, key: number): boolean {
    return this.words[(this.cacheOffset(bank) + entryOffset(key)) >> 2] === key;
  }

  /** From now on the bank's dispatcher enters `slot` at `block` for `key`. `pages` are the virtual pages it depends on. */
  enter(bank: number, key: number, { slot, block }: { slot: number; block: number }, pages: Iterable<number>): void {
    const at = (this.cacheOffset(bank) + entryOffset(key)) >> 2;
    this.words[at] = key;
    this.words[at + 1] = slot | (block << ENTRY_SHIFT);
    for (const page of pages) if (page !== (key & ~0xfff)) this.otherPages.add(page);
  }

  bankForgotten(bank: number): void {
    const from = this.cacheOffset(bank) >> 2;
    this.words.fill(EMPTY, from, from + CACHE_BYTES / 4);
  }

  pageForgotten(va: number): void {
    if (this.otherPages.has(va & ~0xfff)) {
      for (let bank = 0; bank < BANKS; bank++) this.bankForgotten(bank);
      this.otherPages.clear();
      return;
    }
    const group = entryOffset(va & ~0xfff) & ~(GROUP_ENTRIES * ENTRY_BYTES - 1);
    for (let bank = 0; bank < BANKS; bank++) {
      const from = (this.cacheOffset(bank) + group) >> 2;
      this.words.fill(EMPTY, from, from + (GROUP_ENTRIES * ENTRY_BYTES) / 4);
    }
  }
}
