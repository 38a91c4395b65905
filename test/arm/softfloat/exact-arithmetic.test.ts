import { describe, expect, it } from "vitest";
import { addExact, divideExact, multiplyExact, squareRootExact } from "../../../src/arm/softfloat/exact-arithmetic.ts";
import { Kind, makeUnpacked, type Unpacked } from "../../../src/arm/softfloat/unpacked.ts";
import { makeRandom } from "../fuzz/random.ts";

const random = makeRandom(5);
const wide = ({ high, low }: Unpacked): bigint => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);

/** A finite number of 53 bits. */
function someNumber(): Unpacked {
  const low = random.oneIn(3) ? 0 : random.word() & ~0x7ff;
  return {
    kind: Kind.finite,
    sign: random.below(2),
    exponent: random.below(40) - 20,
    high: random.word() | 0x80000000,
    low,
  };
}
const someNumbers = Array.from({ length: 3000 }, () => [someNumber(), someNumber()] as const);
/** The 64 bits below the leading one of `value`, the last of them sticky. */
function topBits(value: bigint): bigint {
  const excess = value.toString(2).length - 64;
  if (excess <= 0) return value << BigInt(-excess);
  const top = value >> BigInt(excess);
  return top << BigInt(excess) === value ? top : top | 1n;
}
/** Bits 63:1, as a sticky bit may also be on its way to the end. */
const kept = (bits: bigint) => (bits >> 2n).toString(16);

describe("exact arithmetic", () => {
  it("adds and subtracts with all bits that count", () => {
    for (const [a, b] of someNumbers) {
      const result = makeUnpacked();
      const base = Math.min(a.exponent, b.exponent);
      const signed = (u: Unpacked) => (wide(u) << BigInt(u.exponent - base)) * (u.sign === 1 ? -1n : 1n);
      const sum = signed(a) + signed(b);
      addExact(result, { ...a }, { ...b });
      if (sum === 0n) {
        expect(result.kind).toBe(Kind.zero);
        continue;
      }
      const magnitude = sum < 0n ? -sum : sum;
      expect([result.sign, result.exponent]).toEqual([sum < 0n ? 1 : 0, base + magnitude.toString(2).length - 64]);
      expect(kept(wide(result))).toBe(kept(topBits(magnitude)));
      expect((wide(result) & 3n) !== 0n).toBe((topBits(magnitude) & 3n) !== 0n);
    }
  });

  it("cancels equal numbers to zero", () => {
    const a = someNumber();
    const result = makeUnpacked();
    addExact(result, { ...a }, { ...a, sign: a.sign ^ 1 });
    expect(result.kind).toBe(Kind.zero);
  });

  it("multiplies to the leading 64 bits", () => {
    for (const [a, b] of someNumbers) {
      const result = makeUnpacked();
      multiplyExact(result, a, b);
      const product = wide(a) * wide(b);
      expect(kept(wide(result))).toBe(kept(topBits(product)));
      expect((wide(result) & 3n) !== 0n).toBe((topBits(product) & 3n) !== 0n);
      expect(result.exponent).toBe(a.exponent + b.exponent + product.toString(2).length - 127);
    }
  });

  it("divides to 64 bits, the last of them sticky", () => {
    for (const [a, b] of someNumbers) {
      const result = makeUnpacked();
      divideExact(result, a, b);
      const isLess = wide(a) < wide(b);
      const dividend = wide(a) << (isLess ? 64n : 63n);
      const isExact = dividend % wide(b) === 0n;
      expect(wide(result)).toBe((dividend / wide(b)) | (isExact ? 0n : 1n));
      expect(result.exponent).toBe(a.exponent - b.exponent - (isLess ? 1 : 0));
    }
  });

  it("takes square roots to 56 bits and a sticky one", () => {
    for (const [a] of someNumbers) {
      const result = makeUnpacked();
      squareRootExact(result, a);
      const isOdd = (a.exponent & 1) !== 0;
      const root = wide(result) >> 8n;
      // 2^110 times the radicand, which is between 1 and 4.
      const radicand = wide(a) << (isOdd ? 48n : 47n);
      expect(root * root <= radicand && (root + 1n) * (root + 1n) > radicand).toBe(true);
      expect((wide(result) & 0xffn) !== 0n).toBe(root * root !== radicand);
      expect(result.exponent).toBe(Math.floor(a.exponent / 2));
    }
  });
});
