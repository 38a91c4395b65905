/**
 * The core with a compiler: the interpreter runs what is cold and what is rare, compiled regions run the rest.
 *
 * Compilation happens at once, in the order in which places get hot, so a run repeats exactly; and both engines end in
 * equal state at equal instruction counts, so it would be the same run whatever was compiled.
 */
import type { GuestBus } from "../../memory/index.ts";
import { CPU_STATE_OFFSET, ROW_COUNTS_OFFSET } from "../../memory/index.ts";
import {
  ADDEND,
  CAN_READ,
  CAN_WRITE,
  type CpuModel,
  ENTRY_WORDS,
  FLAG_T,
  PC,
  REMAINING,
  TAG_EXECUTE,
  TLB_ENTRIES,
} from "../core/index.ts";
import type { DecodedInsn } from "../decode/index.ts";
import { Interpreter } from "../interp/index.ts";
import { compileRegion } from "./compile.ts";
import { Dispatcher, instantiate, TABLE_SIZE } from "./dispatcher.ts";
import { enableBranchHints } from "./engine-flags.ts";
import { Exit } from "./locals.table.ts";
import { lookUpFunction, TLB_BANK_WORD } from "./look-up.ts";
import { type Classification, type CodeView, RegionFinder } from "./region.ts";
import { defaultTuning, type Tuning } from "./tuning.table.ts";
import { KIND_STORE, KIND_USER } from "./wasm-memory.ts";
import { WasmOps } from "./wasm-ops.ts";
import { WasmWriter } from "./wasm-writer.ts";

const HEAT_SIZE = 65_536;
const WASM_PAGE_SIZE = 65536;
/** A place is a halfword of host memory's code, with state and privilege. */
const PLACES_PER_FRAME = 4096 * 4;
/** Code knows its virtual address, so the same code at another one is another place. Room for 2 GiB of host memory. */
const PLACES_PER_PAGE = 2 ** 19 * PLACES_PER_FRAME;
/** Places that are remembered, also those that cannot be compiled, before all are forgotten. */
const MAX_PLACES = 65_536;
/** What a region costs beside its wasm bytes, and for each of them, in bytes of this process: measured with Node 20. */
const REGION_COST = 16_384;
const COST_OF_BYTE = 11;
/** All compiled code is forgotten when it costs more: that bounds the memory of the process. */
const MAX_CODE_COST = 128e6;

const PLAIN: Classification = {
  needsInterpreter: false,
  branches: false,
  target: undefined,
  isExchange: false,
  isCall: false,
};

/** Code of one place: what it was made from, and its slot; slot 0 when it cannot be compiled. */
interface CompiledCode {
  readonly slot: number;
  /** The block of its function to enter. */
  readonly block: number;
  readonly pages: ReadonlyMap<number, number>;
  readonly frames: readonly number[];
}

/** What the compiler did, for `--profile` and tests. */
export interface JitCounts {
  regions: number;
  wasmBytes: number;
  retired: number;
  flushes: number;
  exits: number[];
  interpretedBlocks: number;
}

export class JitCpu extends Interpreter implements CodeView {
  readonly counts: JitCounts = {
    regions: 0,
    wasmBytes: 0,
    retired: 0,
    flushes: 0,
    exits: [0, 0, 0, 0, 0, 0],
    interpretedBlocks: 0,
  };
  /** What is known of instructions that neither branch nor need the interpreter, by word and privilege. */
  private readonly plain = new Set<number>();
  private readonly dispatcher: Dispatcher;
  private readonly tuning: Tuning;
  private readonly memoryPages: number;
  private readonly imports: Record<string, unknown>;
  /** By host address of the entry, state and privilege. */
  private readonly code = new Map<number, CompiledCode>();
  private readonly codeOfFrame = new Map<number, Set<number>>();
  /** Of the functions that are in the dispatcher's table, and their sum. */
  private readonly costOfSlot = new Float64Array(TABLE_SIZE);
  private codeCost = 0;
  /** Jumps to places, by a hash of the virtual address. */
  private readonly heat = new Uint16Array(HEAT_SIZE);

