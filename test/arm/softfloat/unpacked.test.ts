import { describe, expect, it } from "vitest";
import { DOUBLE, SINGLE } from "../../../src/arm/softfloat/index.ts";
import {
  compareSignificands,
  isSubnormal,
  Kind,
  makeUnpacked,
  shiftRightSticky,
  unpack,
} from "../../../src/arm/softfloat/unpacked.ts";
import { doubleOf, doublePairs, singleOf, singlePairs } from "./host-numbers.ts";

/** What an unpacked finite number means. */
const meaningOf = ({ sign, exponent, high, low }: ReturnType<typeof makeUnpacked>) =>
  (sign === 1 ? -1 : 1) *
  ((high >>> 0) * 2 ** 32 + (low >>> 0)) *
  2 ** (exponent > -500 ? exponent - 63 : -63) *
  2 ** (exponent > -500 ? 0 : exponent);

describe("an unpacked number", () => {
  it("means what the packed one means, with its leading bit set", () => {
    const u = makeUnpacked();
    for (const [word] of singlePairs(3, 2000)) {
      unpack(u, SINGLE, word, 0);
      if (u.kind === Kind.finite) expect([meaningOf(u), u.high >>> 31]).toEqual([singleOf(word), 1]);
    }
    for (const [[high, low]] of doublePairs(4, 2000)) {
      unpack(u, DOUBLE, high, low);
      if (u.kind === Kind.finite) expect([meaningOf(u), u.high >>> 31]).toEqual([doubleOf(high, low), 1]);
    }
  });

  it("knows its kind", () => {
    const u = makeUnpacked();
    const kindOf = (high: number, low: number) => {
      unpack(u, DOUBLE, high, low);
      return u.kind;
    };
    expect([
      kindOf(0x80000000, 0),
      kindOf(0, 1),
      kindOf(0x7ff00000, 0),
      kindOf(0x7ff00000, 1),
      kindOf(0xfff80000, 0),
    ]).toEqual([Kind.zero, Kind.finite, Kind.infinite, Kind.signallingNaN, Kind.quietNaN]);
    unpack(u, SINGLE, 0x007fffff, 0);
    expect(isSubnormal(u, SINGLE)).toBe(true);
    unpack(u, SINGLE, 0x00800000, 0);
    expect(isSubnormal(u, SINGLE)).toBe(false);
  });

  it("keeps whether a one was shifted out", () => {
    const shifted = (high: number, low: number, amount: number) => {
      const u = { ...makeUnpacked(), high, low };
      shiftRightSticky(u, amount);
      return [u.high >>> 0, u.low >>> 0];
    };
    expect(shifted(0x80000000, 0x10, 4)).toEqual([0x08000000, 1]);
    expect(shifted(0x80000000, 0x18, 4)).toEqual([0x08000000, 1]);
    expect(shifted(0x80000000, 0, 32)).toEqual([0, 0x80000000]);
    expect(shifted(0x80000001, 1, 33)).toEqual([0, 0x40000001]);
    expect(shifted(0x80000000, 0, 63)).toEqual([0, 1]);
    expect(shifted(0x80000000, 0, 64)).toEqual([0, 1]);
    expect(shifted(0x80000000, 0, 5000)).toEqual([0, 1]);
    expect(shifted(0x80000000, 3, 0)).toEqual([0x80000000, 3]);
  });

  it("orders significands without their exponents", () => {
    const [a, b] = [
      { ...makeUnpacked(), high: -1, low: 1 },
      { ...makeUnpacked(), high: -1, low: -1 },
    ];
    expect(compareSignificands(a, b)).toBeLessThan(0);
    expect(compareSignificands(b, { ...b, high: 1 })).toBeGreaterThan(0);
    expect(compareSignificands(a, { ...a })).toBe(0);
  });
});
