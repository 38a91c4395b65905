/**
 * Makes fuzz cases from the row table: random fields in the row's pattern, kept to what is predictable, in a state in
 * which most accesses fall into the data window and most branches into the code page.
 */
import type { FieldName, Insn, Row } from "../../../src/arm/decode/index.ts";
import { archsOf, Decoder, patterns, rows } from "../../../src/arm/decode/index.ts";
import { armCorpus, thumbCorpus } from "../decode/corpus.table.ts";
import { armV6Corpus, thumbV6Corpus } from "../decode/corpus-v6.table.ts";
import type { FuzzCase } from "./fuzz-case.ts";
import { CASE_CODE_WORDS, CODE_ADDRESS, DATA_ADDRESS } from "./fuzz-case.ts";
import {
  absentCoprocessors,
  absentV6Coprocessors,
  fuzzedRows,
  fuzzedV6Rows,
  isPredictable,
  mixesExclusives,
} from "./predictable.ts";
import type { Random } from "./random.ts";
import { makeRandom, mixSeeds } from "./random.ts";

export const decoder = new Decoder<unknown>(rows.map(() => () => {}));

const interesting = [0, 1, 2, 31, 32, 33, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff8000, 0x80007fff, 0x7fffffff, 0x80000000];
const complements = interesting.map((word) => ~word >>> 0);
const corpus = [...armCorpus, ...thumbCorpus, ...armV6Corpus, ...thumbV6Corpus];
const exampleOf = new Map(corpus.map(([word, , name]) => [name, word]));

/** What cases are made of. */
interface InstructionSet {
  readonly decoder: Decoder<unknown>;
  readonly armRows: readonly Row[];
  readonly thumbRows: readonly Row[];
  /** Rows the runs begin with in turn, so that each gets its share. */
  readonly leadRows: readonly Row[];
  readonly coprocessors: readonly number[];
  /** Unaligned accesses are made on purpose, and GE flags given. */
  readonly isV6: boolean;
}

function instructionSet(fuzzed: readonly Row[], set: Pick<InstructionSet, "decoder" | "coprocessors" | "isV6">) {
  const armRows = fuzzed.filter((row) => !row.isThumb);
  const thumbRows = fuzzed.filter((row) => row.isThumb && !/fix$/.test(row.name));
  const leadRows = [...armRows, ...thumbRows, ...fuzzed.filter(({ name }) => /^thumbBlx?Suffix$/.test(name))];
  return { ...set, armRows, thumbRows, leadRows };
}

const functions = rows.map(() => () => {});
const setV5 = instructionSet(fuzzedRows, { decoder, coprocessors: absentCoprocessors, isV6: false });
const setV6 = instructionSet(fuzzedV6Rows, {
  decoder: new Decoder<unknown>(functions, archsOf(6, true)),
  coprocessors: absentV6Coprocessors,
  isV6: true,
});

/** Registers that hold addresses: base and index of accesses, target of branches. */
interface Plan {
  set: InstructionSet;
  random: Random;
  base: number;
  index: number;
  target: number;
}

/** Puts `value` where the pattern has the letter `name`. */
function setField(word: number, row: Row, name: FieldName, value: number): number {
  let result = word;
  const field = patterns[row.index].fields.find((each) => each.name === name);
  for (const { shift, mask, position } of field?.pieces ?? []) {
    result = (result & ~(mask << shift)) | (((value >>> position) & mask) << shift);
  }
  return result;
}

/** A word that matches the row; bits that the pattern leaves open are as the assembler writes them. */
function randomWord(row: Row, random: Random): number {
  const { mask, value, fields } = patterns[row.index];
  const isCatchAll = row.name.toLowerCase().includes("undefined");
  let word = ((isCatchAll ? random.word() : (exampleOf.get(row.name) ?? 0)) & ~mask) | value;
  for (const { name, width } of fields) word = setField(word, row, name, random.word() >>> (32 - width));
  return row.pattern.startsWith("cccc") ? setField(word, row, "c", random.oneIn(3) ? random.below(15) : 14) : word;
}

