/** Turns the bit pattern of a row into mask, value and the places of its fields (notation: see `row.ts`). */
import { assert, popCount } from "../../base/index.ts";
import { Field } from "./insn.ts";
import type { FieldName } from "./row.ts";

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
  readonly fields: readonly FieldBits[];
}

const fieldNames: ReadonlySet<string> = new Set(Object.keys(Field));

interface OpenField {
  readonly name: FieldName;
  width: number;
  readonly pieces: Piece[];
}

/** Adds the bit at `shift` to a field, whose lower bits are there already. */
function addBit(field: OpenField, shift: number): void {
  const last = field.pieces[field.pieces.length - 1];
  const isNext = last !== undefined && last.shift + field.width - last.position === shift;
  if (isNext) last.mask = last.mask * 2 + 1;
  else field.pieces.push({ shift, mask: 1, position: field.width });
  field.width++;
}

/** Where each letter of a pattern stands, lowest bits first. */
function fieldsOf(text: string): FieldBits[] {
  const fields = new Map<string, OpenField>();
  for (let shift = 0; shift < text.length; shift++) {
    const character = text[text.length - 1 - shift];
    if (!/[a-zA-Z]/.test(character)) continue;
    let field = fields.get(character);
    if (field === undefined) {
      field = { name: character as FieldName, width: 0, pieces: [] };
      fields.set(character, field);
    }
    addBit(field, shift);
  }
  return [...fields.values()];
}

const bitsOf = (text: string): number => Number.parseInt(text, 2) | 0;

/** Compiles a pattern of 32 or 16 characters; its fields when they are first asked for, as most rows are never met. */
export function compilePattern(text: string): Pattern {
  assert(text.length === 32 || text.length === 16, `pattern has 32 or 16 bits, found ${text.length}: ${text}`);
  const unknown = [...text.replace(/[-01]/g, "")].find((letter) => !fieldNames.has(letter));
  assert(unknown === undefined, `pattern letters are fields of an instruction, found ${unknown}: ${text}`);
  const mask = bitsOf(text.replace(/0/g, "1").replace(/[^1]/g, "0"));
  let fields: FieldBits[] | undefined;
  return {
    width: text.length,
    mask,
    value: bitsOf(text.replace(/[^1]/g, "0")),
    specificity: popCount(mask),
    get fields() {
      fields ??= fieldsOf(text);
      return fields;
    },
  };
}
