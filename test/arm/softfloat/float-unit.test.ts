import { describe, expect, it } from "vitest";
import {
  FLOAT_FILE_WORDS,
  FloatConversion,
  FloatException,
  FloatOperation,
  FloatUnit,
  Fpscr,
  Rounding,
} from "../../../src/arm/softfloat/index.ts";
import { singleOf, singlePairs } from "./host-numbers.ts";

function givenUnit(status = 0, keepsFlushedSign = false) {
  const words = new Int32Array(FLOAT_FILE_WORDS + 1);
  words[32] = status;
  return {
    unit: new FloatUnit(words, keepsFlushedSign),
    words,
    singles: new Float32Array(words.buffer, 0, 32),
    doubles: new Float64Array(words.buffer, 0, 16),
    status: () => words[32] >>> 0,
  };
}

const modeBits = (rounding: number) => rounding << Fpscr.roundingShift;

describe("a VFP register file", () => {
  it("computes in both precisions, by register numbers of the precision", () => {
    const { unit, singles, doubles, status } = givenUnit();
    singles[30] = 1.5;
    singles[31] = -0.25;
    unit.compute(FloatOperation.mul, false, 29, 30, 31);
    expect(singles[29]).toBe(-0.375);
    doubles[1] = 3;
    doubles[2] = 4;
    unit.compute(FloatOperation.div, true, 0, 1, 2);
    expect([doubles[0], status()]).toEqual([0.75, 0]);
  });

  it.each([
    ["nmul", -6],
    ["mac", 16],
    ["nmac", 4],
    ["msc", -4],
    ["nmsc", -16],
  ] as const)("has %s with the signs of the manual", (name, expected) => {
    for (const status of [0, modeBits(Rounding.zero)]) {
      const { unit, doubles, singles } = givenUnit(status);
      [doubles[0], doubles[1], doubles[2]] = [10, 2, 3];
      unit.compute(FloatOperation[name], true, 0, 1, 2);
      expect(doubles[0]).toBe(expected);
      [singles[8], singles[9], singles[10]] = [10, 2, 3];
      unit.compute(FloatOperation[name], false, 8, 9, 10);
      expect(singles[8]).toBe(expected);
    }
  });

  it("rounds the product of a multiply-accumulate before the sum", () => {
    const { unit, singles, status } = givenUnit();
    [singles[0], singles[1], singles[2]] = [-1.0000002384185791, 1.0000001192092896, 1.0000001192092896];
    unit.compute(FloatOperation.mac, false, 0, 1, 2);
    expect([singles[0], status()]).toEqual([0, FloatException.inexact]);
  });

  it("moves bits without a look at them", () => {
    const { unit, words, status } = givenUnit(Fpscr.flushToZero | Fpscr.defaultNaN);
    words[1] = 0xff800001 | 0;
    unit.compute(FloatOperation.copy, false, 0, 0, 1);
    unit.compute(FloatOperation.abs, false, 2, 0, 1);
    unit.compute(FloatOperation.neg, false, 3, 0, 2);
    expect([words[0] >>> 0, words[2] >>> 0, words[3] >>> 0, status() & 0xff]).toEqual([
      0xff800001, 0x7f800001, 0xff800001, 0,
    ]);
    [words[4], words[5]] = [7, 1];
    unit.compute(FloatOperation.neg, true, 3, 0, 2);
    expect([words[6], words[7] >>> 0]).toEqual([7, 0x80000001]);
  });

  it("adds exceptions up and leaves the rest of the FPSCR", () => {
    const { unit, singles, status } = givenUnit(0x20000000 | FloatException.overflow);
    singles[1] = 1;
    unit.compute(FloatOperation.div, false, 0, 1, 2);
    singles[2] = 3;
    unit.compute(FloatOperation.div, false, 0, 1, 2);
    expect(status()).toBe(
      0x20000000 | FloatException.overflow | FloatException.divisionByZero | FloatException.inexact,
    );
  });

  it("gives the same by the host and by integers", () => {
    // The default NaN does not matter to numbers; a rounding mode other than nearest forces integers.
    const sum = (a: number, b: number, status: number) => {
      const given = givenUnit(status);
      [given.words[1], given.words[2]] = [a, b];
      given.unit.compute(FloatOperation.add, false, 0, 1, 2);
      return { result: given.singles[0], exceptions: given.status() & 0x9f };
    };
    for (const [a, b] of singlePairs(21, 3000)) {
      if (Number.isNaN(singleOf(a)) || Number.isNaN(singleOf(b))) continue;
      const nearest = sum(a, b, 0);
      const [down, up] = [sum(a, b, modeBits(Rounding.minusInfinity)), sum(a, b, modeBits(Rounding.plusInfinity))];
      if (Number.isNaN(nearest.result)) continue;
      expect([down.result, up.result]).toContain(nearest.result === 0 ? up.result : nearest.result);
      expect(nearest.exceptions & FloatException.inexact).toBe(down.exceptions & FloatException.inexact);
    }
  });
});