/** Log2 of the size of the item that the row loads or stores. */
function alignmentOf({ name }: Row): number {
  if (/^(ldr|str)d/.test(name)) return 3;
  if (/(ldr|str|Ldr|Str)s?b/.test(name)) return 0;
  return /(ldr|str|Ldr|Str)s?h/.test(name) ? 1 : 2;
}

const isTransfer = ({ name }: Row) => /^(thumb)?(ldr|str|Ldr|Str|swp|pld)/.test(name);
const isBlock = ({ derive }: Row) => derive === "block" || derive === "thumbLdm";

/** Aims a load or store at the data window. */
function aimTransfer(word: number, row: Row, { set, random, base, index }: Plan): number {
  let aimed = setField(word, row, "n", base);
  if (!row.name.startsWith("swp")) aimed = setField(aimed, row, "m", index);
  if (random.below(8) > 0) aimed = setField(aimed, row, "i", random.below(4));
  const width = patterns[row.index].fields.find(({ name }) => name === "v")?.width ?? 0;
  const offset = (random.word() >>> (32 - Math.min(width, 11))) >>> 0;
  const isUnaligned = set.isV6 && random.oneIn(4);
  const step = row.isThumb || isUnaligned ? 0 : alignmentOf(row);
  if (width > 0) aimed = setField(aimed, row, "v", (offset >>> step) << step);
  return aimed;
}

function aimBranch(word: number, row: Row, { random, target }: Plan): number {
  if (/^(b|bl|blxImm|blxImmHalf)$/.test(row.name) && !random.oneIn(4)) {
    // BLX stays out of the case's own words, which make unpredictable Thumb code.
    const own = row.name.startsWith("blx") ? 8 : 0;
    return setField(word, row, "v", random.oneIn(2) ? own + random.below(0x1f0) : -own - random.below(0x1f0));
  }
  return /^(bx|bxj|blxReg|thumbBx|thumbBlxReg)$/.test(row.name) ? setField(word, row, "m", target) : word;
}

/** A coprocessor that answers nowhere, as those that do are not the same in QEMU. */
const aimCoprocessor = (word: number, row: Row, { set, random }: Plan): number =>
  patterns[row.index].fields.some(({ name }) => name === "p")
    ? setField(word, row, "p", random.pick(set.coprocessors))
    : word;

/** Keeps results of arithmetic out of the address registers, most of the time. */
function spareAddresses(word: number, row: Row, { random, base, index, target }: Plan): number {
  if (random.oneIn(10)) return word;
  const limit = row.isThumb ? 8 : 15;
  let spared = word;
  for (const name of ["d", "h", "t"] as const) {
    let register = random.below(limit);
    while (register === base || register === index || register === target) register = random.below(limit);
    spared = setField(spared, row, name, row.isThumb || random.below(12) > 0 ? register : 15);
  }
  return spared;
}

function makeWord(row: Row, plan: Plan): number {
  let word = spareAddresses(randomWord(row, plan.random), row, plan);
  if (isTransfer(row) && !plan.random.oneIn(12)) word = aimTransfer(word, row, plan);
  if (isBlock(row) && !plan.random.oneIn(12)) word = setField(word, row, "n", plan.base);
  return aimCoprocessor(aimBranch(word, row, plan), row, plan);
}

const decode = ({ decoder }: InstructionSet, word: number, isThumb: boolean): Insn =>
  isThumb ? decoder.thumb(word) : decoder.arm(word);

/** An instruction of the row, or `undefined` when luck was bad. */
function makeInstruction(row: Row, plan: Plan): number | undefined {
  for (let attempt = 0; attempt < 200; attempt++) {
    const word = makeWord(row, plan) >>> 0;
    const insn = decode(plan.set, word, row.isThumb);
    if (insn.row === row.index && isPredictable(row, insn)) return row.isThumb ? word & 0xffff : word;
  }
  return undefined;
}

