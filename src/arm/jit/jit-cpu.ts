/**
 * The core with a compiler: the interpreter runs what is cold and what is rare, compiled regions run the rest.
 *
 * Compilation happens at once, in the order in which places get hot, so a run repeats exactly; and both engines end in
 * equal state at equal instruction counts, so it would be the same run whatever was compiled.
 */
import type { GuestBus } from "../../memory/index.ts";
import { CPU_STATE_OFFSET, PAGE_SIZE, ROW_COUNTS_OFFSET } from "../../memory/index.ts";
import {
  ADDEND,
  CAN_READ,
  CAN_WRITE,
  CP15_DACR,
  type CpuModel,
  ENTRY_WORDS,
  FLAG_T,
  mayExecute,
  PC,
  REMAINING,
  TAG_EXECUTE,
  TAG_READ,
  TAG_WRITE,
  TLB_ENTRIES,
  Tlb,
} from "../core/index.ts";
import type { DecodedInsn } from "../decode/index.ts";
import { Interpreter } from "../interp/index.ts";
import { CodeCache, type CodeCounts, type CompiledCode, type Place } from "./code-cache.ts";
import { compileRegion } from "./compile.ts";
import { Dispatcher } from "./dispatcher.ts";
import { enableBranchHints } from "./engine-flags.ts";
import type { ExecutionProfile } from "./execution-profile.ts";
import { Exit } from "./locals.table.ts";
import { DACR_BANK_WORDS, DACR_VALUE_WORDS, lookUpFunction, SPSR_WORD, TLB_BANK_WORD } from "./look-up.ts";
import { type Classification, type CodeView, RegionFinder } from "./region.ts";
import type { StoredRegion, TranslationStore } from "./translation-store.ts";
import { defaultTuning, type RegionLimits, type Tuning } from "./tuning.table.ts";
import { KIND_BLOCK, KIND_FETCH, KIND_STORE, KIND_USER } from "./wasm-memory.ts";
import { type CoreView, WasmOps } from "./wasm-ops.ts";
import { WasmWriter } from "./wasm-writer.ts";

const PAGE_OFFSET = PAGE_SIZE - 1;
const HEAT_SIZE = 65_536;
const WASM_PAGE_SIZE = 65536;
/** Entries of a place by a process that does not map all of its code, before it is compiled for that one. */
const UNMAPPED_ENTRIES = 200;

/** Entries between two looks whether the larger region has its module. */
const WAITING_ENTRIES = 100;

const PLAIN: Classification = {
  needsInterpreter: false,
  branches: false,
  target: undefined,
  isExchange: false,
  isCall: false,
};

/** Words that are known to be plain, by a hash; what fills a slot first has another hash. */
const PLAIN_SIZE = 8_192;
const plainIndex = (word: number): number => (word ^ (word >>> 13) ^ (word >>> 22)) & (PLAIN_SIZE - 1);

/** What is known of the instructions of one state and privilege, and the operations to find more. */
class Classifier {
  private readonly ops: WasmOps;
  private readonly plain = new Int32Array(PLAIN_SIZE);

  constructor(isThumb: boolean, core: CoreView) {
    this.ops = new WasmOps(new WasmWriter(), isThumb, core);
    this.plain[plainIndex(0)] = -1;
  }

  /** Runs the compiler on one instruction, unless an equal one neither branched nor needed the interpreter. */
  classify(insn: DecodedInsn, pc: number): Classification {
    const at = plainIndex(insn.raw);
    if (this.plain[at] === (insn.raw | 0)) return PLAIN;
    const { ops } = this;
    ops.w.clear();
    ops.instruction(insn, pc, 1);
    const { needsInterpreter, branchTarget, isExchange, isCall } = ops;
    if (!needsInterpreter && branchTarget === undefined) {
      this.plain[at] = insn.raw;
      return PLAIN;
    }
    const target = branchTarget?.constant;
    return { needsInterpreter, branches: branchTarget !== undefined, target, isExchange, isCall };
  }
}

export interface JitOptions {
  readonly countRows?: boolean;
  readonly tuning?: Partial<Tuning>;
  /** Is told what runs; see `ProfiledCpu`. */
  readonly executionProfile?: ExecutionProfile;
  /** What earlier runs compiled; what this one compiles is added. */
  readonly translations?: TranslationStore;
}

export class JitCpu extends Interpreter implements CodeView {
  /** Returns from compiled code, by `Exit`. */
  readonly exits = [0, 0, 0, 0, 0, 0, 0];
  /** By state, and privilege below it. */
  private readonly classifiers: readonly Classifier[];
  private readonly dispatcher: Dispatcher;
  private readonly tuning: Tuning;
  private readonly code: CodeCache;
  /** Jumps to places, by a hash of the virtual address. */
  private readonly heat = new Uint16Array(HEAT_SIZE);
  /** Not zero where an earlier run had code, by the same hash. */
  private readonly stored = new Uint8Array(HEAT_SIZE);

