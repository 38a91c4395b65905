/** What differs between two CPU states, and text that helps to see why. */
import {
  CP15_CONTEXT_ID,
  CP15_CONTROL,
  CP15_DACR,
  CP15_DFSR,
  CP15_FAR,
  CP15_IFSR,
  CP15_TTBR0,
  FLAG_C,
  FLAG_F,
  FLAG_I,
  FLAG_N,
  FLAG_Q,
  FLAG_T,
  FLAG_V,
  FLAG_Z,
  HALTED,
  IRQ_LINE,
  MODE,
  PC,
} from "../../src/arm/core/index.ts";
import { disassembleBytes } from "../../src/arm/disasm/index.ts";
import type { Machine } from "../../src/vm/index.ts";

export interface StateWords {
  /** The CPU state block as it is saved. */
  readonly cpu: readonly number[];
  readonly other: Readonly<Record<string, number>>;
}

const names: Readonly<Record<number, string>> = {
  [FLAG_N]: "N",
  [FLAG_Z]: "Z",
  [FLAG_C]: "C",
  [FLAG_V]: "V",
  [FLAG_Q]: "Q",
  [FLAG_T]: "T",
  [FLAG_I]: "I",
  [FLAG_F]: "F",
  [MODE]: "mode",
  [PC]: "pc",
  [IRQ_LINE]: "IRQ line",
  [HALTED]: "halted",
  [CP15_CONTROL]: "CP15 control",
  [CP15_TTBR0]: "TTBR0",
  [CP15_DACR]: "DACR",
  [CP15_DFSR]: "DFSR",
  [CP15_IFSR]: "IFSR",
  [CP15_FAR]: "FAR",
  [CP15_CONTEXT_ID]: "context ID",
};

/** Name of a word of the CPU state block. */
const nameOf = (word: number): string => names[word] ?? (word < 16 ? `r${word}` : `state word ${word}`);
const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");

/** One line for each word that differs, the interpreter's first. */
export function differentWords(a: StateWords, b: StateWords): string[] {
  const cpu = a.cpu.flatMap((word, i) =>
    word === b.cpu[i] ? [] : [`${nameOf(i)}: ${hex(word)} and ${hex(b.cpu[i])}`],
  );
  const other = Object.keys(a.other).flatMap((key) =>
    a.other[key] === b.other[key] ? [] : [`${key}: ${a.other[key]} and ${b.other[key]}`],
  );
  return [...cpu, ...other];
}

/** Registers of a state, four a line. */
export function registerLines({ cpu }: StateWords): string[] {
  const shown = [...Array.from({ length: 15 }, (_, n) => n), PC, MODE, FLAG_N, FLAG_Z, FLAG_C, FLAG_V, FLAG_T, FLAG_I];
  const cells = shown.map((word) => `${nameOf(word)}=${hex(cpu[word])}`);
  return Array.from({ length: Math.ceil(cells.length / 6) }, (_, i) => `  ${cells.slice(i * 6, i * 6 + 6).join(" ")}`);
}

const BEFORE_BYTES = 48;
const AFTER_BYTES = 16;

/** The code around a virtual address of the machine's current address space. */
export function codeAround(machine: Machine, pc: number, isThumb: boolean): string[] {
  const bytes = new Uint8Array(BEFORE_BYTES + AFTER_BYTES);
  const physical = machine.running?.cpu.probe(pc);
  if (physical === undefined || !machine.readGuest(physical - BEFORE_BYTES, bytes)) return [`  ${hex(pc)}: not mapped`];
  return disassembleBytes(bytes, (pc - BEFORE_BYTES) >>> 0, { isThumb }).map(
    ({ address, text }) => `${address === pc >>> 0 ? "=>" : "  "}${hex(address)}: ${text}`,
  );
}