  constructor(bus: GuestBus, model: CpuModel, options: { countRows?: boolean; tuning?: Partial<Tuning> } = {}) {
    super(bus, model, options);
    enableBranchHints();
    this.tuning = { ...defaultTuning, ...options.tuning };
    this.memoryPages = bus.host.u8.length / WASM_PAGE_SIZE;
    const lookUp = lookUpFunction(bus.host, this.memoryPages, (va, kind) => this.refill(va, kind));
    this.imports = { m: bus.host.memory, lookUp };
    this.dispatcher = new Dispatcher(bus.host, this.memoryPages);
    this.pages.onChange = (frame) => this.forgetFrame(frame);
    this.selectBank();
  }

  protected override selectBank(): void {
    super.selectBank();
    this.publishBank();
  }

  /** Compiled code finds the TLB bank and the jump cache in the state block. */
  private publishBank(): void {
    const state = CPU_STATE_OFFSET >> 2;
    this.i32[state + TLB_BANK_WORD] = this.bank * 4;
    // The constructor of the base class comes here before the dispatcher exists.
    if (this.dispatcher === undefined) return;
    this.dispatcher.selectCache(this.isPrivileged);
  }

  protected override execute(): void {
    const s = this.s;
    while (s[REMAINING] > 0) {
      if (this.isBigEndian) {
        // Compiled code has little-endian accesses.
        this.step();
        continue;
      }
      const reason = this.dispatcher.run();
      this.checkFetchState();
      this.counts.exits[reason]++;
      if (reason === Exit.miss) this.missed();
      else if (reason === Exit.unmapped) this.remap();
      else if (reason === Exit.interpret) {
        // The instructions before it may have used up the slice.
        if (s[REMAINING] > 0) this.step();
      } else if (reason === Exit.slice) this.endSlice();
      else if (reason === Exit.budget) super.execute();
    }
  }

  /** No jump cache entry for PC: interprets from jump to jump until there is code for the place, and enters it. */
  private missed(): void {
    const s = this.s;
    const { heat } = this;
    const { hotEntries } = this.tuning;
    // The entry of code that was retired leads here too, so the first place is always looked up anew.
    for (let isFirst = true; ; isFirst = false) {
      const pc = s[PC];
      const place = this.heatIndex(pc);
      if (heat[place] < hotEntries) heat[place]++;
      else if (this.enterHot(pc, isFirst)) return;
      this.interpretBlock(s[FLAG_T] === 0 ? 4 : 2);
      if (s[REMAINING] <= 0) return;
    }
  }

  /** Brings the pages that PC's code needs into the TLB; when that cannot be, interprets up to the next jump. */
  private remap(): void {
    const s = this.s;
    const pc = s[PC];
    const frame = this.frameOf(pc);
    const isThumb = s[FLAG_T] !== 0;
    if (frame >= 0) {
      const code = this.code.get(this.placeOf(frame, pc, isThumb));
      if (code === undefined || this.isMapped(code.pages)) return;
    }
    this.interpretBlock(isThumb ? 2 : 4);
  }

  /** Places that share an entry get hot together, which costs little. */
  private heatIndex(pc: number): number {
    return ((pc >>> 1) ^ (pc >>> 17) ^ (this.isPrivileged ? 0x5555 : 0)) & (HEAT_SIZE - 1);
  }

  private enterHot(pc: number, isFirst: boolean): boolean {
    const frame = this.frameOf(pc);
    if (frame < 0) return false;
    const key = ((frame << 12) + (pc & 0xfff)) | this.s[FLAG_T];
    if (!isFirst && this.dispatcher.has(key, pc)) return true;
    return this.enterCode(frame, pc, key);
  }

