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
    if (fields.has(character)) continue;
    assert(fieldNames.has(character), `pattern letters are fields of an instruction, found ${character}: ${text}`);
    const pieces = piecesOf(text, character);
    const width = pieces.reduce((sum, piece) => sum + popCount(piece.mask), 0);
    fields.set(character, { name: character as FieldName, width, pieces });
  }
  return { width: text.length, mask, value, specificity: popCount(mask), fields: [...fields.values()] };
}
