/** Turns the bit pattern of a row into mask, value and field extractors (notation: see `row.ts`). */
import { assert, popCount } from "../../base/index.ts";
import type { Fields } from "./insn.ts";
import { makeInsn } from "./insn.ts";
import type { FieldName, RowData } from "./row.ts";

/** A run of bits of a field: `((word >>> shift) & mask) << position`. */
interface Piece {
  shift: number;
  mask: number;
  position: number;
}

/** Where a field's bits are. */
export interface FieldBits {
  name: FieldName;
  width: number;
  pieces: readonly Piece[];
}

export interface Pattern {
  /** Number of bits of the instruction: 32 or 16. */
  width: number;
  /** The instruction matches when `(word & mask) === value`. */
  mask: number;
  value: number;
  /** Number of bits that must match. */
  specificity: number;
  fields: readonly FieldBits[];
}

const fieldNames: ReadonlySet<string> = new Set(
  Object.keys(makeInsn(0, 0, () => {})).filter((key) => !["raw", "exec", "row"].includes(key)),
);

/** The bits of `letter` in `text` as runs, lowest first. */
function piecesOf(text: string, letter: string): Piece[] {
  const pieces: Piece[] = [];
  let position = 0;
  for (let bit = 0; bit < text.length; bit++) {
    if (text[text.length - 1 - bit] !== letter) continue;
    const last = pieces[pieces.length - 1];
    const isNext = last !== undefined && text[text.length - bit] === letter;
    if (isNext) last.mask = last.mask * 2 + 1;
    else pieces.push({ shift: bit, mask: 1, position });
    position += 1;
  }
  return pieces;
}

/** Compiles a pattern of 32 or 16 characters. */
export function compilePattern(text: string): Pattern {
  assert(text.length === 32 || text.length === 16, `pattern has 32 or 16 bits, found ${text.length}: ${text}`);
  let mask = 0;
  let value = 0;
  const fields = new Map<string, FieldBits>();
  for (let index = 0; index < text.length; index++) {
    const bit = 1 << (text.length - 1 - index);
    const character = text[index];
    if (character === "-") continue;
    if (character === "0" || character === "1") {
      mask |= bit;
      if (character === "1") value |= bit;
      continue;
    }
    assert(fieldNames.has(character), `pattern letters are fields of an instruction, found ${character}: ${text}`);
    const pieces = piecesOf(text, character);
    const width = pieces.reduce((sum, piece) => sum + popCount(piece.mask), 0);
    fields.set(character, { name: character as FieldName, width, pieces });
  }
  return { width: text.length, mask, value, specificity: popCount(mask), fields: [...fields.values()] };
}

function extract(word: number, field: FieldBits): number {
  let value = 0;
  for (const piece of field.pieces) value |= ((word >>> piece.shift) & piece.mask) << piece.position;
  return value;
}

/** Number of registers, lowest address minus base, and change of the base, of LDM and STM. */
function deriveBlock(fields: Fields): void {
  const sizeBytes = 4 * popCount(fields.l);
  fields.i = sizeBytes >> 2;
  fields.r = fields.U === 1 ? sizeBytes : 0 - sizeBytes;
  const first = fields.U === 1 ? 0 : fields.r;
  fields.v = first + (fields.P === fields.U ? 4 : 0);
}

function derive(data: RowData, fields: Fields): void {
  switch (data.derive) {
    case "immediate":
      fields.i = (fields.v >>> (2 * fields.r)) | (fields.v << ((-2 * fields.r) & 31));
      break;
    case "offset":
      if (fields.U === 0) fields.v = 0 - fields.v;
      break;
    case "block":
      deriveBlock(fields);
      break;
    case "thumbLdm":
      fields.W = (fields.l >>> fields.n) & 1 ? 0 : 1;
      deriveBlock(fields);
      break;
    case "width":
      fields.v += 1;
      break;
  }
}

/** Fills the fields of a decoded instruction. Every value stays a signed 32-bit word. */
export function fillFields(fields: Fields, word: number, data: RowData, pattern: Pattern): void {
  for (const field of pattern.fields) {
    let value = extract(word, field);
    if (field.name === "v") {
      if (data.signed) value = (value << (32 - field.width)) >> (32 - field.width);
      value <<= data.scale ?? 0;
    }
    fields[field.name] = value;
  }
  for (const name of data.singles ?? "") {
    const value = fields[name as FieldName];
    fields[name as FieldName] = ((value & 15) << 1) | (value >> 4);
  }
  for (const [name, bits] of Object.entries(data.fixed ?? {})) fields[name as FieldName] |= bits;
  for (const [to, from] of Object.entries(data.copy ?? {})) fields[to as FieldName] = fields[from];
  derive(data, fields);
}
