import { describe, expect, it } from "vitest";
import { parseDecimal, parseHex, parseNumber } from "../../src/shell/numbers.ts";

describe("numbers", () => {
  it.each([
    ["0", 0],
    ["42", 42],
    ["0x1F", 31],
    ["0X1f", 31],
    ["017", 15],
    ["0xffffffff", 0xffffffff],
  ])("reads %s", (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it.each(["", "x", "0x", "12a", "-1", "08", "1.5", "0xfffffffffffffffff", " 1"])("refuses %j", (text) => {
    expect(parseNumber(text)).toBeUndefined();
  });

  it("takes ids in decimal and `host ram reserve` in hexadecimal only", () => {
    expect([parseDecimal("010"), parseDecimal("0x10"), parseHex("10"), parseHex("0x10"), parseHex("g")]).toEqual([
      10,
      undefined,
      16,
      16,
      undefined,
    ]);
  });
});