/** BL or BLX: both halves, to a place in the page or a bit beyond it. */
function makeThumbCall(suffix: Row, plan: Plan): number[] {
  const prefix = 0xf000 | (plan.random.oneIn(8) ? plan.random.below(0x800) : plan.random.pick([0, 0x7ff]));
  return [prefix, randomWord(suffix, plan.random) & 0xffff];
}

function makeCode(lead: Row, plan: Plan): number[] {
  const { random, set } = plan;
  const limit = lead.isThumb ? 2 * CASE_CODE_WORDS - 1 : CASE_CODE_WORDS;
  const count = 1 + random.below(limit);
  const position = random.below(count);
  const pool = lead.isThumb ? set.thumbRows : set.armRows;
  const code: number[] = [];
  for (let index = 0; index < count; index++) {
    const row = index === position ? lead : random.pick(pool);
    if (/^thumbBlx?Suffix$/.test(row.name)) code.push(...makeThumbCall(row, plan));
    else code.push(makeInstruction(row, plan) ?? makeInstruction(pool[0], plan) ?? 0);
  }
  const insns = code.map((word) => decode(set, word, lead.isThumb));
  return mixesExclusives(insns) ? makeCode(lead, plan) : code;
}

/** A place in the code page and a state, away from the code itself: ARM words make unpredictable Thumb code. */
function targetAddress(random: Random): number {
  const place = random.pick([0x010, 0x810]) + 4 * random.below(0x1f0);
  return CODE_ADDRESS + place + (random.oneIn(2) ? 1 : 0);
}

function makeRegisters(plan: Plan, code: readonly number[], isThumb: boolean): number[] {
  const { set, random, base, index, target } = plan;
  const registers = Array.from({ length: 15 }, () => {
    if (random.oneIn(2)) return random.word();
    return random.pick(random.oneIn(2) ? interesting : complements);
  });
  for (const insn of code.map((word) => decode(set, word, isThumb))) {
    // Amounts of register shifts matter most below 40.
    if (rows[insn.row].pattern.includes("s") && !random.oneIn(3)) registers[insn.s % 15] = random.below(40);
  }
  registers[index] = 64 * random.below(16);
  if (isThumb) registers[13] = DATA_ADDRESS + 0x1000 + 8 * (random.below(32) - 16);
  registers[base] = DATA_ADDRESS + 0x1000 + 8 * (random.below(32) - 16);
  registers[target] = targetAddress(random);
  return registers;
}

/** Case number `number` of a campaign on the ARM926EJ-S. */
export const makeCase = (seed: number, number: number): FuzzCase => makeCaseOf(setV5, seed, number);

/** Case number `number` of a campaign on the ARM1176JZF-S. */
export const makeV6Case = (seed: number, number: number): FuzzCase => makeCaseOf(setV6, seed, number);

function makeCaseOf(set: InstructionSet, seed: number, number: number): FuzzCase {
  const random = makeRandom(mixSeeds(seed, number));
  const lead = set.leadRows[number % set.leadRows.length];
  const limit = lead.isThumb ? 8 : 15;
  const [base, index, target] = [random.below(limit), random.below(limit - 1), random.below(limit - 2)];
  const used = [base];
  const choose = (from: number) => {
    let register = from;
    while (used.includes(register)) register = (register + 1) % limit;
    used.push(register);
    return register;
  };
  const plan = { set, random, base, index: choose(index), target: choose(target) };
  const code = makeCode(lead, plan);
  return {
    isThumb: lead.isThumb,
    offset: random.oneIn(8) ? 0xff0 : random.oneIn(8) ? 0 : 0x800,
    dataSeed: random.word(),
    flags: (random.below(32) << 27) | (set.isV6 ? random.below(16) << 16 : 0),
    registers: makeRegisters(plan, code, lead.isThumb),
    code: code.slice(0, lead.isThumb ? 2 * CASE_CODE_WORDS : CASE_CODE_WORDS),
  };
}
