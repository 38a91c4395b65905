/** The system control coprocessor of the ARM1176JZF-S: what reading and writing its registers does. DDI 0301H, 3.2. */
import type { Cp15Effects, SystemControl } from "./cp15.ts";
import { registerKey } from "./cp15.ts";
import type { SystemRegister } from "./cp15-arm1176.table.ts";
import { arm1176Registers } from "./cp15-arm1176.table.ts";
import type { CpuModel } from "./cpu-models.table.ts";
import { FAULT_WRITE, Fault } from "./mmu.ts";
import {
  CP15_ACCESS_VALIDATION,
  CP15_ACTLR,
  CP15_CCNT,
  CP15_CONTEXT_ID,
  CP15_CONTROL,
  CP15_COUNT0,
  CP15_COUNT1,
  CP15_PAR,
  CP15_PMNC,
  FIQ_LINE,
  IRQ_LINE,
  MODE,
  Mode,
} from "./state-layout.table.ts";

const ASID_MASK = 0xff;
const SCR_NS = 1;

/** Performance monitor control: enable, reset of the counters, cycles by 64, overflow flags (written ones clear). */
const PMNC_ENABLE = 1;
const PMNC_RESET_COUNTS = 2;
const PMNC_RESET_CYCLES = 4;
const PMNC_BY_64 = 8;
const PMNC_KEPT = 0x0ffff879;
const PMNC_OVERFLOW = 0x700;

/** PAR of an aborted translation: bit 0, and bits 12, 10 and 3:0 of the fault status above it. */
const PAR_ABORTED = 1;

export class Cp15Arm1176 implements SystemControl {
  private readonly words: Int32Array;
  private readonly model: CpuModel;
  private readonly effects: Cp15Effects;

  constructor(words: Int32Array, model: CpuModel, effects: Cp15Effects) {
    this.words = words;
    this.model = model;
    this.effects = effects;
  }

  reset(): void {
    for (const { word, reset } of arm1176Registers.values()) if (word !== undefined) this.words[word] = reset;
    this.words[CP15_CONTROL] = this.model.controlReset;
    this.words[CP15_ACTLR] = this.model.auxControlReset;
  }

  read(opcode1: number, crn: number, crm: number, opcode2: number): number | undefined {
    if (crn === 0 && opcode1 === 0) return this.isUser ? undefined : this.identification(crm, opcode2);
    const register = arm1176Registers.get(registerKey(opcode1, crn, crm, opcode2));
    if (register === undefined) {
      this.reportAbsent("read", opcode1, crn, crm, opcode2);
      return undefined;
    }
    if (!register.mayRead || (this.isUser && !this.userMay(register, false))) return undefined;
    if (register.action === "interruptStatus") return this.interruptStatus();
    if (register.action === "cycleCounter") return this.cycles();
    return register.word === undefined ? 0 : this.words[register.word];
  }

  write(opcode1: number, crn: number, crm: number, opcode2: number, value: number): boolean {
    const register = arm1176Registers.get(registerKey(opcode1, crn, crm, opcode2));
    if (register === undefined) {
      if (crn !== 0) this.reportAbsent("write", opcode1, crn, crm, opcode2);
      return false;
    }
    if (!register.mayWrite || (this.isUser && !this.userMay(register, true))) return false;
    const { word, writable, ones } = register;
    if (register.action !== "none") this.act(register, opcode2, value);
    else if (word === CP15_ACTLR) this.words[word] = value & this.model.auxControlWritable;
    else if (word !== undefined) this.words[word] = (value & writable) | ones;
    return true;
  }

  plainWord(opcode1: number, crn: number, crm: number, opcode2: number): number | undefined {
    const register = arm1176Registers.get(registerKey(opcode1, crn, crm, opcode2));
    return register?.mayRead === true && register.action !== "cycleCounter" ? register.word : undefined;
  }

  hasNoEffect(opcode1: number, crn: number, crm: number, opcode2: number): boolean {
    const register = arm1176Registers.get(registerKey(opcode1, crn, crm, opcode2));
    return register?.mayRead === false && register.action === "none";
  }

  flushesPage(opcode1: number, crn: number, crm: number, opcode2: number): boolean {
    return arm1176Registers.get(registerKey(opcode1, crn, crm, opcode2))?.action === "flushTlbPage";
  }

  private get isUser(): boolean {
    return this.words[MODE] === Mode.usr;
  }

  private userMay({ user }: SystemRegister, isWrite: boolean): boolean {
    if (user === "counters") return (this.words[CP15_ACCESS_VALIDATION] & 1) !== 0;
    return user === "all" || (user === "read" && !isWrite);
  }

  private reportAbsent(verb: string, opcode1: number, crn: number, crm: number, opcode2: number): void {
    if (this.isUser) return;
    this.effects.warnOnce(`${verb} of CP15 ${opcode1}, c${crn}, c${crm}, ${opcode2}, which is not modelled: Undefined`);
  }

