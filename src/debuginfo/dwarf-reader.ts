/** The encodings of DWARF 4 and 5 (sections 7.5 and 7.6 of either): LEB128 numbers, abbreviations, attribute forms. */
import { debugInfoInvalid } from "./errors.ts";

export interface Attribute {
  readonly name: number;
  readonly form: number;
  readonly constant: number;
}

export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly Attribute[];
  /** Bytes of all attributes where their forms have one size each, else -1. */
  readonly sizeBytes: number;
}

export const Form = {
  addr: 0x01,
  block2: 0x03,
  block4: 0x04,
  data2: 0x05,
  data4: 0x06,
  data8: 0x07,
  string: 0x08,
  block: 0x09,
  block1: 0x0a,
  data1: 0x0b,
  flag: 0x0c,
  sdata: 0x0d,
  strp: 0x0e,
  udata: 0x0f,
  refAddr: 0x10,
  ref1: 0x11,
  ref2: 0x12,
  ref4: 0x13,
  ref8: 0x14,
  refUdata: 0x15,
  secOffset: 0x17,
  exprloc: 0x18,
  flagPresent: 0x19,
  strx: 0x1a,
  addrx: 0x1b,
  lineStrp: 0x1f,
  implicitConst: 0x21,
  loclistx: 0x22,
  rnglistx: 0x23,
  data16: 0x1e,
  refSig8: 0x20,
  strx1: 0x25,
  strx2: 0x26,
  strx3: 0x27,
  strx4: 0x28,
} as const;

/** Forms of one size, in a file of 32-bit offsets and addresses. */
const FIXED_BYTES = new Map<number, number>([
  [Form.addr, 4],
  [Form.data1, 1],
  [Form.data2, 2],
  [Form.data4, 4],
  [Form.data8, 8],
  [Form.data16, 16],
  [Form.flag, 1],
  [Form.flagPresent, 0],
  [Form.implicitConst, 0],
  [Form.ref1, 1],
  [Form.ref2, 2],
  [Form.ref4, 4],
  [Form.ref8, 8],
  [Form.refAddr, 4],
  [Form.strp, 4],
  [Form.lineStrp, 4],
  [Form.secOffset, 4],
]);

/** A position in a section; every read is checked against its end. */
export class Cursor {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  u8(): number {
    if (this.at >= this.bytes.length) throw debugInfoInvalid("DWARF", "more bytes", "the end of the section");
    return this.bytes[this.at++];
  }

  u16(): number {
    return this.u8() | (this.u8() << 8);
  }

  u32(): number {
    return (this.u16() | (this.u16() << 16)) >>> 0;
  }

  uleb(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      if (scale < 2 ** 50) value += (byte & 0x7f) * scale;
      if ((byte & 0x80) === 0) return value;
    }
  }

  sleb(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.u8();
      if (scale < 2 ** 50) value += (byte & 0x7f) * scale;
      scale *= 128;
      if ((byte & 0x80) === 0) return (byte & 0x40) !== 0 ? value - scale : value;
    }
  }

  skip(count: number): void {
    if (count < 0 || this.at + count > this.bytes.length)
      throw debugInfoInvalid("DWARF", "more bytes", "the end of the section");
    this.at += count;
  }

  skipString(): void {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0) throw debugInfoInvalid("DWARF", "the end of a text", "the end of the section");
    this.at = end + 1;
  }
}

/** The abbreviations at an offset of .debug_abbrev, by code. */
export function readAbbreviations(section: Uint8Array, offset: number): Map<number, Abbreviation> {
  const cursor = new Cursor(section, offset);
  const found = new Map<number, Abbreviation>();
  for (let code = cursor.uleb(); code !== 0; code = cursor.uleb()) {
    const tag = cursor.uleb();
    const hasChildren = cursor.u8() !== 0;
    const attributes: Attribute[] = [];
    for (;;) {
      const name = cursor.uleb();
      const form = cursor.uleb();
      const constant = form === Form.implicitConst ? cursor.sleb() : 0;
      if (name === 0 && form === 0) break;
      attributes.push({ name, form, constant });
    }
    const sizes = attributes.map(({ form }) => FIXED_BYTES.get(form) ?? Number.NaN);
    const sizeBytes = sizes.reduce((sum, size) => sum + size, 0);
    found.set(code, { tag, hasChildren, attributes, sizeBytes: Number.isNaN(sizeBytes) ? -1 : sizeBytes });
  }
  return found;
}

/** Steps over a value, or reads it where it is a number: constants, references within the unit, offsets of texts. */
export function readForm(cursor: Cursor, { form, constant }: Attribute, isVersion5: boolean): number {
  switch (form) {
    case Form.implicitConst:
      return constant;
    case Form.flagPresent:
      return 1;
    case Form.data1:
    case Form.ref1:
    case Form.flag:
    case Form.strx1:
      return cursor.u8();
    case Form.data2:
    case Form.ref2:
    case Form.strx2:
      return cursor.u16();
    case Form.strx3:
      return cursor.u16() | (cursor.u8() << 16);
    case Form.addr:
    case Form.data4:
    case Form.ref4:
    case Form.refAddr:
    case Form.strp:
    case Form.lineStrp:
    case Form.secOffset:
    case Form.strx4:
      return cursor.u32();
    case Form.data8:
    case Form.ref8:
    case Form.refSig8: {
      const low = cursor.u32();
      return cursor.u32() * 0x100000000 + low;
    }
    case Form.sdata:
      return cursor.sleb();
    case Form.udata:
    case Form.refUdata:
    case Form.strx:
    case Form.addrx:
    case Form.loclistx:
    case Form.rnglistx:
      return cursor.uleb();
    case Form.string:
      return stepOver(cursor, () => cursor.skipString());
    case Form.data16:
      return stepOver(cursor, () => cursor.skip(16));
    case Form.block1:
      return stepOver(cursor, () => cursor.skip(cursor.u8()));
    case Form.block2:
      return stepOver(cursor, () => cursor.skip(cursor.u16()));
    case Form.block4:
      return stepOver(cursor, () => cursor.skip(cursor.u32()));
    case Form.block:
    case Form.exprloc:
      return stepOver(cursor, () => cursor.skip(cursor.uleb()));
    default:
      throw debugInfoInvalid(
        "DWARF",
        "a known form of attribute",
        `0x${form.toString(16)} in version ${isVersion5 ? 5 : 4}`,
      );
  }
}

/** The offset at which a value begins that is no number itself. */
function stepOver(cursor: Cursor, step: () => void): number {
  const start = cursor.at;
  step();
  return start;
}
