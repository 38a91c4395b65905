/** Random instructions by row of the decoder's table, aimed so that most of them do something. */
import type { FieldName, Insn, Row } from "../../../../src/arm/decode/index.ts";
import { archsOf, Decoder, patterns, rows } from "../../../../src/arm/decode/index.ts";
import type { Random } from "../../fuzz/random.ts";
import { makeInstruction } from "../../fuzz/vfp-case-generator.ts";

/** Version of the architecture; 6 has a VFP. */
export type Architecture = 5 | 6;

const functions = rows.map(() => () => {});
const decoders = {
  5: new Decoder<unknown>(functions, archsOf(5)),
  6: new Decoder<unknown>(functions, archsOf(6, true)),
};

export const architectureOf = ({ arch }: Row): Architecture => (/^(v6|vfp)/.test(arch ?? "") ? 6 : 5);

function decode(word: number, isThumb: boolean, architecture: Architecture): Insn {
  const decoder = decoders[architecture];
  return isThumb ? decoder.thumb(word) : decoder.arm(word);
}

/** Registers that hold addresses, in ARM and in Thumb state, and the one that holds small numbers. */
export const POINTERS = { arm: [8, 9, 10, 11, 13], thumb: [5, 6, 7, 13] } as const;
export const INDEX = { arm: 7, thumb: 4 } as const;

/** Puts `value` where the pattern has the letter `name`. */
function setField(word: number, row: Row, name: FieldName, value: number): number {
  let result = word;
  const field = patterns[row.index].fields.find((each) => each.name === name);
  for (const { shift, mask, position } of field?.pieces ?? []) {
    result = (result & ~(mask << shift)) | (((value >>> position) & mask) << shift);
  }
  return result;
}

const isTransfer = ({ name }: Row) => /^(thumb)?(ldr|str|Ldr|Str|swp|pld|ldm|stm|Ldm|Stm)/.test(name);
const isBlock = ({ derive }: Row) => derive === "block" || derive === "thumbLdm";

interface Choice {
  readonly row: Row;
  readonly random: Random;
}

function aimTransfer(word: number, { row, random }: Choice): number {
  const [pointers, index] = row.isThumb ? [[5, 6, 7], INDEX.thumb] : [POINTERS.arm, INDEX.arm];
  let aimed = setField(word, row, "n", random.pick(pointers));
  if (row.name.startsWith("swp")) return aimed;
  aimed = setField(aimed, row, "m", index);
  if (random.below(8) > 0) aimed = setField(aimed, row, "i", random.below(3));
  const width = patterns[row.index].fields.find(({ name }) => name === "v")?.width ?? 0;
  if (width > 0 && !random.oneIn(6)) {
    aimed = setField(aimed, row, "v", random.word() & (random.oneIn(3) ? 0xff : 0x3c) & ((1 << width) - 1));
  }
  return aimed;
}

/** Not too many registers, and seldom PC and the pointers. */
function aimList(word: number, { row, random }: Choice): number {
  let list = random.word() & random.word() & 0xffff;
  if (!random.oneIn(4)) list &= row.isThumb ? 0x1f : 0x50ff;
  if (!random.oneIn(6)) list &= 0x7fff;
  if (list === 0) list = random.oneIn(8) ? 0 : 1 << random.below(4);
  return setField(word, row, "l", list);
}

/** Modes with their interrupt masks, for MSR of the control field. */
const CONTROLS = [0x10, 0x13, 0x1f, 0x11, 0x12, 0x17, 0x1b, 0x93, 0x53, 0x9f, 0xdf];

function aimStatus(word: number, { row, random }: Choice): number {
  if (row.name === "mrs") return word;
  // The control field of a random register may be any mode, also one there is none of: seldom.
  if (row.name === "msrReg") return setField(word, row, "k", random.oneIn(8) ? random.below(16) : 8);
  const fields = setField(word, row, "k", random.pick([1, 1, 8, 9, 15]));
  if (random.oneIn(6)) return fields;
  return setField(setField(fields, row, "r", 0), row, "v", random.pick(CONTROLS));
}

/** A mode that there is, most of the time. */
const aimMode = (word: number, { row, random }: Choice): number =>
  random.oneIn(8) ? word : setField(word, row, "v", random.pick(CONTROLS) & 0x1f);

/** CRn, CRm and opcode2 of writes that leave the mappings alone. */
const COPROCESSOR_WRITES = [
  [7, 5, 0],
  [7, 10, 4],
  [7, 14, 1],
  [7, 6, 1],
  [7, 10, 3],
  [7, 0, 4],
  [8, 7, 0],
  [8, 6, 1],
  [9, 0, 0],
  [5, 0, 0],
  [6, 0, 0],
  [13, 0, 1],
  [15, 0, 0],
  [10, 0, 0],
  [14, 0, 0],
] as const;

