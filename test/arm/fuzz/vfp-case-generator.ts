/**
 * Makes fuzz cases for VFP rows: all rounding modes, flush to zero, default NaNs, short vectors, and numbers of every kind.
 *
 * Kept out, because QEMU 7.2 does not do as the manual says: STRIDE = 3 with singles, which QEMU takes for 4 instead of 2
 * (ARM DDI 0100I, C5.1; its STRIDE = 1 stands for 2 here); MVFR0 and MVFR1 in user mode, which the VFP11 lets read
 * (ARM1176JZF-S TRM, DDI 0301H, table 20-4) and QEMU does not; the sign of zeros that were flushed, which the VFP11 makes
 * positive (18.5.2), so that the cases are for a model that keeps it; vectors of doubles with one operand, such as FNEGD
 * with LEN = 1, of which QEMU computes the second element from the first's source and puts it one register too far.
 * UNPREDICTABLE: R15 in transfers, one register for both words, S31 as the first of two.
 */
import { cpuModels } from "../../../src/arm/core/index.ts";
import type { FieldName, Insn, Row } from "../../../src/arm/decode/index.ts";
import { archsOf, Decoder, patterns, rows } from "../../../src/arm/decode/index.ts";
import type { FuzzSubject } from "./campaign.ts";
import type { FuzzCase } from "./fuzz-case.ts";
import { CASE_CODE_WORDS, DATA_ADDRESS } from "./fuzz-case.ts";
import { makeRandom, mixSeeds, type Random } from "./random.ts";
import { doubleWords, singleWord, type ValueStyle } from "./vfp-values.ts";

export const vfpRows = rows.filter(({ arch }) => arch === "vfpv2");
const decoder = new Decoder<unknown>(
  rows.map(() => () => {}),
  archsOf(6, true),
);

/** The base of loads and stores, and the register that FMXR writes from; neither is written by the code. */
export const BASE = 10;
export const STATUS = 12;
const targets = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 14] as const;
/** Instructions that work on short vectors. */
const isVectorRow = ({ semantic }: Row): boolean => /^f(n?m(ac|sc|ul)|add|sub|div|cpy|abs|neg|sqrt)$/.test(semantic);
const isDoubleRow = ({ fixed }: Row): boolean => fixed?.B === 1;
const isTransfer = ({ semantic }: Row): boolean => /^f(ld|st)m?$/.test(semantic);

/** What the cases of one FPSCR may be about. */
export interface Plan {
  random: Random;
  isDouble: boolean;
  isVector: boolean;
}

function setField(word: number, row: Row, name: FieldName, value: number): number {
  let result = word;
  const field = patterns[row.index].fields.find((each) => each.name === name);
  for (const { shift, mask, position } of field?.pieces ?? []) {
    result = (result & ~(mask << shift)) | (((value >>> position) & mask) << shift);
  }
  return result;
}

function randomWord(row: Row, { random }: Plan): number {
  const { mask, value } = patterns[row.index];
  let word = (random.word() & ~mask) | value;
  word = setField(word, row, "c", random.oneIn(4) ? random.below(15) : 14);
  word = setField(word, row, "t", random.pick(targets));
  if (isTransfer(row)) {
    word = setField(word, row, "n", random.oneIn(40) ? 15 : BASE);
    if (/m$/.test(row.semantic)) return setField(word, row, "v", random.below(random.oneIn(4) ? 40 : 10));
  } else if (row.semantic.startsWith("fmrr")) word = setField(word, row, "n", random.pick(targets));
  if (/^fm(xr|rx)$/.test(row.semantic)) {
    word = setField(word, row, "k", random.oneIn(6) ? random.pick([0, 2, 8, 9, 10, 15]) : 1);
    word = setField(word, row, "t", row.name === "fmxr" ? STATUS : random.oneIn(3) ? 15 : random.pick(targets));
  }
  return word >>> 0;
}