describe("comparisons", () => {
  const compare = (a: number, b: number, { isSignalling = false, status = 0 } = {}) => {
    const { unit, words, status: after } = givenUnit(status);
    [words[1], words[2]] = [a, b];
    unit.compare(isSignalling, false, 1, 2);
    return after();
  };

  it("set N, Z, C and V", () => {
    expect(compare(0x3f800000, 0x40000000) >>> 28).toBe(8);
    expect(compare(0x40000000, 0x3f800000) >>> 28).toBe(2);
    expect(compare(0, 0x80000000) >>> 28).toBe(6);
    expect(compare(0x7fc00000, 0)).toBe(0x30000000);
  });

  it("are invalid with signalling NaNs, and FCMPE with all", () => {
    expect(compare(0x7fc00000, 0, { isSignalling: true })).toBe(0x30000001);
    expect(compare(0, 0x7f800001)).toBe(0x30000001);
  });

  it("flush subnormal numbers when asked to", () => {
    const status = Fpscr.flushToZero;
    expect(compare(1, 0x80000000, { status })).toBe((0x60000000 | status | FloatException.inputDenormal) >>> 0);
    expect(compare(1, 0) >>> 28).toBe(2);
  });

  it("compare with zero", () => {
    const { unit, doubles, status } = givenUnit();
    doubles[3] = -1;
    unit.compare(true, true, 3, -1);
    expect(status()).toBe(0x80000000);
  });
});

describe("conversions", () => {
  const convert = (conversion: number, x: number, status = 0) => {
    const given = givenUnit(status);
    given.doubles[1] = x;
    given.unit.convert(conversion, true, 0, 1);
    return [given.words[0], given.status() & 0x9f];
  };

  it("round to whole numbers by the FPSCR, or towards zero", () => {
    expect(convert(FloatConversion.toSigned, 2.5)).toEqual([2, FloatException.inexact]);
    expect(convert(FloatConversion.toSigned, 2.5, modeBits(Rounding.plusInfinity))).toEqual([
      3,
      FloatException.inexact,
    ]);
    expect(convert(FloatConversion.toSignedZero, -2.9)).toEqual([-2, FloatException.inexact]);
    expect(convert(FloatConversion.toUnsigned, -0.25)).toEqual([0, FloatException.inexact]);
    expect(convert(FloatConversion.toUnsigned, 4294967295)).toEqual([-1, 0]);
  });

  it("are invalid out of range, and keep to the nearest end", () => {
    const { invalidOperation } = FloatException;
    expect(convert(FloatConversion.toSigned, 2147483648)).toEqual([0x7fffffff, invalidOperation]);
    expect(convert(FloatConversion.toSigned, 2147483647.5)).toEqual([0x7fffffff, invalidOperation]);
    expect(convert(FloatConversion.toSignedZero, 2147483647.5)).toEqual([0x7fffffff, FloatException.inexact]);
    expect(convert(FloatConversion.toSigned, -Infinity)).toEqual([-0x80000000, invalidOperation]);
    expect(convert(FloatConversion.toUnsigned, -1)).toEqual([0, invalidOperation]);
    expect(convert(FloatConversion.toUnsignedZero, Number.NaN)).toEqual([0, invalidOperation]);
  });

  it("go from words to numbers", () => {
    const { unit, words, singles, doubles, status } = givenUnit();
    words[5] = -1;
    unit.convert(FloatConversion.fromUnsigned, true, 0, 5);
    unit.convert(FloatConversion.fromSigned, false, 4, 5);
    expect([doubles[0], singles[4], status()]).toEqual([4294967295, -1, 0]);
    unit.convert(FloatConversion.fromUnsigned, false, 4, 5);
    expect([singles[4], status()]).toEqual([4294967296, FloatException.inexact]);
  });

  it("go between the precisions", () => {
    const { unit, words, singles, doubles, status } = givenUnit();
    doubles[1] = 1e-40;
    unit.convert(FloatConversion.precision, true, 0, 1);
    expect([singles[0], status()]).toEqual([Math.fround(1e-40), FloatException.underflow | FloatException.inexact]);
    words[32] = Fpscr.flushToZero;
    unit.convert(FloatConversion.precision, false, 3, 0);
    expect([doubles[3], status() & 0xff]).toEqual([0, FloatException.inputDenormal]);
    words[0] = 0x7f800001;
    unit.convert(FloatConversion.precision, false, 3, 0);
    expect([words[7] >>> 0, words[6] >>> 0]).toEqual([0x7ff80000, 0x20000000]);
  });
});
