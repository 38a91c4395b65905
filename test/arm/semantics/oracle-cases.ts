/** Single instructions with registers for `oracle.c` and the interpreter: made from the row table, the same in every run. */
import type { Insn, Row } from "../../../src/arm/decode/index.ts";
import { archsOf, Decoder, rows } from "../../../src/arm/decode/index.ts";
import { armCorpus, thumbCorpus } from "../decode/corpus.table.ts";
import { armV6Corpus, thumbV6Corpus } from "../decode/corpus-v6.table.ts";

export interface OracleCase {
  row: Row;
  word: number;
  /** CPSR bits 31:27 and, of ARMv6, 19:16. */
  flags: number;
  /** R0 .. R14. */
  registers: number[];
}

export interface Outcome {
  /** The instruction was undefined; nothing else counts then. */
  isUndefined: boolean;
  flags: number;
  registers: number[];
  /** FNV-1a over the words of the data area. */
  dataHash: number;
}

export const PROBE_ADDRESS = 0x20000500;
export const DATA_ADDRESS = 0x10000000;
export const DATA_WORDS = 256;
export const dataWord = (index: number): number => (Math.imul(index, 0x9e3779b1) ^ 0x5bd1e995) | 0;

/** Rows whose effect is not in R0 .. R14, the flags and the data area, or which user mode may not execute. */
/** The same of ARMv6, and what depends on the cases before: the exclusive stores. */
const excludedV6 = /^(cps.*|strex.?|setend|srs|rfe|thumb(Cpsi.|Setend))$/;
const excluded =
  /^(b|bl|blx.*|bxj?|svc|bkpt|.*User|ldmException.*|mcrr?2?|mrr?c2?|cdp2?|ldc.*|stc.*|undefined.*|thumb(Bl?x?.*fix|Bl?xR?e?g?|B|BCond|LdrLiteral|PopPc|Bkpt|Svc|Undefined))$/;
export const oracleRows = rows.filter(
  ({ name, arch }) => arch !== "vfpv2" && !excluded.test(name) && !excludedV6.test(name),
);
/** The instruction came with ARMv6: the judge is the ARM1176, else the ARM926. */
export const isV6 = ({ arch }: Row): boolean => arch === "v6" || arch === "v6K";

const memoryRow = /^(thumb)?(Ldr|Str|Ldm|Stm|Push|Pop|ldr|str|ldm|stm|swp)/;
const blockRow = /^(thumb)?(Ldm|Stm|Push|Pop|ldm|stm)/;
const interesting = [0, 1, 2, -1, -2, 0x7fffffff, -0x80000000, 0x7fff8000, 0x80007fff | 0, 0xffff, 0x8000, 31, 32, 33];

const functions = rows.map(() => () => {});
const decoders = { 5: new Decoder<unknown>(functions, archsOf(5)), 6: new Decoder<unknown>(functions, archsOf(6)) };
/** What the bits that a pattern leaves open should be: as the assembler writes them. */
const corpus = [...armCorpus, ...thumbCorpus, ...armV6Corpus, ...thumbV6Corpus];
const exampleOf = new Map(corpus.map(([word, , name]) => [name, word]));

type Random = (below: number) => number;