  /** Makes the dispatcher find the code of a place; false while it cannot be compiled. */
  private enterCode(frame: number, pc: number, key: number): boolean {
    const isThumb = (key & 1) !== 0;
    const place = this.placeOf(frame, pc, isThumb);
    // Only stores to what the interpreter has decoded are noticed: code whose page was forgotten is interpreted first.
    if (!this.code.has(place) && !this.executed(frame, pc, isThumb)) return false;
    const code = this.code.get(place) ?? this.compile(place, pc, isThumb);
    if (code.slot === 0 || !this.isMapped(code.pages)) return false;
    // The other pages may have taken this page's TLB entry, which the dispatcher needs.
    if (this.frameOf(pc) !== frame) return false;
    this.dispatcher.enter(key, pc, code);
    return true;
  }

  private isMapped(pages: ReadonlyMap<number, number>): boolean {
    for (const [page, frame] of pages) if (this.frameOf(page) !== frame) return false;
    return true;
  }

  private compile(place: number, pc: number, isThumb: boolean): CompiledCode {
    if (this.hasTooMuchCode) this.forgetAllCode();
    const region = new RegionFinder(this, isThumb, this.tuning).find(pc);
    if (region === undefined)
      return this.record(place, { slot: 0, block: 0, pages: new Map(), frames: [this.frameOf(pc)] });
    const { bytes, entries } = compileRegion(region, {
      isPrivileged: this.isPrivileged,
      memoryPages: this.memoryPages,
      countsRows: this.rowCounts !== undefined,
    });
    this.counts.regions++;
    this.counts.wasmBytes += bytes.length;
    const slot = this.dispatcher.addFunction(instantiate(bytes, this.imports));
    this.costOfSlot[slot] = REGION_COST + bytes.length * COST_OF_BYTE;
    this.codeCost += this.costOfSlot[slot];
    const frames = [...region.pages.values()];
    for (const [entryPc, block] of entries) {
      const frame = region.pages.get(entryPc & ~0xfff) ?? 0;
      const entryPlace = this.placeOf(frame, entryPc, isThumb);
      const known = this.code.get(entryPlace);
      if (entryPc !== pc && known !== undefined && known.slot !== 0) continue;
      this.heat[this.heatIndex(entryPc)] = this.tuning.hotEntries;
      this.record(entryPlace, { slot, block, pages: region.pages, frames });
    }
    return this.code.get(place)!;
  }

  private get hasTooMuchCode(): boolean {
    return this.dispatcher.isFull || this.code.size >= MAX_PLACES || this.codeCost >= MAX_CODE_COST;
  }

  private record(place: number, code: CompiledCode): CompiledCode {
    this.code.set(place, code);
    for (const frame of code.frames) {
      const places = this.codeOfFrame.get(frame);
      if (places === undefined) this.codeOfFrame.set(frame, new Set([place]));
      else places.add(place);
    }
    return code;
  }

  /** Executions of a row by compiled code, in a machine made with `countRows`; `rowCounts` has the interpreted ones. */
  compiledRowCount(row: number): number {
    return this.i32[(ROW_COUNTS_OFFSET >> 2) + row] >>> 0;
  }

  private placeOf(frame: number, pc: number, isThumb: boolean): number {
    const place = frame * PLACES_PER_FRAME + (pc & 0xfff) * 4 + (isThumb ? 2 : 0) + (this.isPrivileged ? 1 : 0);
    return (pc >>> 12) * PLACES_PER_PAGE + place;
  }

  /** Interprets up to the next jump or the end of the slice. */
  private interpretBlock(sizeBytes: number): void {
    const s = this.s;
    this.counts.interpretedBlocks++;
    for (;;) {
      const sequential = (s[PC] + sizeBytes) | 0;
      this.step();
      if (s[REMAINING] <= 0 || s[PC] !== sequential) return;
    }
  }

