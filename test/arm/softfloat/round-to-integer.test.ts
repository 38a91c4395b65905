import { describe, expect, it } from "vitest";
import { Rounding } from "../../../src/arm/softfloat/index.ts";
import { roundedSingle, roundToInteger } from "../../../src/arm/softfloat/round-to-integer.ts";

const modes = [Rounding.nearest, Rounding.plusInfinity, Rounding.minusInfinity, Rounding.zero];

describe("rounding to a whole number", () => {
  it.each([
    [0.5, [0, 1, 0, 0]],
    [1.5, [2, 2, 1, 1]],
    [2.5, [2, 3, 2, 2]],
    [-0.5, [0, -0, -1, -0]],
    [-1.5, [-2, -1, -2, -1]],
    [-2.25, [-2, -2, -3, -2]],
    [0.49999999999999994, [0, 1, 0, 0]],
    [2251799813685249.5, [2251799813685250, 2251799813685250, 2251799813685249, 2251799813685249]],
    [2 ** 60, [2 ** 60, 2 ** 60, 2 ** 60, 2 ** 60]],
  ])("of %d follows the four modes", (x, expected) => {
    expect(modes.map((mode) => roundToInteger(x, mode))).toEqual(expected);
  });

  it("leaves NaN and infinities", () => {
    for (const mode of modes) {
      expect(roundToInteger(Number.NaN, mode)).toBeNaN();
      expect(roundToInteger(-Infinity, mode)).toBe(-Infinity);
    }
  });
});

describe("the single of a word", () => {
  it.each([
    [16777217, [16777216, 16777218, 16777216, 16777216]],
    [-16777219, [-16777220, -16777218, -16777220, -16777218]],
    [0xffffffff, [4294967296, 4294967296, 4294967040, 4294967040]],
    [-0x7fffffff, [-2147483648, -2147483520, -2147483648, -2147483520]],
    [12345, [12345, 12345, 12345, 12345]],
    [0, [0, 0, 0, 0]],
  ])("%d follows the four modes", (word, expected) => {
    expect(modes.map((mode) => roundedSingle(word, mode))).toEqual(expected);
  });
});