/** True when the manual says what the instruction does, and QEMU does it. */
function isPredictable(row: Row, insn: Insn, { isVector }: Plan): boolean {
  const isOneOperandVector = isVector && /^f(cpy|abs|neg|sqrt)d$/.test(row.name) && insn.d > 3 && insn.m > 3;
  if (isOneOperandVector || (/^fm(srr|rrs)$/.test(row.name) && insn.m === 31)) return false;
  if (row.semantic === "fmrrRead" && insn.t === insn.n) return false;
  if (row.semantic === "fmrx" && insn.t === 15 && insn.k !== 1) return false;
  // A store of R15-relative words would hit the code.
  return !(isTransfer(row) && insn.n === 15 && insn.L === 0 && /^fst/.test(row.semantic));
}

/** An instruction of the row. */
export function makeInstruction(row: Row, plan: Plan): number {
  for (;;) {
    const word = randomWord(row, plan);
    const insn = decoder.arm(word);
    if (insn.row === row.index && isPredictable(row, insn, plan)) return word;
  }
}

/** An FPSCR that the plan allows. */
export function makeStatus({ random, isDouble, isVector }: Plan): number {
  const flags = random.word() & 0xf0000000;
  const modes = (random.below(4) << 22) | (random.oneIn(3) ? 1 << 24 : 0) | (random.oneIn(3) ? 1 << 25 : 0);
  const cumulative = random.oneIn(2) ? 0 : random.word() & 0x9f;
  const stride = random.oneIn(2) ? 0 : isDouble ? 3 : 1;
  const length = isVector ? (stride << 20) | (random.below(8) << 16) : 0;
  return (flags | modes | cumulative | length) >>> 0;
}

function makeRegisters({ random }: Plan, status: number): number[] {
  const registers = Array.from({ length: 15 }, () => random.word());
  registers[BASE] = DATA_ADDRESS + 0x1000 + 4 * (random.below(64) - 32);
  registers[STATUS] = status;
  return registers;
}

/** S0 .. S31 and the FPSCR. */
export function makeVfp(plan: Plan): number[] {
  const { random } = plan;
  const style: ValueStyle = { random, center: random.oneIn(2) ? 0 : random.below(240) - 120 };
  const words = new Array<number>(32);
  for (let d = 0; d < 16; d++) {
    const isDouble = plan.isDouble ? !random.oneIn(8) : random.oneIn(4);
    const [high, low] = isDouble ? doubleWords(style) : [singleWord(style), singleWord(style)];
    words[2 * d] = low;
    words[2 * d + 1] = high;
  }
  return [...words, makeStatus(plan)];
}

/** Case number `number` of a campaign. */
export function makeVfpCase(seed: number, number: number): FuzzCase {
  const random = makeRandom(mixSeeds(seed ^ 0x56465032, number));
  const lead = vfpRows[number % vfpRows.length];
  const plan = { random, isDouble: isVectorRow(lead) ? isDoubleRow(lead) : random.oneIn(2), isVector: random.oneIn(3) };
  const isAllowed = (row: Row) => !plan.isVector || !isVectorRow(row) || isDoubleRow(row) === plan.isDouble;
  const pool = vfpRows.filter(isAllowed);
  const count = 1 + random.below(CASE_CODE_WORDS);
  const position = random.below(count);
  const code = Array.from({ length: count }, (_, index) =>
    makeInstruction(index === position ? lead : random.pick(pool), plan),
  );
  return {
    isThumb: false,
    offset: 0x800,
    dataSeed: random.word(),
    flags: random.below(32) << 27,
    registers: makeRegisters(plan, makeStatus(plan)),
    code,
    vfp: makeVfp(plan),
  };
}

export const vfpSubject: FuzzSubject = {
  model: { ...cpuModels["arm1176jzf-s"], keepsFlushedSign: true },
  qemuCpu: "arm1176",
  rows: vfpRows,
  makeCase: makeVfpCase,
};
