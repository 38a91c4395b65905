/**
 * The core with a compiler: the interpreter runs what is cold and what is rare, compiled regions run the rest.
 *
 * Compilation happens at once, in the order in which places get hot, so a run repeats exactly; and both engines end in
 * equal state at equal instruction counts, so it would be the same run whatever was compiled.
 */
import { crc32 } from "node:zlib";
import type { GuestBus } from "../../memory/index.ts";
import { ROW_COUNTS_OFFSET } from "../../memory/index.ts";
import { type CpuModel, FLAG_T, PC, REMAINING } from "../core/index.ts";
import type { DecodedInsn } from "../decode/index.ts";
import { Classifier } from "./classifier.ts";
import { CodeCache, type CodeCounts, type CompiledCode, type Place } from "./code-cache.ts";
import { compileRegion } from "./compile.ts";
import { Dispatcher } from "./dispatcher.ts";
import { enableBranchHints } from "./engine-flags.ts";
import type { ExecutionProfile } from "./execution-profile.ts";
import { Heat } from "./heat.ts";
import { HostPages } from "./host-pages.ts";
import type { KeptRecords } from "./kept-records.ts";
import { Exit } from "./locals.table.ts";
import { lookUpFunction } from "./look-up.ts";
import { type Classification, type CodeView, RegionFinder } from "./region.ts";
import { TemplateInterpreter } from "./template-interpreter.ts";
import type { TemplateProgram } from "./template-module.ts";
import { makeTemplates } from "./template-program.ts";
import { HEAT_ENTRIES } from "./template-shape.ts";
import type { StoredRegion, TranslationStore } from "./translation-store.ts";
import { defaultTuning, type Tuning } from "./tuning.table.ts";

const WASM_PAGE_SIZE = 65536;
/** Jumps to a hot place that has no code yet, and perhaps never gets some, between two looks at it. */
const RETRY_ENTRIES = 100;
/** Looks at a place where an earlier run had code for what memory holds. */
const STORED_LOOKS = 8;

export interface JitOptions {
  readonly countRows?: boolean;
  readonly tuning?: Partial<Tuning>;
  /** Is told what runs; see `ProfiledCpu`. */
  readonly executionProfile?: ExecutionProfile;
  /** What earlier runs compiled; what this one compiles is added. */
  readonly translations?: TranslationStore;
  /** As the build made them; otherwise they are made now. */
  readonly templates?: TemplateProgram;
}

export class JitCpu extends HostPages implements CodeView {
  /** Returns from compiled code, by `Exit`. */
  readonly exits = new Array<number>(Object.keys(Exit).length).fill(0);
  /** By state, and privilege below it. */
  private readonly classifiers: readonly Classifier[];
  private readonly dispatcher: Dispatcher;
  private readonly tuning: Tuning;
  private readonly code: CodeCache;
  private readonly heat: Heat;
  /** Not in a machine that counts rows. */
  private readonly templates: TemplateInterpreter | undefined;
  /** Not zero where an earlier run had code, by the same hash; and these places. */
  private readonly stored = new Uint8Array(HEAT_ENTRIES);
  private readonly storedPlaces: number[] = [];

  constructor(bus: GuestBus, model: CpuModel, options: JitOptions = {}) {
    super(bus, model, options);
    enableBranchHints();
    this.tuning = { ...defaultTuning, ...options.tuning };
    const memoryPages = bus.host.u8.length / WASM_PAGE_SIZE;
    const lookUp = lookUpFunction(bus.host, memoryPages, (va, kind) => this.refill(va, kind));
    this.heat = new Heat(bus.host, this.tuning.hotEntries);
    if (options.countRows !== true) {
      const program = options.templates ?? makeTemplates(model, this.cp15);
      const kept = options.translations?.recordsOf(crc32(program.bytes) | 0);
      this.templates = new TemplateInterpreter(bus.host, lookUp, model, { program, kept });
      this.pages.records = this.templates.pages;
      if (options.translations !== undefined && kept !== undefined) this.keepRecords(options.translations, kept);
    }
    const { executionProfile: profile } = options;
    const templates = profile === undefined ? this.templates?.runFrom : undefined;
    this.dispatcher = new Dispatcher(bus.host, memoryPages, { lookUp, templates, profile });
    this.code = new CodeCache(this.dispatcher, {
      imports: { m: bus.host.memory, lookUp },
      memoryPages,
      tuning: this.tuning,
      store: options.translations,
    });
    for (const { entries, isPrivileged } of options.translations?.regions ?? []) {
      for (const [pc] of entries) this.storedPlaces.push(this.heat.placeOf(pc, isPrivileged));
    }
    this.classifiers = [false, true].flatMap((isThumb) =>
      [false, true].map((isPrivileged) => new Classifier(isThumb, { isPrivileged, cp15: this.cp15 })),
    );
    this.heatStored();
    this.pages.onChange = (frame) => this.code.forgetFrame(frame);
    this.selectBank();
  }

  /** Leaves the records of this run to the next one: those of frames whose code is gone only when there were none. */
  private keepRecords(store: TranslationStore, kept: KeptRecords): void {
    const { templates } = this;
    if (templates === undefined) return;
    const keep = (frame: number): void =>
      kept.keep(
        frame,
        templates.records(frame, (index, word) => kept.has(frame, index, word)),
      );
    if (kept.size === 0) templates.pages.onDrop = keep;
    store.onEncode = () => templates.pages.frames().forEach(keep);
  }

  protected override selectBank(): void {
    super.selectBank();
    // The constructor of the base class comes here before the dispatcher exists.
    if (this.dispatcher === undefined) return;
    this.dispatcher.selectCache(this.isPrivileged);
    this.heat.select(this.isPrivileged);
  }

