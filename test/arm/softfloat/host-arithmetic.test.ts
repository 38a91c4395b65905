import { describe, expect, it } from "vitest";
import { HostArithmetic } from "../../../src/arm/softfloat/host-arithmetic.ts";
import { DOUBLE, FloatException, type FloatFormat, SINGLE, SoftFloat } from "../../../src/arm/softfloat/index.ts";
import { doubleOf, doublePairs, singleOf, singlePairs } from "./host-numbers.ts";

const CASES = 4000;
type Operation = "add" | "mul" | "div" | "sqrt";

const soft = new SoftFloat();
const host = new HostArithmetic();

/** The result and the exceptions by integers. */
function bySoft(operation: Operation, format: FloatFormat, a: [number, number], b: [number, number]): [number, number] {
  soft.exceptions = 0;
  soft.setA(format, ...a);
  soft.setB(format, ...b);
  if (operation === "add") soft.add(format, false);
  else soft[operation](format);
  return [format === SINGLE ? singleOf(soft.high) : doubleOf(soft.high, soft.low), soft.exceptions];
}

describe("the host's arithmetic", () => {
  it.each(["add", "mul", "div", "sqrt"] as const)(
    "gives %s of singles with its exceptions, or nothing",
    (operation) => {
      let given = 0;
      for (const [a, b] of singlePairs(11, CASES)) {
        host.isInexact = false;
        const [x, y] = [singleOf(a), singleOf(b)];
        const ours = {
          add: () => host.addSingle(x, y),
          mul: () => host.mulSingle(x, y),
          div: () => host.divSingle(x, y),
          sqrt: () => host.sqrtSingle(x),
        };
        const result = ours[operation]();
        if (Number.isNaN(result)) continue;
        given++;
        const expected = bySoft(operation, SINGLE, [a, 0], [b, 0]);
        expect([result, host.isInexact ? FloatException.inexact : 0], `${a.toString(16)} ${b.toString(16)}`).toEqual(
          expected,
        );
      }
      expect(given).toBeGreaterThan(CASES / 4);
    },
  );

  it.each(["add", "mul", "div", "sqrt"] as const)(
    "gives %s of doubles with its exceptions, or nothing",
    (operation) => {
      let given = 0;
      for (const [a, b] of doublePairs(12, CASES)) {
        host.isInexact = false;
        const [x, y] = [doubleOf(...a), doubleOf(...b)];
        const ours = {
          add: () => host.addDouble(x, y),
          mul: () => host.mulDouble(x, y),
          div: () => host.divDouble(x, y),
          sqrt: () => host.sqrtDouble(x),
        };
        const result = ours[operation]();
        if (Number.isNaN(result)) continue;
        given++;
        const expected = bySoft(operation, DOUBLE, a, b);
        expect([result, host.isInexact ? FloatException.inexact : 0], `${x} ${y}`).toEqual(expected);
      }
      expect(given).toBeGreaterThan(CASES / 5);
    },
  );

  it("narrows doubles, or gives nothing where a result is tiny or too large", () => {
    expect(host.toSingle(1.5)).toBe(1.5);
    expect(host.toSingle(0.1)).toBe(Math.fround(0.1));
    expect(host.toSingle(-0)).toBe(-0);
    for (const x of [1e-40, 1e39, 2 ** -126, Number.NaN, Infinity]) expect(host.toSingle(x)).toBeNaN();
  });

  it("does not forget a loss of the product in a sum", () => {
    host.isInexact = false;
    expect(host.addSingle(-1, host.mulSingle(1.0000001192092896, 1.0000001192092896))).toBe(2.384185791015625e-7);
    expect(host.isInexact).toBe(true);
  });
});
