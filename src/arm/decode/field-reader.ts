/** Reads the fields of a row's instructions: bits of the word, fixed bits, copies and derived values (see `row.ts`). */
import { popCount } from "../../base/index.ts";
import { blankValues, Field } from "./insn.ts";
import type { Pattern } from "./pattern.ts";
import type { Derivation, FieldName, RowData } from "./row.ts";

/** The numbers of a piece in `FieldReader.pieces`: place of the field, then as in the pattern. */
const PIECE_NUMBERS = 4;

const placeOf = (name: string): number => Field[name as FieldName];

/** Number of registers, lowest address minus base, and change of the base, of LDM and STM. */
function deriveBlock(values: Int32Array): void {
  const count = popCount(values[Field.l]);
  const isUp = values[Field.U] === 1;
  values[Field.i] = count;
  values[Field.r] = isUp ? 4 * count : -4 * count;
  values[Field.v] = (isUp ? 0 : -4 * count) + (values[Field.P] === values[Field.U] ? 4 : 0);
}

function derive(derivation: Derivation, values: Int32Array): void {
  switch (derivation) {
    case "immediate": {
      const amount = 2 * values[Field.r];
      values[Field.i] = (values[Field.v] >>> amount) | (values[Field.v] << (-amount & 31));
      break;
    }
    case "offset":
      if (values[Field.U] === 0) values[Field.v] = -values[Field.v];
      break;
    case "block":
      deriveBlock(values);
      break;
    case "thumbLdm":
      values[Field.W] = (values[Field.l] >>> values[Field.n]) & 1 ? 0 : 1;
      deriveBlock(values);
      break;
    case "width":
      values[Field.v] += 1;
      break;
  }
}

/** Everything that does not depend on the word is worked out once, as a guest's code is decoded a word at a time. */
export class FieldReader {
  /** What each instruction of the row begins with. */
  private readonly blank: Int32Array;
  private readonly pieces: Int32Array;
  /** v stands this far from the sign bit, 0 when it has no sign; it is shifted left by `scale` then. */
  private readonly signShift: number;
  private readonly scale: number;
  private readonly singles: readonly number[];
  private readonly fixed: readonly { readonly at: number; readonly bits: number }[];
  private readonly copies: readonly { readonly to: number; readonly from: number }[];
  private readonly derivation: Derivation | undefined;

  constructor(data: RowData, pattern: Pattern) {
    this.blank = blankValues();
    for (const { name } of pattern.fields) this.blank[Field[name]] = 0;
    this.pieces = Int32Array.from(
      pattern.fields.flatMap(({ name, pieces }) =>
        pieces.flatMap(({ shift, mask, position }) => [Field[name], shift, mask, position]),
      ),
    );
    const width = pattern.fields.find(({ name }) => name === "v")?.width ?? 32;
    this.signShift = data.signed === true ? 32 - width : 0;
    this.scale = data.scale ?? 0;
    this.singles = [...(data.singles ?? "")].map(placeOf);
    this.fixed = Object.entries(data.fixed ?? {}).map(([name, bits]) => ({ at: placeOf(name), bits }));
    this.copies = Object.entries(data.copy ?? {}).map(([to, from]) => ({ to: placeOf(to), from: placeOf(from) }));
    this.derivation = data.derive;
  }

  /** Puts the fields of `word` into `values`, each at its place of `Field`. */
  read(word: number, values: Int32Array): void {
    const { blank, pieces } = this;
    for (let at = 0; at < blank.length; at++) values[at] = blank[at];
    for (let at = 0; at < pieces.length; at += PIECE_NUMBERS)
      values[pieces[at]] |= ((word >>> pieces[at + 1]) & pieces[at + 2]) << pieces[at + 3];
    values[Field.v] = ((values[Field.v] << this.signShift) >> this.signShift) << this.scale;
    for (const at of this.singles) values[at] = ((values[at] & 15) << 1) | (values[at] >> 4);
    for (const { at, bits } of this.fixed) values[at] |= bits;
    for (const { to, from } of this.copies) values[to] = values[from];
    if (this.derivation !== undefined) derive(this.derivation, values);
  }
}
