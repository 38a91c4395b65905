/** A piece of code with the state it starts from, and what it leaves; layout as in `test/oracle/oracle.c`. */

export const CODE_ADDRESS = 0x50000000;
export const CODE_BYTES = 0x1000;
export const DATA_ADDRESS = 0x30000000;
export const DATA_BYTES = 0x2000;
/** Undefined in ARM and in Thumb state: what the code page is filled with. */
export const SENTINEL = 0xe7fddef0;
export const CASE_CODE_WORDS = 4;
export const RECORD_WORDS = 22;

export const Signal = { ill: 4, trap: 5, bus: 7, segv: 11 } as const;

export interface FuzzCase {
  isThumb: boolean;
  /** Place of the code in its page. */
  offset: number;
  dataSeed: number;
  /** CPSR bits 31:27 and, of ARMv6, 19:16. */
  flags: number;
  /** R0 .. R14. */
  registers: number[];
  /** ARM instructions, or Thumb halves. */
  code: number[];
  /** S0 .. S31 and the FPSCR, of cases about the VFP. */
  vfp?: number[];
}

/** How a case ended. All words are unsigned. */
export interface Outcome {
  signal: number;
  /** Address of the fault, 0 for an undefined instruction. */
  faultAddress: number;
  /** Address of the instruction that ended it. */
  pc: number;
  /** CPSR bits 31:27, GE, E and T; those that ARMv5 has not are 0. */
  cpsr: number;
  registers: number[];
  dataHash: number;
  /** The first data word that changed, for people. */
  firstChange: string;
  /** S0 .. S31 and the FPSCR, of cases about the VFP. */
  vfp?: number[];
}

export const VFP_WORDS = 33;

export const CPSR_COMPARED = 0xf80f0220;

/** The code as the words of memory, filled up with sentinels; an odd Thumb half is filled up with its low half. */
export function codeWords({ isThumb, code }: FuzzCase): number[] {
  const words = new Array<number>(CASE_CODE_WORDS).fill(SENTINEL);
  for (const [index, instruction] of code.entries()) {
    if (!isThumb) words[index] = instruction >>> 0;
    else if (index % 2 === 0) words[index >> 1] = (((SENTINEL & 0xffff) << 16) | instruction) >>> 0;
    else words[index >> 1] = ((instruction << 16) | (words[index >> 1] & 0xffff)) >>> 0;
  }
  return words;
}

/** The record that the oracle reads. */
export function recordOf(given: FuzzCase): number[] {
  const { dataSeed, flags, isThumb, offset, registers, vfp } = given;
  const first = (offset << 16) | (isThumb ? 1 : 0) | (vfp === undefined ? 0 : 2);
  return [first, dataSeed, flags, ...registers, ...codeWords(given), ...(vfp ?? [])].map((word) => word >>> 0);
}

/** Fills the data window: random words, none of which ends in binary 10, as that is no address to branch to. */
export function fillData(words: Int32Array, seed: number): void {
  let state = seed | 0;
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = (state & 3) === 2 ? state ^ 2 : state;
  }
}

/** FNV-1a over words. */
export function hashWords(words: Int32Array): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < words.length; index++) hash = Math.imul(hash ^ words[index], 0x01000193);
  return hash >>> 0;
}

const hex = (word: number) => (word >>> 0).toString(16).padStart(8, "0");

/** The parts in which two outcomes differ, one line each. */
export function differences(qemu: Outcome, ours: Outcome): string[] {
  const lines: string[] = [];
  const compare = (name: string, theirs: string, own: string) => {
    if (theirs !== own) lines.push(`${name}: qemu ${theirs}, ours ${own}`);
  };
  compare("signal", `${qemu.signal}`, `${ours.signal}`);
  compare("fault address", hex(qemu.faultAddress), hex(ours.faultAddress));
  compare("pc", hex(qemu.pc), hex(ours.pc));
  compare("cpsr", hex(qemu.cpsr), hex(ours.cpsr));
  for (const [n, value] of qemu.registers.entries()) compare(`r${n}`, hex(value), hex(ours.registers[n]));
  for (const [n, value] of (qemu.vfp ?? []).entries()) {
    compare(n < VFP_WORDS - 1 ? `s${n}` : "fpscr", hex(value), hex(ours.vfp?.[n] ?? 0));
  }
  if (qemu.dataHash !== ours.dataHash) lines.push(`data: qemu ${qemu.firstChange}, ours ${ours.firstChange}`);
  return lines;
}