function makeRandom(seed: number): Random {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function randomWord(row: Row, random: Random): number {
  const example = exampleOf.get(row.name) ?? 0;
  let word = 0;
  for (const [index, character] of [...row.pattern].entries()) {
    const exampleBit = (example >>> (row.pattern.length - 1 - index)) & 1;
    const bit = character === "0" || character === "1" ? Number(character) : character === "-" ? exampleBit : random(2);
    word = (word << 1) | bit;
  }
  return word;
}

/** Keeps to what the manual defines, to R0 .. R14 as results, and to addresses inside the data area. */
function isUsable(row: Row, insn: Insn): boolean {
  if (decodedName(insn) !== row.name || insn.d === 15 || insn.h === 15 || insn.s === 15) return false;
  if (isV6(row)) return isUsableV6(row.name, insn);
  if (/^m(rs|sr)/.test(row.name)) return insn.R === 0 && insn.m !== 15;
  if (/^(mul|mla|[us]m|q|clz)/.test(row.name) || /RegShift$/.test(row.name)) return insn.n !== 15 && insn.m !== 15;
  if (!memoryRow.test(row.name)) return true;
  if (insn.n === 15 || insn.m === 15 || (hasIndex(row) && insn.m === insn.n)) return false;
  if (blockRow.test(row.name)) return insn.l !== 0 && ((insn.l & 0x8000) === 0 || insn.L === 0);
  if (insn.t === 15 && !/^str(Imm|Reg)/.test(row.name)) return false;
  if (/^(ldr|str)d/.test(row.name)) {
    if ((insn.t & 1) === 1 || insn.t === 14 || (hasIndex(row) && (insn.m & ~1) === insn.t)) return false;
  }
  return (
    insn.i < 6 &&
    insn.y !== 3 &&
    (insn.y === 0 || insn.i > 0) &&
    Math.abs(insn.v) < 256 &&
    (insn.v & alignOf(row)) === 0
  );
}

function isUsableV6(name: string, { d, h, m, n, s, t }: Insn): boolean {
  if ([d, h, m, n, s, t].includes(15) || (/^(smlald|smlsld|umaal)$/.test(name) && d === h)) return false;
  return name !== "ldrexd" || ((t & 1) === 0 && t !== 14);
}

const hasIndex = (row: Row) => row.pattern.includes("m") && !row.name.startsWith("swp");
const decodedName = (insn: Insn) => rows[insn.row].name;
const alignOf = (row: Row): number =>
  /[rR]d(Imm|Reg)/.test(row.name)
    ? 7
    : /(ldr|str|Ldr|Str)(s?b|bt)/.test(row.name)
      ? 0
      : /h(Imm|Reg)/.test(row.name)
        ? 1
        : 3;

function makeCase(row: Row, random: Random): OracleCase | undefined {
  let word = randomWord(row, random);
  if (row.pattern.startsWith("cccc")) word = (word & 0x0fffffff) | ((random(3) === 0 ? random(15) : 14) << 28);
  const decoder = decoders[isV6(row) ? 6 : 5];
  const insn = row.isThumb ? decoder.thumb(word) : decoder.arm(word);
  if (!isUsable(row, insn)) return undefined;
  const registers = Array.from({ length: 15 }, () =>
    random(2) === 0 ? interesting[random(interesting.length)] : (random(0x10000) << 16) | random(0x10000),
  );
  if (/RegShift$|^thumb(Lsl|Lsr|Asr|Ror)Reg$/.test(row.name) && random(4) > 0)
    registers[insn.s] = random(70) | (random(4) << 8);
  if (memoryRow.test(row.name)) {
    const offset = 8 * random(8);
    if (hasIndex(row)) registers[insn.m] = insn.y === 0 ? (insn.i > 3 ? 0 : offset) : offset << insn.i;
    registers[insn.n] = DATA_ADDRESS + 512 + 8 * random(8) + (alignOf(row) === 0 ? random(4) : 0);
  }
  const flags = (random(32) << 27) | (isV6(row) ? random(16) << 16 : 0);
  return { row, word, flags, registers };
}

/** `count` cases of one row. */
export function casesOf(row: Row, count: number): OracleCase[] {
  const seed = [...row.name].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193), 0x811c9dc5);
  const random = makeRandom(seed);
  const cases: OracleCase[] = [];
  for (let attempt = 0; cases.length < count && attempt < count * 2000; attempt++) {
    const made = makeCase(row, random);
    if (made !== undefined) cases.push(made);
  }
  return cases;
}

const hex = (word: number) => (word >>> 0).toString(16);

/** One line of the golden file: instruction, then what changed. */
export function describeOutcome(given: OracleCase, outcome: Outcome): string {
  const start = `${hex(given.word)} ${hex(given.flags)}:`;
  if (outcome.isUndefined) return `${start} undefined`;
  const changed = outcome.registers
    .map((value, n) => ((value | 0) === (given.registers[n] | 0) ? "" : ` r${n}=${hex(value)}`))
    .join("");
  return `${start} ${hex(outcome.flags)}${changed} ${hex(outcome.dataHash)}`;
}