  constructor(bus: GuestBus, model: CpuModel, options: JitOptions = {}) {
    super(bus, model, options);
    enableBranchHints();
    this.tuning = { ...defaultTuning, ...options.tuning };
    const memoryPages = bus.host.u8.length / WASM_PAGE_SIZE;
    const lookUp = lookUpFunction(bus.host, memoryPages, (va, kind) => this.refill(va, kind));
    this.dispatcher = new Dispatcher(bus.host, memoryPages, lookUp, options.executionProfile);
    this.code = new CodeCache(this.dispatcher, {
      imports: { m: bus.host.memory, lookUp },
      memoryPages,
      tuning: this.tuning,
      store: options.translations,
    });
    for (const { entries, isPrivileged } of options.translations?.regions ?? []) {
      for (const [pc] of entries) this.stored[this.heatIndex(pc, isPrivileged)] = 1;
    }
    this.classifiers = [false, true].flatMap((isThumb) =>
      [false, true].map((isPrivileged) => new Classifier(isThumb, { isPrivileged, cp15: this.cp15 })),
    );
    this.pages.onChange = (frame) => this.code.forgetFrame(frame);
    this.selectBank();
  }

  protected override selectBank(): void {
    super.selectBank();
    this.publishBank();
  }

  /** What was compiled, for `--profile` and tests. */
  get counts(): CodeCounts {
    return this.code.counts;
  }

  /** Compiled code may have chosen another bank. */
  private adoptBank(): void {
    const bank = this.i32[(CPU_STATE_OFFSET >> 2) + TLB_BANK_WORD] >> 2;
    if (bank === this.bank) return;
    this.bank = bank;
    this.stateChanged();
  }

  protected override statusChanged(): void {
    this.publishSpsr();
    super.statusChanged();
  }

  private publishSpsr(): void {
    const index = this.state.spsrIndex();
    this.i32[(CPU_STATE_OFFSET >> 2) + SPSR_WORD] = index < 0 ? 0 : CPU_STATE_OFFSET + index * 4;
  }

