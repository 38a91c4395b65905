import { describe, expect, it } from "vitest";
import { compilePattern, makeInsn } from "../../../src/arm/decode/index.ts";
import { fillFields } from "../../../src/arm/decode/pattern.ts";
import type { RowOptions } from "../../../src/arm/decode/row.ts";
import { row } from "../../../src/arm/decode/row.ts";

/** The fields of `word` by a row made for the occasion. */
function fieldsOf(pattern: string, word: number, options: RowOptions = {}) {
  const fields = makeInsn(word, 0, () => {});
  fillFields(fields, word, row("probe", pattern, "probe", options), compilePattern(pattern));
  return fields;
}

describe("a bit pattern", () => {
  it("gives mask, value and the number of bits that must match", () => {
    const pattern = compilePattern("cccc0001------------------------");
    expect([pattern.width, pattern.mask, pattern.value, pattern.specificity]).toEqual([32, 0x0f000000, 0x01000000, 4]);
  });

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

  it("is refused with another length or an unknown letter", () => {
    expect(() => compilePattern("0101")).toThrow(/32 or 16 bits, found 4/);
    expect(() => compilePattern("0101010101010q0G")).toThrow(/found G/);
  });
});
