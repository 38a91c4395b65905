/**
 * The dispatcher: a wasm loop that looks PC up in the jump cache and calls the region, until one needs help.
 *
 * The TLB's execute tag turns PC into a host address, and the jump cache goes by that, so it outlives every change of a
 * mapping; the virtual page must be the same too, because code has its own address in it. A region of several pages
 * checks the mapping of the others itself. The dispatcher alone imports the table of regions: a module that imports
 * it costs far more on Node 20.
 */
import {
  CPU_STATE_OFFSET,
  HEAT_OFFSET,
  type HostMemory,
  JUMP_CACHE_OFFSET,
  REGION_COUNTS_OFFSET,
} from "../../memory/index.ts";
import { ADDEND, DERIVED_WORDS, ENTRY_WORDS, FLAG_T, PC, REMAINING, TAG_EXECUTE, TLB_ENTRIES } from "../core/index.ts";
import { type ExecutionProfile, TIMED_EVERY, TIMED_FIRST } from "./execution-profile.ts";
import { Exit } from "./locals.table.ts";
import { HEAT_FLAVOUR_WORD, HEAT_LIMIT_WORD, HEAT_STEP_WORD, TLB_BANK_WORD } from "./look-up.ts";
import { ENTER_RECORD, HEAT_ENTRIES } from "./template-shape.ts";
import { KIND_FETCH, LOOK_UP_FUNCTION } from "./wasm-memory.ts";
import { functionBody, I32, Op, VOID, WasmWriter, wasmModule } from "./wasm-writer.ts";

export const TABLE_SIZE = 16_384;
/** Slot of the function that answers `miss`: what stale entries lead to. */
const MISS_SLOT = 0;
/** The jump cache: sets of two entries {host address with the Thumb bit, slot and block, virtual page, nothing}. */
const CACHE_SETS = 8_192;
const ENTRY_BYTES = 16;
const SET_BYTES = 2 * ENTRY_BYTES;
const CACHE_BYTES = CACHE_SETS * SET_BYTES;
const ENTRY_TARGET = 4;
const ENTRY_PAGE = 8;
/** The second word of an entry is the slot, and above it the block to enter. */
const BLOCK_SHIFT = 16;
/** No key: RAM lies above the engine's part of the memory. */
const EMPTY = 0;
/** Word of the state block, behind the saved ones: byte offset of the jump cache in use. */
const JUMP_CACHE_WORD = DERIVED_WORDS + 1;
/** The bits of an address that choose its TLB entry, moved to be a byte offset. */
const TLB_INDEX_SHIFT = 12 - Math.log2(ENTRY_WORDS * 4);
const TLB_INDEX_MASK = (TLB_ENTRIES - 1) * ENTRY_WORDS * 4;

const stateAddress = (word: number): number => CPU_STATE_OFFSET + word * 4;

const setOffset = (key: number): number => (((key >>> 2) ^ (key >>> 15)) & (CACHE_SETS - 1)) * SET_BYTES;

/** Index of the imported `entryTimed(slot)`, of a dispatcher that keeps a profile. */
const ENTRY_TIMED_FUNCTION = 1;

/** Tells of an entry that is to be timed. Locals as in `countEntry`. */
function tellTimed(w: WasmWriter): void {
  w.get(0).memory(Op.load, 8, 2).const(TIMED_FIRST).op(Op.ltU);
  w.get(0)
    .memory(Op.load, 8, 2)
    .const(TIMED_EVERY - 1)
    .op(Op.and, Op.eqz, Op.or);
  w.op(Op.if, VOID).get(0).call(ENTRY_TIMED_FUNCTION).op(Op.end);
}

/**
 * Before and after the call of a region: its entries and instructions are counted, and some entries timed. Locals: 0 the
 * region's counters, 1 what was left of the slice, and before the call 2 the entry's second word.
 */
const countEntry = {
  before(w: WasmWriter): void {
    w.get(2)
      .const(TABLE_SIZE - 1)
      .op(Op.and)
      .const(4)
      .op(Op.shl)
      .const(REGION_COUNTS_OFFSET)
      .op(Op.add)
      .set(0);
    w.loadAt(stateAddress(REMAINING)).set(1);
    tellTimed(w);
  },
  after(w: WasmWriter): void {
    w.get(0).get(0).memory(Op.i64Load, 0, 3).get(1);
    w.loadAt(stateAddress(REMAINING)).op(Op.sub, Op.i64ExtendS, Op.i64Add).memory(Op.i64Store, 0, 3);
    tellTimed(w);
    w.get(0).get(0).memory(Op.i64Load, 8, 3).const(1).op(Op.i64ExtendU, Op.i64Add).memory(Op.i64Store, 8, 3);
  },
};

/** Number of the function imported as `templates`, behind `lookUp`. */
const TEMPLATES_FUNCTION = 1;