  /** A place with code of an earlier run counts as hot until that was looked at. */
  private heatStored(): void {
    if (this.templates === undefined) return;
    for (const place of this.storedPlaces) {
      this.stored[place] = STORED_LOOKS;
      this.heat.makeHot(place);
    }
  }

  /** What was compiled, for `--profile` and tests. */
  get counts(): CodeCounts {
    return this.code.counts;
  }

  protected override execute(): void {
    const s = this.s;
    this.heat.cool(this.instructions());
    while (s[REMAINING] > 0) {
      if (this.isBigEndian) {
        // Compiled code has little-endian accesses.
        this.step();
        continue;
      }
      const reason = this.dispatcher.run();
      this.adoptState();
      this.exits[reason]++;
      if (reason === Exit.miss) this.missed();
      else if (reason === Exit.unmapped) this.interpretBlock(s[FLAG_T] !== 0 ? 2 : 4);
      else if (reason === Exit.interpret) {
        // The instructions before it may have used up the slice.
        if (s[REMAINING] > 0) this.interpretOne();
      } else if (reason === Exit.slice) this.endSlice();
      else if (reason === Exit.undecoded) this.decodeOrInterpret();
      else if (reason === Exit.unfetchable) this.interpretOne();
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

  /** No jump cache entry for PC: compiles the place, or runs from there to the next hot one. */
  private missed(): void {
    const { templates, heat } = this;
    if (templates === undefined || this.s[FLAG_T] !== 0) {
      this.interpretToHot();
      return;
    }
    const pc = this.s[PC];
    const place = this.heatOf(pc);
    if (heat.isHot(place)) {
      if (this.stored[place] !== 0) {
        if (this.enterStored(pc)) return;
        this.stored[place]--;
      } else if (this.enterHot(pc, true)) return;
      // It is looked at again after some more jumps.
      heat.postpone(place, RETRY_ENTRIES);
    } else heat.count(place);
    this.runTemplates(templates);
  }

  /** Runs records until a place is hot, something is the interpreter's, or the slice is over. */
  private runTemplates(templates: TemplateInterpreter): void {
    const reason = templates.run();
    this.adoptState();
    if (reason === Exit.undecoded) this.decodeOrInterpret();
    else if (reason === Exit.slice) this.endSlice();
    else if (reason === Exit.interpret || reason === Exit.unfetchable) this.interpretOne();
  }

  /** Makes records at PC; what lies in no page of RAM is interpreted. */
  private decodeOrInterpret(): void {
    const { templates } = this;
    const pc = this.s[PC];
    const frame = this.frameOf(pc);
    if (frame < 0 || templates === undefined) {
      this.interpretOne();
      return;
    }
    this.openRecords(templates, frame);
    templates.decode(frame, pc & 0xffc);
  }

  private openRecords(templates: TemplateInterpreter, frame: number): void {
    if (templates.pages.has(frame)) return;
    if (templates.pages.isFull) this.pages.clear();
    this.pages.watchStores(frame);
    templates.open(frame);
  }

  /** Interprets from jump to jump until there is code for the place, and enters it. */
  private interpretToHot(): void {
    const s = this.s;
    const { heat, stored } = this;
    // The entry of code that was retired leads here too, so the first place is always looked up anew.
    for (let isFirst = true; ; isFirst = false) {
      const pc = s[PC];
      const place = this.heatOf(pc);
      if (!heat.isHot(place)) {
        heat.count(place);
        if (stored[place] !== 0 && this.enterStored(pc)) return;
      } else if (this.enterHot(pc, isFirst)) return;
      this.interpretBlock(s[FLAG_T] === 0 ? 4 : 2);
      if (s[REMAINING] <= 0) return;
    }
  }

  private heatOf(pc: number): number {
    return this.heat.placeOf(pc, this.isPrivileged);
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
      code = this.compile(place);
    }
    if (code.isWaiting) this.hurry();
    if (code.slot === 0) return false;
    this.enter(key, pc, code);
    return true;
  }

  protected enter(key: number, pc: number, code: CompiledCode): void {
    this.dispatcher.enter(key, pc, code);
  }

  protected compile(place: Place): CompiledCode {
    if (this.code.isFull) this.forgetAllCode();
    const region = new RegionFinder(this, place.isThumb, this.tuning.region).find(place.pc);
    if (region === undefined) return this.code.addHopeless(place);
    const compiled = compileRegion(region, {
      isPrivileged: this.isPrivileged,
      cp15: this.cp15,
      countsRows: this.rowCounts !== undefined,
    });
    for (const pc of compiled.entries.keys()) this.heat.makeHot(this.heatOf(pc));
    this.code.addRegion(region, compiled, place);
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
      this.watch(region);
      this.code.adopt(region, place);
      for (const [entryPc] of region.entries) this.heat.makeHot(this.heatOf(entryPc));
      return this.enterHot(pc, true);
    }
    return false;
  }

  /** Stores to the region's code are noticed from now on. */
  private watch({ blocks, pages, isThumb }: StoredRegion): void {
    const { templates } = this;
    // All frames first: opening the last one that there is room for forgets all others.
    if (templates !== undefined && !isThumb)
      for (const [page] of pages) this.openRecords(templates, this.frameOf(page));
    for (const { pc, count } of blocks) {
      this.pages.watch((this.frameOf(pc) << 12) + (pc & 0xfff), count, isThumb);
    }
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
    this.heat.clear();
    this.code.forgetAll();
  }

  override resynchronize(): void {
    super.resynchronize();
    // The constructor of the base class comes here before there is a cache.
    if (this.code === undefined) return;
    this.heat.clear();
    this.heatStored();
    this.code.restart();
  }

  executed(frame: number, pc: number, isThumb: boolean): boolean {
    return this.pages.isDecoded(frame, pc & 0xfff, isThumb);
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