  /** Compiled code finds the TLB bank and the jump cache in the state block. */
  private publishBank(): void {
    const state = CPU_STATE_OFFSET >> 2;
    this.i32[state + TLB_BANK_WORD] = this.bank * 4;
    const slot = this.tlb.dacrSlotOf(this.bank);
    this.i32[state + DACR_VALUE_WORDS + slot] = this.s[CP15_DACR];
    this.i32[state + DACR_BANK_WORDS + slot] = (this.isPrivileged ? this.bank - Tlb.bankStride : this.bank) * 4;
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
      this.adoptBank();
      this.exits[reason]++;
      if (reason === Exit.miss) this.missed();
      else if (reason === Exit.unmapped) this.remap();
      else if (reason === Exit.veryHot) this.enlarge();
      else if (reason === Exit.interpret) {
        // The instructions before it may have used up the slice.
        if (s[REMAINING] > 0) this.interpretOne();
      } else if (reason === Exit.slice) this.endSlice();
      else if (reason === Exit.budget) super.execute();
    }
  }

  /** What compiled code left to the interpreter. */
  protected interpretOne(): void {
    this.step();
  }

  /** Waiting code would be entered. */
  protected hurry(): void {
    this.code.hurry();
  }

  /** No jump cache entry for PC: interprets from jump to jump until there is code for the place, and enters it. */
  private missed(): void {
    const s = this.s;
    const { heat, stored } = this;
    const { hotEntries } = this.tuning;
    // The entry of code that was retired leads here too, so the first place is always looked up anew.
    for (let isFirst = true; ; isFirst = false) {
      const pc = s[PC];
      const place = this.heatIndex(pc);
      if (heat[place] < hotEntries) {
        heat[place]++;
        if (stored[place] !== 0 && this.enterStored(pc)) return;
      } else if (this.enterHot(pc, isFirst)) return;
      this.interpretBlock(s[FLAG_T] === 0 ? 4 : 2);
      if (s[REMAINING] <= 0) return;
    }
  }

  /** Brings the pages that PC's code needs into the TLB; where they are not mapped, interprets up to the next jump. */
  private remap(): void {
    const s = this.s;
    const pc = s[PC];
    const frame = this.frameOf(pc);
    const isThumb = s[FLAG_T] !== 0;
    if (frame >= 0) {
      const place = this.placeOf(frame, pc, isThumb);
      const code = this.code.find(place);
      if (code === undefined || this.isMapped(code.pages)) return;
      // Another process runs code that this one does not map. What is compiled next has only pages that both map.
      this.code.remove(place);
      this.dispatcher.leave(((frame << 12) + (pc & 0xfff)) | s[FLAG_T], pc);
      this.heat[this.heatIndex(pc)] -= Math.min(this.tuning.hotEntries, UNMAPPED_ENTRIES);
    }
    this.interpretBlock(isThumb ? 2 : 4);
  }

  /** Places that share an entry get hot together, which costs little. */
  private heatIndex(pc: number, isPrivileged = this.isPrivileged): number {
    return ((pc >>> 1) ^ (pc >>> 17) ^ (isPrivileged ? 0x5555 : 0)) & (HEAT_SIZE - 1);
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
    let code = this.code.find(place);
    if (code === undefined) {
      // Only stores to what the interpreter has decoded are noticed: code whose page was forgotten is interpreted first.
      if (!this.executed(frame, pc, isThumb)) return false;
      code = this.compile(place, this.tuning.hot);
    }
    if (code.isWaiting) this.hurry();
    if (code.slot === 0 || !this.isMapped(code.pages)) return false;
    // The other pages may have taken this page's TLB entry, which the dispatcher needs.
    if (this.frameOf(pc) !== frame) return false;
    this.enter(key, pc, code);
    return true;
  }

  protected enter(key: number, pc: number, { slot, block, isFinal }: CompiledCode): void {
    const entriesToVeryHot = isFinal ? undefined : this.tuning.veryHotEntries;
    this.dispatcher.enter(key, pc, { slot, block, entriesToVeryHot });
  }

  /** Compiles the code at PC as a larger region; what there is serves on until that has its module. */
  private enlarge(): void {
    const pc = this.s[PC];
    const frame = this.frameOf(pc);
    const isThumb = this.s[FLAG_T] !== 0;
    const place = this.placeOf(frame, pc, isThumb);
    const known = this.code.find(place);
    if (known === undefined) return;
    const code = known.isFinal ? known : this.compile(place, this.tuning.veryHot);
    if (code.isWaiting) this.hurry();
    const key = ((frame << 12) + (pc & 0xfff)) | this.s[FLAG_T];
    if (code.slot !== 0) this.enter(key, pc, code);
    else this.dispatcher.recount(key, pc, WAITING_ENTRIES);
  }

  private isMapped(pages: ReadonlyMap<number, number>): boolean {
    for (const [page, frame] of pages) if (this.frameOf(page) !== frame) return false;
    return true;
  }

  protected compile(place: Place, limits: RegionLimits): CompiledCode {
    if (this.code.isFull) this.forgetAllCode();
    const region = new RegionFinder(this, place.isThumb, limits).find(place.pc);
    if (region === undefined) return this.code.addHopeless(place);
    const compiled = compileRegion(region, {
      isPrivileged: this.isPrivileged,
      cp15: this.cp15,
      countsRows: this.rowCounts !== undefined,
    });
    for (const pc of compiled.entries.keys()) this.heat[this.heatIndex(pc)] = this.tuning.hotEntries;
    this.code.addRegion(region, compiled, { place, isFinal: limits.isInlining });
    return this.code.find(place) ?? this.code.addHopeless(place);
  }

  /** Enters code of an earlier run at PC, where memory has the same instructions now. */
  private enterStored(pc: number): boolean {
    const frame = this.frameOf(pc);
    if (frame < 0) return false;
    const isThumb = this.s[FLAG_T] !== 0;
    const place = this.placeOf(frame, pc, isThumb);
    for (const region of this.code.storedAt(place)) {
      if (!this.isUnchanged(region)) {
        this.code.mismatch(region);
        continue;
      }
      for (const { pc: start, count } of region.blocks) {
        const host = (this.frameOf(start) << 12) + (start & 0xfff);
        this.pages.watch(host, count, isThumb);
      }
      this.code.adopt(region, place);
      for (const [entryPc] of region.entries) this.heat[this.heatIndex(entryPc)] = this.tuning.hotEntries;
      return this.enterHot(pc, true);
    }
    return false;
  }

  /** Memory holds the region's instructions, in the same frames. */
  private isUnchanged({ pages, blocks, words, isThumb }: StoredRegion): boolean {
    for (const [page, frame] of pages) if (this.frameOf(page) !== frame) return false;
    let at = 0;
    for (const { pc, count } of blocks) {
      const host = (this.frameOf(pc) << 12) + (pc & 0xfff);
      for (let i = 0; i < count; i++) {
        const raw = isThumb ? this.u16[(host >> 1) + i] : this.i32[(host >> 2) + i];
        if (raw !== words[at++]) return false;
      }
    }
    return true;
  }

  /** Executions of a row by compiled code, in a machine made with `countRows`; `rowCounts` has the interpreted ones. */
  compiledRowCount(row: number): number {
    return this.i32[(ROW_COUNTS_OFFSET >> 2) + row] >>> 0;
  }

  private placeOf(frame: number, pc: number, isThumb: boolean): Place {
    return { frame, pc, isThumb, isPrivileged: this.isPrivileged };
  }

  /** Interprets up to the next jump or the end of the slice. */
  private interpretBlock(sizeBytes: number): void {
    const s = this.s;
    for (;;) {
      const sequential = (s[PC] + sizeBytes) | 0;
      this.step();
      if (s[REMAINING] <= 0 || s[PC] !== sequential) return;
    }
  }

  private forgetAllCode(): void {
    this.heat.fill(0);
    this.code.forgetAll();
  }

  override resynchronize(): void {
    super.resynchronize();
    this.publishSpsr();
    // The constructor of the base class comes here before there is a cache.
    if (this.code === undefined) return;
    this.heat.fill(0);
    this.code.restart();
  }

  /**
   * The host address of an access that missed the TLB, for compiled code; -1 when the interpreter must do it: a fault, a
   * device, a trapped page, an unaligned address, a page with several mappings.
   */
  protected refill(va: number, kind: number): number {
    this.adoptBank();
    if (kind === KIND_FETCH) {
      const frame = this.frameOf(va);
      return frame < 0 ? -1 : frame << 12;
    }
    const sizeBytes = kind & 7;
    if ((va & (sizeBytes - 1)) !== 0) {
      if ((kind & KIND_BLOCK) !== 0 || !this.mayAccessUnaligned(va, sizeBytes)) return -1;
      // The TLB's tags refuse all unaligned addresses, and may know the page nevertheless.
      const known = this.knownHostAddress(va, kind);
      if (known >= 0) return known;
    }
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

  /** An unaligned word or half that memory answers as it stands: within one page, where the architecture has it. */
  private mayAccessUnaligned(va: number, sizeBytes: number): boolean {
    return this.allowsUnaligned() && !this.checksAlignment() && (va & PAGE_OFFSET) <= PAGE_SIZE - sizeBytes;
  }

  /** The host address of an access whose page the TLB has with the right to it, else -1. */
  private knownHostAddress(va: number, kind: number): number {
    const isOfUser = (kind & KIND_USER) !== 0 && this.isPrivileged;
    const bank = isOfUser ? this.bank - Tlb.bankStride : this.bank;
    const entry = bank + ((va >>> 12) & (TLB_ENTRIES - 1)) * ENTRY_WORDS;
    const tag = this.i32[entry + ((kind & KIND_STORE) !== 0 ? TAG_WRITE : TAG_READ)];
    return tag === (va & ~PAGE_OFFSET) ? va + this.i32[entry + ADDEND] : -1;
  }

  frameOf(pc: number): number {
    const entry = this.bank + ((pc >>> 12) & (TLB_ENTRIES - 1)) * ENTRY_WORDS;
    const page = pc & ~0xfff;
    if (this.i32[entry + TAG_EXECUTE] === page) return (page + this.i32[entry + ADDEND]) >>> 12;
    const { mmu } = this;
    if (mmu.walk(pc, this.isPrivileged) !== 0 || !mayExecute(mmu.access) || !mmu.isWholePage) return -1;
    const at = this.bus.hostOffset(mmu.physical, false);
    if (at < 0) return -1;
    this.fill(pc, at);
    return at >>> 12;
  }

  executed(frame: number, pc: number, isThumb: boolean): boolean {
    return this.pages.isDecoded(frame, pc & 0xfff, isThumb);
  }

  hasCode(frame: number, pc: number): boolean {
    const code = this.code.find(this.placeOf(frame, pc, this.s[FLAG_T] !== 0));
    return code !== undefined && (code.slot !== 0 || code.isWaiting);
  }

  decode(frame: number, pc: number, isThumb: boolean): DecodedInsn {
    const slots = this.pages.page(frame, isThumb);
    const slot = (pc & 0xfff) >> (isThumb ? 1 : 2);
    // Code of an earlier run is watched without having been decoded.
    if (slots[slot].row < 0) slots[slot] = this.decodeRaw((frame << 12) + (pc & 0xfff), isThumb);
    return slots[slot];
  }

  classify(insn: DecodedInsn, pc: number): Classification {
    return this.classifiers[this.s[FLAG_T] * 2 + (this.isPrivileged ? 1 : 0)].classify(insn, pc);
  }
}