/**
 * No code for PC: the template interpreter goes on up to the next hot place, unless PC is one itself or Thumb code. Its
 * reason is in local 2 then, and on the stack. Arriving at PC counts like a jump of the templates.
 */
function runTemplates(w: WasmWriter): void {
  w.get(0).const(1).op(Op.shrU).get(0).const(17).op(Op.shrU, Op.xor);
  w.loadAt(stateAddress(HEAT_FLAVOUR_WORD))
    .op(Op.xor)
    .const(HEAT_ENTRIES - 1)
    .op(Op.and);
  w.const(1).op(Op.shl).tee(1).memory(Op.load16u, HEAT_OFFSET, 1).tee(2);
  w.loadAt(stateAddress(HEAT_LIMIT_WORD)).op(Op.geU).loadAt(stateAddress(FLAG_T)).op(Op.or);
  w.op(Op.if, VOID).const(Exit.miss).op(Op.return, Op.end);
  w.get(1).get(2).loadAt(stateAddress(HEAT_STEP_WORD)).op(Op.add).memory(Op.store16, HEAT_OFFSET, 1);
  w.const(ENTER_RECORD).call(TEMPLATES_FUNCTION).tee(2).const(Exit.hot).op(Op.eq, Op.if, VOID);
  w.const(Exit.next).set(2).op(Op.end).get(2);
}

/** `run(): reason`, see `Exit`. Locals: 0 PC, 1 TLB entry and jump cache entry, 2 key, then slot and reason. */
function dispatcherModule(memoryPages: number, kind: { isProfiled: boolean; hasTemplates: boolean }): Uint8Array {
  const { isProfiled, hasTemplates } = kind;
  const w = new WasmWriter();
  const leaveIf = (opcode: number, reason: number): void => {
    w.op(opcode).hint(false).op(Op.if, VOID).const(reason).op(Op.return, Op.end);
  };
  const missIf = (opcode: number): void => {
    if (!hasTemplates) {
      leaveIf(opcode, Exit.miss);
      return;
    }
    w.op(opcode).hint(false).op(Op.if, VOID);
    runTemplates(w);
    w.op(Op.if, VOID).get(2).op(Op.return, Op.end);
    w.loadAt(stateAddress(REMAINING)).const(0).op(Op.leS, Op.if, VOID).const(Exit.next).op(Op.return, Op.end);
    w.br(missDepth).op(Op.end);
  };
  let missDepth = 1;
  w.op(Op.loop, VOID);
  w.loadAt(stateAddress(PC)).tee(0).const(TLB_INDEX_SHIFT).op(Op.shrU).const(TLB_INDEX_MASK).op(Op.and);
  w.loadAt(stateAddress(TLB_BANK_WORD)).op(Op.add).tee(1);
  w.memory(Op.load, TAG_EXECUTE * 4, 2)
    .get(0)
    .const(~0xfff)
    .op(Op.and, Op.ne)
    .hint(false)
    .op(Op.if, VOID);
  w.get(0).const(KIND_FETCH).call(LOOK_UP_FUNCTION).const(0);
  leaveIf(Op.ltS, Exit.unmapped);
  w.op(Op.end);
  w.get(0)
    .get(1)
    .memory(Op.load, ADDEND * 4, 2)
    .op(Op.add)
    .loadAt(stateAddress(FLAG_T))
    .op(Op.or)
    .tee(2);
  w.const(2)
    .op(Op.shrU)
    .get(2)
    .const(15)
    .op(Op.shrU, Op.xor)
    .const(CACHE_SETS - 1)
    .op(Op.and);
  w.const(Math.log2(SET_BYTES)).op(Op.shl).loadAt(stateAddress(JUMP_CACHE_WORD)).op(Op.add).tee(1);
  w.memory(Op.load, 0, 2).get(2).op(Op.ne).hint(false).op(Op.if, VOID);
  w.get(1).const(ENTRY_BYTES).op(Op.add).tee(1).memory(Op.load, 0, 2).get(2);
  missDepth = 2;
  missIf(Op.ne);
  w.op(Op.end);
  w.get(1).memory(Op.load, ENTRY_PAGE, 2).get(0).const(~0xfff).op(Op.and);
  missDepth = 1;
  missIf(Op.ne);
  w.get(1).memory(Op.load, ENTRY_TARGET, 2).tee(2).const(BLOCK_SHIFT).op(Op.shrU);
  if (isProfiled) countEntry.before(w);
  w.get(2)
    .const(TABLE_SIZE - 1)
    .op(Op.and)
    .op(Op.callIndirect)
    .u32(2)
    .u32(0)
    .tee(2);
  if (isProfiled) countEntry.after(w);
  w.hint(false).op(Op.if, VOID).get(2).op(Op.return, Op.end);
  w.loadAt(stateAddress(REMAINING)).const(0).op(Op.gtS).hint(true).brIf(0);
  w.op(Op.end).const(Exit.next);
  return wasmModule(
    {
      types: [
        { params: [], results: [I32] },
        { params: [I32, I32], results: [I32] },
        { params: [I32], results: [I32] },
        { params: [I32], results: [] },
      ],
      imports: [
        { name: "lookUp", type: 1 },
        ...(hasTemplates ? [{ name: "templates", type: 2 }] : []),
        ...(isProfiled ? [{ name: "entryTimed", type: 3 }] : []),
      ],
      type: 0,
      functions: [functionBody({ locals: [{ count: 3, type: I32 }], code: [w] })],
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
      functions: [functionBody({ locals: [], code: [new WasmWriter().const(Exit.miss)] })],
    },
    memoryPages,
  );

/** A compiled region; the argument is the block to enter. */
export type RegionFunction = (entry: number) => number;

/** Compiles a module that imports the memory and answers its functions. */
export function instantiate(bytes: Uint8Array, imports: Record<string, unknown>): RegionFunction[] {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { e: imports });
  return Object.values(exports) as RegionFunction[];
}