  private forgetFrame(frame: number): void {
    const places = this.codeOfFrame.get(frame);
    if (places === undefined) return;
    this.codeOfFrame.delete(frame);
    for (const place of places) {
      const code = this.code.get(place);
      // The place may have other code by now, which does not depend on this frame.
      if (code === undefined || !code.frames.includes(frame)) continue;
      this.code.delete(place);
      if (code.slot !== 0) this.retire(code.slot);
      this.counts.retired++;
    }
  }

  private retire(slot: number): void {
    this.dispatcher.retire(slot);
    this.codeCost -= this.costOfSlot[slot];
    this.costOfSlot[slot] = 0;
  }

  private forgetAllCode(): void {
    this.counts.flushes++;
    this.costOfSlot.fill(0);
    this.codeCost = 0;
    this.plain.clear();
    this.code.clear();
    this.codeOfFrame.clear();
    this.heat.fill(0);
    this.dispatcher.forgetAll();
  }

  override resynchronize(): void {
    super.resynchronize();
    if (this.dispatcher !== undefined) this.forgetAllCode();
  }

  /**
   * The host address of an access that missed the TLB, for compiled code; -1 when the interpreter must do it: a fault, a
   * device, a trapped page, an unaligned address, a page with several mappings.
   */
  private refill(va: number, kind: number): number {
    const sizeBytes = kind & 7;
    if ((va & (sizeBytes - 1)) !== 0) return -1;
    const { mmu } = this;
    const asUser = (kind & KIND_USER) !== 0 && this.isPrivileged;
    const isStore = (kind & KIND_STORE) !== 0;
    if (mmu.walk(va, this.isPrivileged && !asUser) !== 0) return -1;
    if ((mmu.access & (isStore ? CAN_WRITE : CAN_READ)) === 0 || !mmu.isWholePage) return -1;
    const at = this.bus.hostOffset(mmu.physical, isStore);
    if (at < 0) return -1;
    if (isStore && this.bus.traps.bits[at >>> 12] !== 0) return -1;
    if (asUser) this.fillUser(va, at);
    else this.fill(va, at);
    return at;
  }

  frameOf(pc: number): number {
    const entry = this.bank + ((pc >>> 12) & (TLB_ENTRIES - 1)) * ENTRY_WORDS;
    const page = pc & ~0xfff;
    if (this.i32[entry + TAG_EXECUTE] === page) return (page + this.i32[entry + ADDEND]) >>> 12;
    const { mmu } = this;
    if (mmu.walk(pc, this.isPrivileged) !== 0 || (mmu.access & CAN_READ) === 0 || !mmu.isWholePage) return -1;
    const at = this.bus.hostOffset(mmu.physical, false);
    if (at < 0) return -1;
    this.fill(pc, at);
    return at >>> 12;
  }

  executed(frame: number, pc: number, isThumb: boolean): boolean {
    return this.pages.isDecoded(frame, pc & 0xfff, isThumb);
  }

  decode(frame: number, pc: number, isThumb: boolean): DecodedInsn {
    return this.pages.page(frame, isThumb)[(pc & 0xfff) >> (isThumb ? 1 : 2)];
  }

  classify(insn: DecodedInsn, pc: number): Classification {
    const isThumb = this.s[FLAG_T] !== 0;
    const word = (insn.raw >>> 0) + (isThumb ? 2 ** 32 : 0) + (this.isPrivileged ? 2 ** 33 : 0);
    if (this.plain.has(word)) return PLAIN;
    const ops = new WasmOps(new WasmWriter(), isThumb, this.isPrivileged);
    ops.instruction(insn, pc, 1);
    const { needsInterpreter, branchTarget, isExchange, isCall } = ops;
    if (!needsInterpreter && branchTarget === undefined) {
      if (this.plain.size >= MAX_PLACES) this.plain.clear();
      this.plain.add(word);
      return PLAIN;
    }
    return {
      needsInterpreter,
      branches: branchTarget !== undefined,
      target: branchTarget?.constant,
      isExchange,
      isCall,
    };
  }
}
