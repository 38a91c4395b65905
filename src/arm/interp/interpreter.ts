/**
 * The reference interpreter: fetches, decodes once per place, tests the condition, and evaluates the instruction's
 * one description on numbers. Hot code.
 */
import type { State, Stateful } from "../../base/index.ts";
import type { GuestBus } from "../../memory/index.ts";
import type { CpuModel, StopPoints } from "../core/index.ts";
import {
  ADDEND,
  ENTRY_WORDS,
  FIQ_LINE,
  FLAG_C,
  FLAG_E,
  FLAG_N,
  FLAG_T,
  FLAG_V,
  FLAG_Z,
  HALTED,
  IRQ_LINE,
  mayExecute,
  PC,
  R15,
  REMAINING,
  TAG_EXECUTE,
  TLB_ENTRIES,
} from "../core/index.ts";
import { archsOf, Decoder, type Insn, makeInsn, rows } from "../decode/index.ts";
import type { Ops } from "../semantics/index.ts";
import { execTable } from "../semantics/index.ts";
import { CodePages } from "./code-pages.ts";
import { VfpOps } from "./vfp-ops.ts";

const ALWAYS = 14;
/**
 * For each condition the values of NZCV that pass, one bit a value (ARM DDI 0100I, A3.2.1). One expression for all of
 * them: cases of a switch that were not met yet would make V8 throw the compiled loop away, each at its first time.
 */
const PASSING_FLAGS = Uint16Array.of(
  0xf0f0, // EQ
  0x0f0f, // NE
  0xcccc, // CS
  0x3333, // CC
  0xff00, // MI
  0x00ff, // PL
  0xaaaa, // VS
  0x5555, // VC
  0x0c0c, // HI
  0xf3f3, // LS
  0xaa55, // GE
  0x55aa, // LT
  0x0a05, // GT
  0xf5fa, // LE
  0xffff,
  0xffff,
);
/** No page: its low bit is set, so no fetch address equals it. */
const NO_PAGE = 1;

type Semantic = (o: Interpreter, f: Insn<Interpreter>) => void;

/** The functions with a count of their calls, by row; only for machines made for coverage. */
function counting(functions: readonly Semantic[], counts: Float64Array): Semantic[] {
  return functions.map((exec, row) => (o, f) => {
    counts[row]++;
    exec(o, f);
  });
}

export class Interpreter extends VfpOps implements Ops<number>, Stateful {
  /** How often each row was executed, when `countRows` was asked for; see `rowCounts`. */
  readonly rowCounts: Float64Array | undefined;
  private readonly decoder: Decoder<Interpreter>;
  protected readonly pages: CodePages<Interpreter>;
  /** The virtual page instructions are fetched from now, its slots, and where its bytes are. */
  private fetchPage = NO_PAGE;
  private fetchSlots: Insn<Interpreter>[] = [];
  private fetchShift = 2;
  /** Byte offset of the page in host memory, or -1 when code lies outside RAM at `fetchPhysical`. */
  private fetchHost = 0;
  private fetchPhysical = 0;

  constructor(bus: GuestBus, model: CpuModel, { countRows = false } = {}) {
    super(bus, model);
    const table = execTable<number>() as Semantic[];
    this.rowCounts = countRows ? new Float64Array(rows.length) : undefined;
    const functions = this.rowCounts === undefined ? table : counting(table, this.rowCounts);
    this.decoder = new Decoder<Interpreter>(functions, archsOf(model.architecture, model.hasVfp));
    const blank = () => makeInsn<Interpreter>(0, -1, (o) => o.decodeAndExecute());
    this.pages = new CodePages(bus.traps, { undecoded: blank(), watched: blank() }, () => this.stateChanged());
    this.reset();
  }

  /** Power-on. */
  reset(): void {
    this.resetSystem();
    this.resynchronize();
  }

  save(): State {
    return { cpu: this.state.save(), instructions: this.instructions(), exceptions: { ...this.exceptionCounts } };
  }

  restore(state: State): void {
    this.state.restore(state.cpu as State);
    this.sliceEnd = Number(state.instructions) + this.s[REMAINING];
    Object.assign(this.exceptionCounts, state.exceptions);
    this.resynchronize();
  }

  /** Rebuilds everything derived after state or memory was changed from outside. */
  resynchronize(): void {
    this.aborted();
    this.isPrivileged = this.state.isPrivileged();
    this.isBigEndian = this.s[FLAG_E] !== 0;
    this.pages.clear();
    this.tlb.flush();
    this.selectBank();
    this.stateChanged();
  }

  /** The interrupt controller's outputs; a change ends the slice so that the interrupt is taken at once. */
  setIrqLine(level: boolean): void {
    this.setLine(IRQ_LINE, level);
  }

  setFiqLine(level: boolean): void {
    this.setLine(FIQ_LINE, level);
  }

  private setLine(line: number, level: boolean): void {
    const s = this.s;
    s[line] = level ? 1 : 0;
    if (!level) return;
    s[HALTED] = 0;
    if (this.interruptWaits()) this.endSlice();
  }

  /** What a boot loader does last: R0, R1, ... and the address of the first instruction. */
  setRegisters(registers: readonly number[], pc: number): void {
    for (const [n, value] of registers.entries()) this.s[n] = value;
    this.pc = pc;
  }

  /** Guest-physical address behind a virtual one in the current mode, unsigned, without any effect; `undefined` on a fault. */
  probe(va: number): number | undefined {
    return this.mmu.walk(va, this.isPrivileged) === 0 ? this.mmu.physical >>> 0 : undefined;
  }

  get isHalted(): boolean {
    return this.s[HALTED] !== 0;
  }

