import { describe, expect, it } from "vitest";
import { FieldReader } from "../../../src/arm/decode/field-reader.ts";
import { compilePattern, makeInsn } from "../../../src/arm/decode/index.ts";
import { blankValues } from "../../../src/arm/decode/insn.ts";
import type { RowOptions } from "../../../src/arm/decode/row.ts";
import { row } from "../../../src/arm/decode/row.ts";

/** The fields of `word` by a row made for the occasion, read where another instruction's were before. */
function fieldsOf(pattern: string, word: number, options: RowOptions = {}) {
  const values = blankValues().fill(-1);
  new FieldReader(row("probe", pattern, "probe", options), compilePattern(pattern)).read(word, values);
  return makeInsn(word, 0, () => {}, values);
}

describe("a reader of fields", () => {
  it("joins the bits of one letter, high to low, wherever they stand", () => {
    const fields = fieldsOf("cccc000PU1W0nnnnttttvvvv1011vvvv", 0xe1c210be);
    expect([fields.v, fields.n, fields.t, fields.P, fields.U, fields.W]).toEqual([0x0e, 2, 1, 1, 1, 0]);
    expect(fieldsOf("cccc000PU1W0nnnnttttvvvv1011vvvv", 0xe1c21fbe).v).toBe(0xfe);
    expect(fieldsOf("01000100dmmmmddd", 0x4491).d).toBe(9);
  });

  it("extends the sign from the width in the pattern, then scales", () => {
    expect(fieldsOf("11100vvvvvvvvvvv", 0xe7fe, { signed: true, scale: 1 }).v).toBe(-4);
    expect(fieldsOf("11100vvvvvvvvvvv", 0xe3ff, { signed: true, scale: 1 }).v).toBe(2046);
  });

  it("reads a field that fills the word as a signed word", () => {
    expect(fieldsOf("v".repeat(32), 0x80000001).v).toBe(-0x7fffffff);
  });

  it("or-s fixed bits and copies fields", () => {
    const fields = fieldsOf("10110101llllllll", 0xb510, { fixed: { n: 13, l: 0x4000 }, copy: { d: "n" } });
    expect([fields.l, fields.n, fields.d]).toEqual([0x4010, 13, 13]);
  });

  it("rotates the modified immediate", () => {
    const pattern = "cccc00111010----ddddrrrrvvvvvvvv";
    expect(fieldsOf(pattern, 0xe3a00001, { derive: "immediate" }).i).toBe(1);
    expect(fieldsOf(pattern, 0xe3a001ff, { derive: "immediate" }).i).toBe(0xc000003f | 0);
    expect(fieldsOf(pattern, 0xe3a004ff, { derive: "immediate" }).i).toBe(0xff000000 | 0);
    expect(fieldsOf(pattern, 0xe3a00fff, { derive: "immediate" }).i).toBe(0x3fc);
  });

  it("makes the offset negative when U is 0, and never minus zero", () => {
    const pattern = "cccc0101U001nnnnttttvvvvvvvvvvvv";
    expect(fieldsOf(pattern, 0xe5110004, { derive: "offset" }).v).toBe(-4);
    expect(Object.is(fieldsOf(pattern, 0xe5110000, { derive: "offset" }).v, 0)).toBe(true);
  });

  it("works out where a block of registers begins and how the base changes", () => {
    const block = (puw: number) => {
      const { i, v, r } = fieldsOf("cccc100PU0W1nnnnllllllllllllllll", 0xe810000e | (puw << 21), { derive: "block" });
      return [i, v, r];
    };
    expect([block(0b0100), block(0b1100), block(0b0000), block(0b1000)]).toEqual([
      [3, 0, 12],
      [3, 4, 12],
      [3, -8, -12],
      [3, -12, -12],
    ]);
    expect(Object.is(fieldsOf("11000nnnllllllll", 0xc000, { derive: "block" }).r, 0)).toBe(true);
  });

  it("moves the lowest bit of a single-precision register in front of the others", () => {
    const fields = fieldsOf("cccc11101d11nnnndddd1010n0m0mmmm", 0xeef8aa60, { singles: "dm" });
    expect([fields.d, fields.m]).toEqual([0b10101, 0b00001]);
  });

  it("counts a width from one", () => {
    expect(fieldsOf("cccc0110101vvvvvddddiiiiiy01mmmm", 0xe6bf0011, { derive: "width" }).v).toBe(32);
  });

  it("leaves nothing of the instruction before, and the condition always where there is none", () => {
    const { exec, row: index, raw, ...fields } = fieldsOf("0100011100000mmm", 0x4703);
    expect(fields).toEqual({ ...fields, c: 14, m: 3 });
    expect(Object.values(fields).filter((value) => value !== 0)).toHaveLength(2);
  });
});
