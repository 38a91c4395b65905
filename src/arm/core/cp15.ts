/**
 * The system control coprocessor of the ARM926EJ-S (DDI 0198E chapter 2.3): identification, control, MMU registers,
 * cache and TLB operations. Caches are not modelled: their operations do nothing, and test-and-clean answers "clean".
 */
import type { CpuModel } from "./cpu-models.table.ts";
import {
  CP15_CONTEXT_ID,
  CP15_CONTROL,
  CP15_DACR,
  CP15_DCACHE_LOCKDOWN,
  CP15_DFSR,
  CP15_FAR,
  CP15_FCSE,
  CP15_ICACHE_LOCKDOWN,
  CP15_IFSR,
  CP15_TEST,
  CP15_TLB_LOCKDOWN,
  CP15_TTBR0,
  MODE,
  Mode,
} from "./state-layout.table.ts";

/** A system control coprocessor. User mode is undefined in all but what the model allows it. */
export interface SystemControl {
  /** Puts the registers to what they are after power-on; all words are zero before. */
  reset(): void;
  /** The register's value, or `undefined` where the coprocessor has none (the instruction is Undefined). */
  read(opcode1: number, crn: number, crm: number, opcode2: number): number | undefined;
  /** False where the coprocessor has no such register. `crn` is `BLOCK_OPERATION` for MCRR. */
  write(opcode1: number, crn: number, crm: number, opcode2: number, value: number): boolean;
  /** The state word that a privileged read just loads; `undefined` when it does more. */
  plainWord(opcode1: number, crn: number, crm: number, opcode2: number): number | undefined;
  /** A privileged write does nothing at all: an operation on caches and buffers. */
  hasNoEffect(opcode1: number, crn: number, crm: number, opcode2: number): boolean;
  /** A privileged write forgets the mapping of one page, and does nothing else. */
  flushesPage(opcode1: number, crn: number, crm: number, opcode2: number): boolean;
}

/** What a CP15 access asks of the core. */
export interface Cp15Effects {
  controlChanged(before: number): void;
  domainsChanged(): void;
  flushTlb(): void;
  flushTlbPage(va: number): void;
  /** Forgets the mappings of the current address space. */
  flushTlbNonGlobal(): void;
  /** Looks an address up as an access would; the fault status is 0 when it would succeed. */
  translate(va: number, privileged: boolean, isStore: boolean): { fault: number; physical: number };
  /** Instructions retired. */
  instructions(): number;
  warnOnce(message: string): void;
  waitForInterrupt(): void;
}

/** Z set: the cache is clean, a loop around test-and-clean ends. */
const ALL_CLEAN = 0x40000000;

/** opcode1, CRn, CRm and opcode2 as one number for the tables. */
export const registerKey = (opcode1: number, crn: number, crm: number, opcode2: number): number =>
  (opcode1 << 12) | (crn << 7) | (crm << 3) | opcode2;

/** Registers that are read and written without any effect. */
const PLAIN_REGISTERS = new Map<number, number>([
  [registerKey(0, 2, 0, 0), CP15_TTBR0],
  [registerKey(0, 5, 0, 0), CP15_DFSR],
  [registerKey(0, 5, 0, 1), CP15_IFSR],
  [registerKey(0, 6, 0, 0), CP15_FAR],
  [registerKey(0, 9, 0, 0), CP15_DCACHE_LOCKDOWN],
  [registerKey(0, 9, 0, 1), CP15_ICACHE_LOCKDOWN],
  [registerKey(0, 10, 0, 0), CP15_TLB_LOCKDOWN],
  [registerKey(0, 13, 0, 1), CP15_CONTEXT_ID],
  [registerKey(0, 15, 0, 0), CP15_TEST],
  [registerKey(7, 15, 0, 0), CP15_TEST],
]);

export class Cp15 implements SystemControl {
  private readonly words: Int32Array;
  private readonly model: CpuModel;
  private readonly effects: Cp15Effects;

  constructor(words: Int32Array, model: CpuModel, effects: Cp15Effects) {
    this.words = words;
    this.model = model;
    this.effects = effects;
  }

  reset(): void {
    this.words[CP15_CONTROL] = this.model.controlReset;
  }

  read(opcode1: number, crn: number, crm: number, opcode2: number): number | undefined {
    if (this.words[MODE] === Mode.usr) return undefined;
    const plain = PLAIN_REGISTERS.get(registerKey(opcode1, crn, crm, opcode2));
    if (plain !== undefined) return this.words[plain];
    if (crn === 0) {
      if (opcode2 === 1) return this.model.ctr;
      return opcode2 === 2 ? this.model.tcmStatus : this.model.midr;
    }
    if (crn === 1) return this.words[CP15_CONTROL];
    if (crn === 3) return this.words[CP15_DACR];
    if (crn === 7 && (crm === 10 || crm === 14) && opcode2 === 3) return ALL_CLEAN;
    if (crn === 13 && opcode2 === 0) return this.words[CP15_FCSE];
    return crn === 15 || crn === 9 || crn === 7 ? 0 : undefined;
  }

  write(opcode1: number, crn: number, crm: number, opcode2: number, value: number): boolean {
    if (this.words[MODE] === Mode.usr) return false;
    const plain = PLAIN_REGISTERS.get(registerKey(opcode1, crn, crm, opcode2));
    if (plain !== undefined) {
      this.words[plain] = crn === 2 ? value & 0xffffc000 : value;
      return true;
    }
    switch (crn) {
      case 1:
        this.writeControl(value);
        return true;
      case 3:
        this.words[CP15_DACR] = value;
        this.effects.domainsChanged();
        return true;
      case 7:
        if (crm === 0 && opcode2 === 4) this.effects.waitForInterrupt();
        return true;
      case 8:
        if (opcode2 === 1) this.effects.flushTlbPage(value);
        else this.effects.flushTlb();
        return true;
      case 13:
        this.words[CP15_FCSE] = value & 0xfe000000;
        this.effects.flushTlb();
        return true;
      default:
        return crn === 15 || crn === 9;
    }
  }

  plainWord(opcode1: number, crn: number, crm: number, opcode2: number): number | undefined {
    if (opcode1 === 0 && crm === 0 && opcode2 === 0) {
      if (crn === 1) return CP15_CONTROL;
      if (crn === 3) return CP15_DACR;
    }
    return PLAIN_REGISTERS.get(registerKey(opcode1, crn, crm, opcode2));
  }

  hasNoEffect(opcode1: number, crn: number, crm: number, opcode2: number): boolean {
    return opcode1 === 0 && crn === 7 && !(crm === 0 && opcode2 === 4);
  }

  flushesPage(opcode1: number, crn: number, _crm: number, opcode2: number): boolean {
    return opcode1 === 0 && crn === 8 && opcode2 === 1;
  }

  private writeControl(value: number): void {
    const before = this.words[CP15_CONTROL];
    const { controlWritable, controlOnes } = this.model;
    this.words[CP15_CONTROL] = (value & controlWritable) | controlOnes;
    this.effects.controlChanged(before);
  }
}
