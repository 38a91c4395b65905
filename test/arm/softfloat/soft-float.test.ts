import { describe, expect, it } from "vitest";
import {
  DOUBLE,
  FloatException,
  type FloatFormat,
  Rounding,
  SINGLE,
  SoftFloat,
} from "../../../src/arm/softfloat/index.ts";
import { doubleOf, doublePairs, singleOf, singlePairs, wordOfSingle, wordsOfDouble } from "./host-numbers.ts";
import {
  addRational,
  divideRational,
  multiplyRational,
  type Rational,
  rationalOf,
  rootRational,
  roundRational,
} from "./rational.ts";

const CASES = 3000;
type Words = [high: number, low: number];
type Operation = "add" | "sub" | "mul" | "div" | "sqrt";

function run(soft: SoftFloat, format: FloatFormat, operation: Operation, a: Words, b: Words): Words {
  soft.exceptions = 0;
  soft.setA(format, ...a);
  soft.setB(format, ...b);
  if (operation === "add" || operation === "sub") soft.add(format, operation === "sub");
  else soft[operation](format);
  return [soft.high >>> 0, format === SINGLE ? 0 : soft.low >>> 0];
}

const onHost: Readonly<Record<Operation, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  sqrt: (a) => Math.sqrt(a),
};
const operations = Object.keys(onHost) as Operation[];

const exact: Readonly<Record<Operation, (a: Rational, b: Rational) => Rational>> = {
  add: addRational,
  sub: (a, b) => addRational(a, { ...b, sign: b.sign ^ 1 }),
  mul: multiplyRational,
  div: divideRational,
  sqrt: rootRational,
};

const singles: [Words, Words][] = singlePairs(1, CASES).map(([a, b]) => [
  [a, 0],
  [b, 0],
]);
const doubles: [Words, Words][] = doublePairs(2, CASES);
const hex = ([high, low]: Words) => `${high.toString(16)}:${low.toString(16)}`;

