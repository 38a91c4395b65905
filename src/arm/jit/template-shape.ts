/**
 * Shapes: what a template is made for. Instructions of one shape differ in register numbers, immediates and shift amounts
 * only, and those the template takes from the record of the instruction.
 *
 * A record has twelve bytes: the numbers of two handlers (two bytes each; see `Handler`), a word that is the immediate, and
 * register numbers, times four, in a byte each. Where there is no immediate its word has the shift amount.
 */
import type { FieldName, Row } from "../decode/index.ts";
import { patterns } from "../decode/index.ts";

export const RECORD_BYTES = 12;
/** A record outside of all pages, by which the template interpreter begins at PC. */
export const ENTER_RECORD = 0x3000;
/** Counts of jumps to places, by a hash of the address. */
export const HEAT_ENTRIES = 65_536;
/** Bytes of a record. */
export const SLOT_SECOND = 2;
export const SLOT_IMMEDIATE = 4;
export const SLOT_AMOUNT = 4;
export const SLOT_REGISTERS = 8;
const MAX_REGISTERS = 4;
const REGISTER_FIELDS: ReadonlySet<FieldName> = new Set(["n", "d", "m", "s", "t", "h"]);
const REGISTER_MASK = 15;
/** Amount and type of a shift by a constant: bits 11:7. */
const AMOUNT_SHIFT = 7;
const AMOUNT_MASK = 31;
const CONDITION_MASK = 0xf0000000;
const UP_BIT = 0x00800000;
const ROTATION_MASK = 0xf00;

/** Fields that some semantics use otherwise than as a register to read or write: the number itself, or its neighbour. */
const PLAIN_FIELDS: Readonly<Record<string, string>> = {
  mcr: "m",
  mrc: "m",
  mcrr: "mn",
  ldrdImm: "t",
  ldrdImmIndexed: "t",
  ldrdReg: "t",
  ldrdRegIndexed: "t",
  strdImm: "t",
  strdImmIndexed: "t",
  strdReg: "t",
  strdRegIndexed: "t",
  ldrexd: "t",
  strexd: "m",
};

export interface RegisterParameter {
  readonly name: FieldName;
  readonly shift: number;
  readonly slot: number;
}

/** What templates of a row take from the record. */
export interface RowParameters {
  readonly registers: readonly RegisterParameter[];
  /** The field that is a word of the record. */
  readonly immediate: "v" | "i" | undefined;
  /** It is made of 8 bits and a rotation, whose carry depends on whether there is a rotation. */
  readonly isRotated: boolean;
  /** The sign is part of the immediate. */
  readonly isSigned: boolean;
  readonly hasAmount: boolean;
  /** The bits of an instruction that the template depends on. */
  readonly mask: number;
}

/** The immediate is `v` where nothing but an address or a value is made of it. */
function immediateOf(row: Row): "v" | "i" | undefined {
  if (row.derive === "immediate") return "i";
  if (row.derive === "offset" && /^(ldr|str|pld)/.test(row.semantic)) return "v";
  return row.semantic === "b" || row.semantic === "bl" ? "v" : undefined;
}

function makeParameters(row: Row): RowParameters {
  const { fields } = patterns[row.index];
  const isVfp = row.arch === "vfpv2";
  const plain = PLAIN_FIELDS[row.semantic] ?? "";
  const immediate = immediateOf(row);
  const names = new Set(fields.map(({ name }) => name));
  const hasAmount = names.has("i") && names.has("y");
  let mask = row.semantic === "b" ? -1 : ~CONDITION_MASK;
  if (row.pattern.startsWith("1111")) mask = -1;
  const registers: RegisterParameter[] = [];
  for (const { name, width, pieces } of fields) {
    if (isVfp || !REGISTER_FIELDS.has(name) || plain.includes(name) || width !== 4 || pieces.length !== 1) continue;
    if (registers.length === MAX_REGISTERS) continue;
    registers.push({ name, shift: pieces[0].shift, slot: SLOT_REGISTERS + registers.length });
    mask &= ~(REGISTER_MASK << pieces[0].shift);
  }
  if (immediate !== undefined) {
    for (const { pieces } of fields.filter(({ name }) => name === "v" || name === immediate))
      for (const piece of pieces) mask &= ~(piece.mask << piece.shift);
    if (row.derive === "immediate") mask &= ~ROTATION_MASK;
    if (row.derive === "offset") mask &= ~UP_BIT;
  }
  if (hasAmount) mask &= ~(AMOUNT_MASK << AMOUNT_SHIFT);
  const isRotated = row.derive === "immediate";
  return { registers, immediate, isRotated, isSigned: row.derive === "offset", hasAmount, mask };
}

const known = new Map<number, RowParameters>();

export function parametersOf(row: Row): RowParameters {
  const found = known.get(row.index);
  if (found !== undefined) return found;
  const made = makeParameters(row);
  known.set(row.index, made);
  return made;
}

/** Words of one row with equal keys have one template. Register 15, no rotation and no shift are others than the rest. */
export function shapeKey(row: Row, word: number): number {
  const { registers, isRotated, hasAmount, mask } = parametersOf(row);
  let key = word & mask;
  let flags = row.index * 4;
  for (const { shift } of registers) {
    if (((word >>> shift) & REGISTER_MASK) === REGISTER_MASK) key |= REGISTER_MASK << shift;
  }
  if (isRotated && (word & ROTATION_MASK) !== 0) flags |= 1;
  if (hasAmount && ((word >>> AMOUNT_SHIFT) & AMOUNT_MASK) !== 0) flags |= 2;
  return flags * 2 ** 32 + (key >>> 0);
}
