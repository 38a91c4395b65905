/** The CPU state block: packing of the CPSR, register banks, and what a snapshot keeps. ARM ARM (DDI 0100I) A2. */
import type { State, Stateful } from "../../base/index.ts";
import { HvError } from "../../base/index.ts";
import type { HostMemory } from "../../memory/index.ts";
import { CPU_STATE_OFFSET } from "../../memory/index.ts";
import {
  BANK_OF_MODE,
  CP15_CONTROL,
  FLAG_A,
  FLAG_C,
  FLAG_E,
  FLAG_F,
  FLAG_GE,
  FLAG_I,
  FLAG_N,
  FLAG_Q,
  FLAG_T,
  FLAG_V,
  FLAG_Z,
  MODE,
  Mode,
  PC,
  R8_R12_FIQ,
  R8_R12_USER,
  R13,
  R13_BANKS,
  R14,
  R14_BANKS,
  R15,
  REMAINING,
  SPSR_BANKS,
  STATE_WORDS,
} from "./state-layout.table.ts";

/** Control register of the ARM926EJ-S after reset: little-endian, MMU and caches off, low vectors. */
const CONTROL_RESET = 0x00090078;

/** Low four bits of a mode number to its register bank. */
export const bankOf = (mode: number): number => BANK_OF_MODE[mode & 15];

export class CpuState implements Stateful {
  /** The block as words; indices are in `state-layout.table.ts`. */
  readonly words: Int32Array;
  /** The CPSR has the fields GE, E and A. */
  hasExtendedStatus = false;

  constructor(host: HostMemory) {
    this.words = host.i32.subarray(CPU_STATE_OFFSET >> 2, (CPU_STATE_OFFSET >> 2) + STATE_WORDS);
  }

  /** Power-on: supervisor mode, interrupts off, PC at the low vector. */
  reset(): void {
    const s = this.words;
    s.fill(0);
    s[MODE] = Mode.svc;
    s[FLAG_I] = 1;
    s[FLAG_F] = 1;
    s[CP15_CONTROL] = CONTROL_RESET;
  }

  cpsr(): number {
    const s = this.words;
    const flags = (s[FLAG_N] << 31) | (s[FLAG_Z] << 30) | (s[FLAG_C] << 29) | (s[FLAG_V] << 28) | (s[FLAG_Q] << 27);
    const extended = (s[FLAG_GE] << 16) | (s[FLAG_E] << 9) | (s[FLAG_A] << 8);
    return flags | extended | (s[FLAG_I] << 7) | (s[FLAG_F] << 6) | (s[FLAG_T] << 5) | s[MODE];
  }

  /** Writes all of the CPSR, banks switched; the caller looks after what depends on mode, T, I and F. */
  setCpsr(value: number): void {
    const s = this.words;
    this.setFlags(value);
    s[FLAG_Q] = (value >>> 27) & 1;
    s[FLAG_I] = (value >>> 7) & 1;
    s[FLAG_F] = (value >>> 6) & 1;
    s[FLAG_T] = (value >>> 5) & 1;
    this.setExtendedStatus(value);
    this.switchMode(value & 0x1f);
  }

  /** GE, E and A from bits 19:16, 9 and 8, where the architecture has them. */
  setExtendedStatus(value: number): void {
    if (!this.hasExtendedStatus) return;
    const s = this.words;
    s[FLAG_GE] = (value >>> 16) & 15;
    s[FLAG_E] = (value >>> 9) & 1;
    s[FLAG_A] = (value >>> 8) & 1;
  }

  /** N, Z, C and V from bits 31:28. */
  setFlags(value: number): void {
    const s = this.words;
    s[FLAG_N] = value >>> 31;
    s[FLAG_Z] = (value >>> 30) & 1;
    s[FLAG_C] = (value >>> 29) & 1;
    s[FLAG_V] = (value >>> 28) & 1;
  }

  /** Enters a mode: R13, R14 and, for FIQ, R8 to R12 change banks. */
  switchMode(mode: number): void {
    const s = this.words;
    const before = s[MODE];
    s[MODE] = mode;
    const from = bankOf(before);
    const to = bankOf(mode);
    if (from === to) return;
    s[R13_BANKS + from] = s[R13];
    s[R14_BANKS + from] = s[R14];
    s[R13] = s[R13_BANKS + to];
    s[R14] = s[R14_BANKS + to];
    if (from === 1 || to === 1) this.switchFiqBank(to === 1);
  }

  private switchFiqBank(toFiq: boolean): void {
    const s = this.words;
    const [saveTo, loadFrom] = toFiq ? [R8_R12_USER, R8_R12_FIQ] : [R8_R12_FIQ, R8_R12_USER];
    for (let i = 0; i < 5; i++) {
      s[saveTo + i] = s[8 + i];
      s[8 + i] = s[loadFrom + i];
    }
  }

  /** Where register `n` of user mode is held now. */
  userRegisterIndex(n: number): number {
    const bank = bankOf(this.words[MODE]);
    if (n >= 8 && n <= 12 && bank === 1) return R8_R12_USER + n - 8;
    if (n === 13 && bank !== 0) return R13_BANKS;
    if (n === 14 && bank !== 0) return R14_BANKS;
    return n;
  }

  /** Index of the current mode's SPSR, or -1 in user and system mode. */
  spsrIndex(): number {
    const bank = bankOf(this.words[MODE]);
    return bank === 0 ? -1 : SPSR_BANKS + bank;
  }

  isPrivileged(): boolean {
    return this.words[MODE] !== Mode.usr;
  }

  save(): State {
    const words = Array.from(this.words);
    // Only the interpreter keeps R15, and a slice's budget is no state: equal machines save equal words.
    words[R15] = words[PC];
    words[REMAINING] = 0;
    return { words };
  }

  restore(state: State): void {
    const { words } = state;
    if (!Array.isArray(words) || words.length !== STATE_WORDS || !words.every((w) => typeof w === "number")) {
      throw new HvError({
        code: "state-invalid",
        message: `CPU state: expected ${STATE_WORDS} words, found ${Array.isArray(words) ? words.length : typeof words}`,
        hint: "The snapshot is of another version or damaged; make a new one.",
      });
    }
    this.words.set(words as number[]);
  }
}
