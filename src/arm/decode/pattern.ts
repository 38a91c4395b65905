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
  fields: readonly FieldBits[];
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

/** Compiles a pattern of 32 or 16 characters. */
export function compilePattern(text: string): Pattern {
  assert(text.length === 32 || text.length === 16, `pattern has 32 or 16 bits, found ${text.length}: ${text}`);
  let mask = 0;
  let value = 0;
  const fields = new Map<string, OpenField>();
  for (let shift = 0; shift < text.length; shift++) {
    const character = text[text.length - 1 - shift];
    if (character === "-") continue;
    if (character === "0" || character === "1") {
      mask |= 1 << shift;
      if (character === "1") value |= 1 << shift;
      continue;
    }
    let field = fields.get(character);
    if (field === undefined) {
      assert(fieldNames.has(character), `pattern letters are fields of an instruction, found ${character}: ${text}`);
      field = { name: character as FieldName, width: 0, pieces: [] };
      fields.set(character, field);
    }
    addBit(field, shift);
  }
  return { width: text.length, mask, value, specificity: popCount(mask), fields: [...fields.values()] };
}