describe("soft floating point", () => {
  it.each(operations)("rounds %s of singles to nearest as the host does", (operation) => {
    const soft = new SoftFloat();
    for (const [a, b] of singles) {
      const host = Math.fround(onHost[operation](singleOf(a[0]), singleOf(b[0])));
      const [high] = run(soft, SINGLE, operation, a, b);
      if (Number.isNaN(host)) expect(singleOf(high)).toBeNaN();
      else expect(high, `${hex(a)} ${hex(b)}`).toBe(wordOfSingle(host));
    }
  });

  it.each(operations)("rounds %s of doubles to nearest as the host does", (operation) => {
    const soft = new SoftFloat();
    for (const [a, b] of doubles) {
      const host = onHost[operation](doubleOf(...a), doubleOf(...b));
      const words = run(soft, DOUBLE, operation, a, b);
      if (Number.isNaN(host)) expect(doubleOf(...words)).toBeNaN();
      else expect(hex(words), `${hex(a)} ${hex(b)}`).toBe(hex(wordsOfDouble(host)));
    }
  });

  const formats = [
    { name: "singles", format: SINGLE, pairs: singles },
    { name: "doubles", format: DOUBLE, pairs: doubles },
  ];
  it.each(formats)("rounds $name of exact results in every mode, with the exceptions due", ({ format, pairs }) => {
    const soft = new SoftFloat();
    const toBits = ([high, low]: Words) => (format === SINGLE ? BigInt(high) : (BigInt(high) << 32n) | BigInt(low));
    const isFiniteNumber = ([high]: Words) =>
      ((high >>> (format === SINGLE ? 23 : 20)) & format.maxExponent) !== format.maxExponent;
    let compared = 0;
    for (const [number, [a, b]] of pairs.entries()) {
      const rounding = number & 3;
      soft.rounding = rounding;
      const [x, y] = [rationalOf(toBits(a), format), rationalOf(toBits(b), format)];
      for (const operation of operations) {
        if (!isFiniteNumber(a) || !isFiniteNumber(b) || (operation === "div" && y.numerator === 0n)) continue;
        if (operation === "sqrt" && (x.sign === 1 || x.numerator === 0n)) continue;
        const value = exact[operation](x, y);
        if (value.numerator === 0n) continue;
        const words = run(soft, format, operation, a, b);
        const expected = roundRational(value, format, rounding);
        const what = `${operation} ${hex(a)} ${hex(b)} mode ${rounding}`;
        expect(toBits(words).toString(16), what).toBe(expected.bits.toString(16));
        expect(soft.exceptions, what).toBe(expected.exceptions);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(CASES * 3);
  });

  it("converts between the formats in every mode", () => {
    const soft = new SoftFloat();
    for (const [number, [a]] of doubles.entries()) {
      soft.rounding = number & 3;
      const x = rationalOf((BigInt(a[0]) << 32n) | BigInt(a[1]), DOUBLE);
      if (!Number.isFinite(doubleOf(...a)) || x.numerator === 0n) continue;
      soft.exceptions = 0;
      soft.setA(DOUBLE, ...a);
      soft.convert(SINGLE);
      const expected = roundRational(x, SINGLE, number & 3);
      expect(BigInt(soft.high >>> 0), hex(a)).toBe(expected.bits);
      expect(soft.exceptions, hex(a)).toBe(expected.exceptions);
    }
    for (const [[single]] of singles) {
      if (Number.isNaN(singleOf(single))) continue;
      soft.setA(SINGLE, single, 0);
      soft.convert(DOUBLE);
      expect(doubleOf(soft.high, soft.low)).toBe(singleOf(single));
    }
  });
});

describe("NaNs", () => {
  const soft = new SoftFloat();
  const add = (a: number, b: number) => run(soft, SINGLE, "add", [a, 0], [b, 0])[0];

  it("are handed on quiet, signalling ones first, then the first operand's", () => {
    expect([add(0x7fc00001, 0x7fc00002), soft.exceptions]).toEqual([0x7fc00001, 0]);
    expect([add(0x7fc00001, 0xff800002), soft.exceptions]).toEqual([0xffc00002, FloatException.invalidOperation]);
    expect([add(0x3f800000, 0xff812345), soft.exceptions]).toEqual([0xffc12345, FloatException.invalidOperation]);
  });

  it("are the default one where that is asked for, and after invalid operations", () => {
    soft.usesDefaultNaN = true;
    expect([add(0xffc00001, 0), soft.exceptions]).toEqual([0x7fc00000, 0]);
    soft.usesDefaultNaN = false;
    expect([add(0x7f800000, 0xff800000), soft.exceptions]).toEqual([0x7fc00000, FloatException.invalidOperation]);
    for (const [operation, a, b] of [
      ["mul", 0, 0x7f800000],
      ["div", 0, 0x80000000],
      ["div", 0xff800000, 0x7f800000],
      ["sqrt", 0xbf800000, 0],
    ] as const) {
      expect([run(soft, SINGLE, operation, [a, 0], [b, 0])[0], soft.exceptions]).toEqual([
        0x7fc00000,
        FloatException.invalidOperation,
      ]);
    }
  });

  it("keep the high end of their fraction from one format to the other", () => {
    soft.setA(DOUBLE, 0x7ff80000, 0x20000000);
    soft.convert(SINGLE);
    expect(soft.high >>> 0).toBe(0x7fc00001);
    soft.setA(SINGLE, 0xff800001, 0);
    soft.convert(DOUBLE);
    expect([soft.high >>> 0, soft.low >>> 0]).toEqual([0xfff80000, 0x20000000]);
  });
});

describe("zeros and infinities", () => {
  it("cancel to plus zero, and to minus zero when rounding down", () => {
    const soft = new SoftFloat();
    for (const rounding of Object.values(Rounding)) {
      soft.rounding = rounding;
      const [high] = run(soft, SINGLE, "sub", [0x40490fdb, 0], [0x40490fdb, 0]);
      expect([high, soft.exceptions]).toEqual([rounding === Rounding.minusInfinity ? 0x80000000 : 0, 0]);
    }
  });

  it("tell a division by zero", () => {
    const soft = new SoftFloat();
    expect(run(soft, DOUBLE, "div", [0xbff00000, 0], [0, 0])).toEqual([0xfff00000, 0]);
    expect(soft.exceptions).toBe(FloatException.divisionByZero);
    expect(run(soft, DOUBLE, "div", [0x7ff00000, 0], [0, 0])).toEqual([0x7ff00000, 0]);
    expect(soft.exceptions).toBe(0);
  });
});

describe("flush to zero", () => {
  it("takes subnormal operands for plus zero, and leaves plus zero of tiny results", () => {
    const soft = new SoftFloat();
    soft.flushesToZero = true;
    expect(run(soft, SINGLE, "mul", [0x807fffff, 0], [0x3f800000, 0])[0]).toBe(0);
    expect(soft.exceptions).toBe(FloatException.inputDenormal);
    expect(run(soft, SINGLE, "mul", [0x80800000, 0], [0x3f000000, 0])[0]).toBe(0);
    expect(soft.exceptions).toBe(FloatException.underflow);
  });

  it("keeps the sign in a unit that does so", () => {
    const soft = new SoftFloat(true);
    soft.flushesToZero = true;
    expect(run(soft, SINGLE, "mul", [0x807fffff, 0], [0x3f800000, 0])[0]).toBe(0x80000000);
    expect(run(soft, DOUBLE, "mul", [0x80100000, 0], [0x3fe00000, 0])).toEqual([0x80000000, 0]);
  });

  it("flushes what would be rounded up to the smallest normal number", () => {
    const soft = new SoftFloat();
    // (1 + 2^-23) * 2^-126 times 1 - 2^-24 is just below 2^-126 + half of the last place.
    const [a, b]: [Words, Words] = [
      [0x00800000, 0],
      [0x3f7fffff, 0],
    ];
    expect(run(soft, SINGLE, "mul", a, b)[0]).toBe(0x00800000);
    expect(soft.exceptions).toBe(FloatException.underflow | FloatException.inexact);
    soft.flushesToZero = true;
    expect(run(soft, SINGLE, "mul", a, b)[0]).toBe(0);
    expect(soft.exceptions).toBe(FloatException.underflow);
  });
});