function aimCoprocessor(word: number, { row, random }: Choice): number {
  if (random.oneIn(6)) return setField(word, row, "p", random.pick([1, 10, 11, 14]));
  const isWrite = /^mcr2?$/.test(row.name);
  const [crn, crm, opcode2] = isWrite
    ? random.pick(COPROCESSOR_WRITES)
    : [random.below(16), random.below(16), random.below(4)];
  let aimed = setField(setField(word, row, "p", 15), row, "o", 0);
  for (const [name, value] of [
    ["k", crn],
    ["m", crm],
    ["q", opcode2],
  ] as const) {
    aimed = setField(aimed, row, name, value);
  }
  return aimed;
}

/** Keeps results out of the address registers and PC, most of the time. */
function spareAddresses(word: number, { row, random }: Choice): number {
  let spared = word;
  const pointers: readonly number[] = row.isThumb ? POINTERS.thumb : POINTERS.arm;
  for (const name of ["d", "h", "t"] as const) {
    if (random.oneIn(24)) continue;
    let register = random.below(row.isThumb ? 8 : 15);
    while (pointers.includes(register)) register = random.below(row.isThumb ? 8 : 15);
    if (/^(ldr|str)(d|exd)/.test(row.name)) register &= 6;
    spared = setField(spared, row, name, register);
  }
  return spared;
}

function randomWord(choice: Choice): number {
  const { row, random } = choice;
  const { mask, value, fields } = patterns[row.index];
  let word = (random.oneIn(4) ? random.word() & ~mask : 0) | value;
  for (const { name, width } of fields) word = setField(word, row, name, random.word() >>> (32 - width));
  if (row.pattern.startsWith("cccc")) word = setField(word, row, "c", random.oneIn(3) ? random.below(15) : 14);
  // Shifts by register, 0 to 40 more often than the rest.
  if (/Shift$/.test(row.name) && random.oneIn(2)) word = setField(word, row, "s", INDEX.arm);
  word = spareAddresses(word, choice);
  if (isTransfer(row) && !random.oneIn(20)) word = aimTransfer(word, choice);
  if (isBlock(row)) word = aimList(word, choice);
  if (/^m(rs|srReg|srImm)$/.test(row.name)) word = aimStatus(word, choice);
  if (/^(cps.*Mode|srs)$/.test(row.name)) word = aimMode(word, choice);
  if (row.name === "rfe" && !random.oneIn(4)) word = setField(word, row, "n", random.pick(POINTERS.arm));
  if (/^m[cr]r2?$/.test(row.name) || /^(cdp|ldc|stc|mcrr|mrrc)/.test(row.name)) word = aimCoprocessor(word, choice);
  return word;
}

const isRare = ({ name, semantic }: Row): boolean =>
  /[uU]ndefined/.test(semantic) ||
  /^(b|bl|blx|bx|svc|bkpt|udf|thumbB(?!ic)|thumbSvc|thumbUdf|cps.*Mode|rfe|srs|setend|thumbSetend|fmxr)/.test(name);
/** The rows that random code is made of. */
export const rowsOf = (architecture: Architecture): Row[] =>
  rows.filter(({ arch }) => archsOf(architecture, architecture === 6).has(arch ?? "v4T"));
const poolsOf = (architecture: Architecture) =>
  [false, true].map((isThumb) => {
    const own = rowsOf(architecture).filter((row) => row.isThumb === isThumb && !/undefined/i.test(row.name));
    const common = own.filter((row) => !isRare(row));
    return { common, rare: own.filter(isRare) };
  });
const pools = { 5: poolsOf(5), 6: poolsOf(6) };

const ATTEMPTS = 200;

/** An instruction of the row; `undefined` where all that were tried belong to a more special row. */
export function instructionOf(
  row: Row,
  random: Random,
  architecture: Architecture = architectureOf(row),
): number | undefined {
  if (row.arch === "vfpv2") return makeInstruction(row, { random, isDouble: random.oneIn(2), isVector: false });
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const word = randomWord({ row, random });
    if (decode(word, row.isThumb, architecture).row === row.index) return row.isThumb ? word & 0xffff : word >>> 0;
  }
  return undefined;
}

/** An instruction of ARM or Thumb state. */
export function randomInstruction(random: Random, isThumb: boolean, architecture: Architecture = 5): number {
  const { common, rare } = pools[architecture][isThumb ? 1 : 0];
  const row = random.pick(random.oneIn(40) ? rare : common);
  return instructionOf(row, random, architecture) ?? randomInstruction(random, isThumb, architecture);
}

/** Rows in the order in which programs give them more room than the others. */
export const leadRowsOf = (architecture: Architecture): readonly Row[] =>
  pools[architecture].flatMap(({ common, rare }) => [...common, ...rare]);

const vfpPool = pools[6][0].common.filter(({ arch }) => arch === "vfpv2");
export function randomVfpInstruction(random: Random): number {
  const row = random.pick(vfpPool);
  return instructionOf(row, random, 6) ?? randomVfpInstruction(random);
}
