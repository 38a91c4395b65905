/**
 * CP14, the debug registers of the ARM1176JZF-S: DDI 0301H chapter 13. They are kept for the kernel that counts and
 * initializes them; breakpoints and watchpoints that it switches on are not hit, which is logged.
 */
import type { CpuModel } from "./cpu-models.table.ts";
import {
  CP14_BREAKPOINT_CONTROLS,
  CP14_BREAKPOINT_VALUES,
  CP14_DSCR,
  CP14_VCR,
  CP14_WATCHPOINT_CONTROLS,
  CP14_WATCHPOINT_VALUES,
  CP15_WFAR,
  MODE,
  Mode,
} from "./state-layout.table.ts";

/** DSCR bits that the core may write: monitor mode, no user access, acknowledge, method of entry. */
const DSCR_WRITABLE = 0x0000943c;
const DSCR_NO_USER_ACCESS = 0x1000;
const DSCR_ENTRY = 0x3c;
/** Method of entry: a BKPT instruction. */
const ENTRY_BKPT = 3 << 2;
const VCR_WRITABLE = 0xdf | (0xff << 8) | (0xff << 24);
const ENABLED = 1;

export class Cp14 {
  private readonly words: Int32Array;
  private readonly model: CpuModel;
  private readonly warnOnce: (message: string) => void;

  constructor(words: Int32Array, model: CpuModel, warnOnce: (message: string) => void) {
    this.words = words;
    this.model = model;
    this.warnOnce = warnOnce;
  }

  /** The register's value, or `undefined` where there is none (the instruction is Undefined). */
  read(opcode1: number, crn: number, crm: number, opcode2: number): number | undefined {
    const { words, model } = this;
    if (model.debugId === 0 || opcode1 !== 0 || crn !== 0 || !this.mayAccess(crm, opcode2)) return undefined;
    if (opcode2 === 0 && crm === 0) return model.debugId;
    // The data transfer register of the debug channel is empty.
    if (opcode2 === 0 && crm === 5) return 0;
    const word = this.wordOf(crm, opcode2);
    return word === undefined ? undefined : words[word];
  }

  /** False where there is no such register. */
  write(opcode1: number, crn: number, crm: number, opcode2: number, value: number): boolean {
    const { words } = this;
    if (this.model.debugId === 0 || opcode1 !== 0 || crn !== 0 || !this.mayAccess(crm, opcode2)) return false;
    if (opcode2 === 0 && crm === 5) {
      this.warnOnce("no debugger reads the debug channel; what is written is lost");
      return true;
    }
    const word = this.wordOf(crm, opcode2);
    if (word === undefined) return false;
    if (word === CP14_DSCR) words[word] = (words[word] & ~DSCR_WRITABLE) | (value & DSCR_WRITABLE);
    else words[word] = word === CP14_VCR ? value & VCR_WRITABLE : value;
    const isControl = opcode2 === 5 || opcode2 === 7;
    if ((isControl && (value & ENABLED) !== 0) || (word === CP14_VCR && words[word] !== 0)) {
      this.warnOnce("breakpoints, watchpoints and vector catch of the debug unit are not modelled; they are never hit");
    }
    return true;
  }

  /** A BKPT instruction is what was hit last. */
  noteBreakpoint(): void {
    if (this.model.debugId !== 0) this.words[CP14_DSCR] = (this.words[CP14_DSCR] & ~DSCR_ENTRY) | ENTRY_BKPT;
  }

  /** User mode may use identification, status and data transfer unless DSCR forbids it. */
  private mayAccess(crm: number, opcode2: number): boolean {
    if (this.words[MODE] !== Mode.usr) return true;
    const isOpen = opcode2 === 0 && (crm === 0 || crm === 1 || crm === 5);
    return isOpen && (this.words[CP14_DSCR] & DSCR_NO_USER_ACCESS) === 0;
  }

  private wordOf(crm: number, opcode2: number): number | undefined {
    const breakpoints = ((this.model.debugId >>> 24) & 15) + 1;
    const watchpoints = (this.model.debugId >>> 28) + 1;
    if (opcode2 === 4 && crm < breakpoints) return CP14_BREAKPOINT_VALUES + crm;
    if (opcode2 === 5 && crm < breakpoints) return CP14_BREAKPOINT_CONTROLS + crm;
    if (opcode2 === 6 && crm < watchpoints) return CP14_WATCHPOINT_VALUES + crm;
    if (opcode2 === 7 && crm < watchpoints) return CP14_WATCHPOINT_CONTROLS + crm;
    if (opcode2 !== 0) return undefined;
    return { 1: CP14_DSCR, 6: CP15_WFAR, 7: CP14_VCR }[crm];
  }
}