  /** Numbers without a register read as the main ID. */
  private identification(crm: number, opcode2: number): number {
    const { midr, ctr, tcmStatus, tlbType, features } = this.model;
    if (crm === 0) return [midr, ctr, tcmStatus, tlbType][opcode2] ?? midr;
    return features[(crm - 1) * 8 + opcode2] ?? 0;
  }

  private act({ action, word, writable }: SystemRegister, opcode2: number, value: number): void {
    const { words, effects } = this;
    switch (action) {
      case "control":
        this.writeControl(value);
        break;
      case "domains":
        words[word ?? 0] = value;
        effects.domainsChanged();
        break;
      case "secureConfiguration":
        words[word ?? 0] = value & writable;
        if ((value & SCR_NS) !== 0) effects.warnOnce("the non-secure world is not modelled; SCR.NS has no effect");
        break;
      case "contextId":
        this.writeContextId(value);
        break;
      case "processId":
        if (words[word ?? 0] === (value & writable)) break;
        words[word ?? 0] = value & writable;
        effects.flushTlb();
        break;
      case "flushTlb":
        effects.flushTlb();
        break;
      case "flushTlbPage":
        effects.flushTlbPage(value);
        break;
      case "flushTlbAsid":
        // The TLB holds no entries of another address space than the current one.
        if (((value ^ words[CP15_CONTEXT_ID]) & ASID_MASK) === 0) effects.flushTlbNonGlobal();
        break;
      case "waitForInterrupt":
        effects.waitForInterrupt();
        break;
      case "translate":
        this.translate(value, opcode2);
        break;
      case "monitorControl":
        this.writeMonitorControl(value);
        break;
      case "cycleCounter":
        this.setCycles(value);
        break;
    }
  }

  private writeControl(value: number): void {
    const before = this.words[CP15_CONTROL];
    const { controlWritable, controlOnes } = this.model;
    this.words[CP15_CONTROL] = (value & controlWritable) | controlOnes;
    this.effects.controlChanged(before);
  }

  private writeContextId(value: number): void {
    const before = this.words[CP15_CONTEXT_ID];
    this.words[CP15_CONTEXT_ID] = value;
    if (((value ^ before) & ASID_MASK) !== 0) this.effects.flushTlbNonGlobal();
  }

  /** Bit 1 of opcode2 asks with user permissions, bit 0 for a store. Memory attributes read as non-cacheable. */
  private translate(va: number, opcode2: number): void {
    const { fault, physical } = this.effects.translate(va, (opcode2 & 2) === 0, (opcode2 & 1) !== 0);
    const status = (fault & 15) | ((fault & 0x400) >>> 6) | ((fault & 0x1000) >>> 7);
    this.words[CP15_PAR] = fault === 0 ? physical & 0xfffffc00 : (status << 1) | PAR_ABORTED;
  }

  private interruptStatus(): number {
    return (this.words[IRQ_LINE] << 7) | (this.words[FIQ_LINE] << 6);
  }

  /** Cycles are instructions retired: virtual time. */
  private clock(): number {
    const instructions = this.effects.instructions();
    return (this.words[CP15_PMNC] & PMNC_BY_64) !== 0 ? Math.floor(instructions / 64) : instructions;
  }

  private cycles(): number {
    const count = this.words[CP15_CCNT];
    return (this.words[CP15_PMNC] & PMNC_ENABLE) !== 0 ? (count + this.clock()) | 0 : count;
  }

  private setCycles(count: number): void {
    this.words[CP15_CCNT] = (this.words[CP15_PMNC] & PMNC_ENABLE) !== 0 ? (count - this.clock()) | 0 : count;
  }

  private writeMonitorControl(value: number): void {
    const { words } = this;
    const cycles = (value & PMNC_RESET_CYCLES) !== 0 ? 0 : this.cycles();
    words[CP15_PMNC] = (value & PMNC_KEPT) | (words[CP15_PMNC] & ~value & PMNC_OVERFLOW);
    this.setCycles(cycles);
    if ((value & PMNC_RESET_COUNTS) !== 0) words.fill(0, CP15_COUNT0, CP15_COUNT1 + 1);
    if ((value & PMNC_ENABLE) !== 0) {
      this.effects.warnOnce(
        "performance counters 0 and 1 and overflow interrupts are not modelled; cycles are instructions",
      );
    }
  }
}

/** What the instruction and data fault status registers say of a fault (TRM 3.2.17 and 3.2.18). */
export const dataFaultStatus = (fault: number, isStore: boolean): number => (isStore ? fault | FAULT_WRITE : fault);
export const instructionFaultStatus = (fault: number): number => fault & (Fault.permissionPage | 0x1400);