  /**
   * Runs until `instructions()` is `untilInstructions`, the core waits for an interrupt, or `endSlice` was called.
   * A pending interrupt is taken first. At most 2^31 - 1 instructions a call.
   */
  run(untilInstructions: number): void {
    const s = this.s;
    if (this.interruptWaits()) this.takeInterrupt();
    if (s[HALTED] !== 0) return;
    const count = Math.min(untilInstructions - this.instructions(), 0x7fffffff);
    if (count <= 0) return;
    this.sliceEnd = this.instructions() + count;
    s[REMAINING] = count;
    const { stopPoints } = this;
    if (stopPoints?.hasPlaces === true) this.executeToPlace(stopPoints);
    else this.execute();
  }

  /** From now on `run` also ends at a stop point, which has a hit then. To be called again after each change of them. */
  debug(stopPoints: StopPoints | undefined): void {
    this.stopPoints = stopPoints;
    this.flushTlb();
  }

  /** Runs out the slice by interpretation alone, or to a place. */
  private executeToPlace(stopPoints: StopPoints): void {
    const s = this.s;
    this.stateChanged();
    while (s[REMAINING] > 0) {
      if (stopPoints.stopsAt(s[PC], this.instructions())) {
        this.endSlice();
        return;
      }
      this.step();
    }
  }

  /** Runs out the slice. */
  protected execute(): void {
    const s = this.s;
    while (s[REMAINING] > 0) this.step();
  }

  /** One instruction, or the entry of its prefetch abort. */
  protected step(): void {
    const s = this.s;
    s[REMAINING]--;
    const pc = s[PC];
    if ((pc & ~0xfff) === this.fetchPage || this.enterPage(pc)) {
      const shift = this.fetchShift;
      const insn = this.fetchSlots[(pc & 0xfff) >> shift];
      s[R15] = pc + (2 << shift);
      this.nextPc = pc + (1 << shift);
      if (insn.c === ALWAYS || this.conditionPassed(insn.c)) insn.exec(this, insn);
    }
    s[PC] = this.nextPc;
  }

  private conditionPassed(condition: number): boolean {
    const s = this.s;
    const flags = (s[FLAG_N] << 3) | (s[FLAG_Z] << 2) | (s[FLAG_C] << 1) | s[FLAG_V];
    return ((PASSING_FLAGS[condition] >>> flags) & 1) !== 0;
  }

  protected override stateChanged(): void {
    this.fetchPage = NO_PAGE;
  }

  /** Makes the page of `pc` the one that is fetched from; false after a prefetch abort, `nextPc` at its vector. */
  private enterPage(pc: number): boolean {
    const entry = this.bank + ((pc >>> 12) & (TLB_ENTRIES - 1)) * ENTRY_WORDS;
    const page = pc & ~0xfff;
    let host: number;
    if (this.i32[entry + TAG_EXECUTE] === page) host = (page + this.i32[entry + ADDEND]) | 0;
    else {
      host = this.translateFetch(pc);
      if (host === -1) return false;
    }
    const isThumb = this.s[FLAG_T] !== 0;
    this.fetchShift = isThumb ? 1 : 2;
    this.fetchHost = host;
    this.fetchSlots = host < 0 ? this.pages.blankPage(isThumb) : this.pages.page(host >>> 12, isThumb);
    this.fetchPage = this.mayKeepPage ? page : NO_PAGE;
    this.mayKeepPage = true;
    return true;
  }

  /** False while the page just entered has parts with other mappings or is no RAM: then each fetch looks anew. */
  private mayKeepPage = true;

  /** Byte offset in host memory of the page of `pc`; -1 after an abort, -2 when it lies outside RAM. */
  private translateFetch(pc: number): number {
    const mmu = this.mmu;
    let fault = mmu.walk(pc, this.isPrivileged);
    if (fault === 0 && !mayExecute(mmu.access)) fault = mmu.permissionFault;
    const at = fault === 0 ? this.bus.hostOffset(mmu.physical, false) : -1;
    if (fault === 0 && at < 0) {
      this.fetchPhysical = mmu.physical;
      this.mayKeepPage = false;
      if (this.bus.regionAt(mmu.physical >>> 0) !== undefined) return -2;
      fault = mmu.externalFault;
    }
    if (fault !== 0) {
      this.mayKeepPage = true;
      this.raiseFetchFault(pc, fault);
      return -1;
    }
    if (mmu.isWholePage) this.fill(pc, at);
    else this.mayKeepPage = false;
    return at & ~0xfff;
  }

  /** Runs the instruction at PC whose slot was empty, and fills the slot. */
  private decodeAndExecute(): void {
    const pc = this.s[PC];
    const isThumb = this.fetchShift === 1;
    const raw = this.fetchRaw(pc, isThumb);
    const insn = isThumb ? this.decoder.thumb(raw) : this.decoder.arm(raw);
    this.fetchSlots[(pc & 0xfff) >> this.fetchShift] = insn;
    this.pages.noteDecoded();
    if (insn.c === ALWAYS || this.conditionPassed(insn.c)) insn.exec(this, insn);
  }

  /** The instruction at a host address, as it is now. */
  protected decodeRaw(hostOffset: number, isThumb: boolean): Insn<Interpreter> {
    this.pages.noteDecoded();
    return isThumb ? this.decoder.thumb(this.u16[hostOffset >> 1]) : this.decoder.arm(this.i32[hostOffset >> 2]);
  }

  private fetchRaw(pc: number, isThumb: boolean): number {
    if (this.fetchHost >= 0) {
      const at = this.fetchHost + (pc & 0xfff);
      return isThumb ? this.u16[at >> 1] : this.i32[at >> 2];
    }
    return isThumb ? this.bus.busRead(this.fetchPhysical, 2) & 0xffff : this.bus.busRead(this.fetchPhysical, 4);
  }
}