/** What an entry leads to: a function, and the block of it to enter. */
export interface EnteredCode {
  readonly slot: number;
  readonly block: number;
}

/** What the dispatcher calls. */
interface DispatcherLinks {
  readonly lookUp: unknown;
  /** The template interpreter, where the dispatcher is to run it; not beside a profile. */
  readonly templates?: unknown;
  /** Is told what runs; the dispatcher then counts, which takes time of its own. */
  readonly profile?: ExecutionProfile;
}

export class Dispatcher {
  /** Runs regions from PC on until one needs help; answers why. */
  readonly run: () => number;
  private readonly table: WebAssembly.Table;
  private readonly words: Int32Array;
  private readonly miss: RegionFunction;
  private nextSlot = MISS_SLOT + 1;
  private readonly state: number;
  private readonly profile: ExecutionProfile | undefined;

  constructor(host: HostMemory, memoryPages: number, { lookUp, templates, profile }: DispatcherLinks) {
    this.profile = profile;
    this.words = host.i32;
    this.state = CPU_STATE_OFFSET >> 2;
    this.table = new WebAssembly.Table({ element: "anyfunc", initial: TABLE_SIZE });
    [this.miss] = instantiate(missModule(memoryPages), { m: host.memory });
    this.table.set(MISS_SLOT, this.miss);
    const entryTimed = (counters: number): void => profile?.entryTimed(counters);
    const imports = { m: host.memory, t: this.table, lookUp, entryTimed, templates };
    const kind = { isProfiled: profile !== undefined, hasTemplates: templates !== undefined };
    const [run] = instantiate(dispatcherModule(memoryPages, kind), imports);
    this.run = profile === undefined ? () => run(0) : () => profile.within("compiled", () => run(0));
    profile?.attach(host);
    this.forgetAll();
  }

  /** Regions of user code and of privileged code are different ones. */
  selectCache(isPrivileged: boolean): void {
    this.words[this.state + JUMP_CACHE_WORD] = JUMP_CACHE_OFFSET + (isPrivileged ? CACHE_BYTES : 0);
  }

  /** Slots given out since `forgetAll`. */
  get usedSlots(): number {
    return this.nextSlot;
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
    this.profile?.collect();
    for (let slot = MISS_SLOT + 1; slot < this.nextSlot; slot++) this.table.set(slot, this.miss);
    this.nextSlot = MISS_SLOT + 1;
    const from = JUMP_CACHE_OFFSET >> 2;
    this.words.fill(EMPTY, from, from + (2 * CACHE_BYTES) / 4);
  }

  /** Word index of the set for a key in the cache in use. */
  private setOf(key: number): number {
    return (this.words[this.state + JUMP_CACHE_WORD] + setOffset(key)) >> 2;
  }

  /** True when `run` would find a function for PC, whose host address is `key` (bit 0: Thumb). */
  has(key: number, pc: number): boolean {
    const { words } = this;
    const first = this.setOf(key);
    const at = words[first] === key ? first : first + ENTRY_BYTES / 4;
    return words[at] === key && words[at + ENTRY_PAGE / 4] === (pc & ~0xfff);
  }

  /** From now on PC, whose host address is `key`, misses. */
  leave(key: number, pc: number): void {
    if (!this.has(key, pc)) return;
    const first = this.setOf(key);
    this.words[this.words[first] === key ? first : first + ENTRY_BYTES / 4] = EMPTY;
  }

  /** From now on PC, whose host address is `key`, enters the code; the older of two other entries makes room. */
  enter(key: number, pc: number, { slot, block }: EnteredCode): void {
    const { words } = this;
    const at = this.setOf(key);
    if (words[at] !== key) words.copyWithin(at + ENTRY_BYTES / 4, at, at + ENTRY_BYTES / 4);
    words[at] = key;
    words[at + ENTRY_TARGET / 4] = slot | (block << BLOCK_SHIFT);
    words[at + ENTRY_PAGE / 4] = pc & ~0xfff;
  }
}
