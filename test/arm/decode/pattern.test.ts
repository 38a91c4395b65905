import { describe, expect, it } from "vitest";
import { compilePattern } from "../../../src/arm/decode/index.ts";

describe("a bit pattern", () => {
  it("gives mask, value and the number of bits that must match", () => {
    const pattern = compilePattern("cccc0001------------------------");
    expect([pattern.width, pattern.mask, pattern.value, pattern.specificity]).toEqual([32, 0x0f000000, 0x01000000, 4]);
  });

  it("is refused with another length or an unknown letter", () => {
    expect(() => compilePattern("0101")).toThrow(/32 or 16 bits, found 4/);
    expect(() => compilePattern("0101010101010q0G")).toThrow(/found G/);
  });
});
