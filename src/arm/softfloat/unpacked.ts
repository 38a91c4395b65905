/** A number taken apart: what both formats have in common, so that the exact arithmetic exists once. */
import type { FloatFormat } from "./formats.table.ts";

/** Kinds of numbers; both kinds of NaN come last. */
export const Kind = { zero: 0, finite: 1, infinite: 2, quietNaN: 3, signallingNaN: 4 } as const;

/**
 * A finite number is (-1)^sign * (high:low) * 2^(exponent - 63), with bit 31 of `high` set. A NaN has its fraction from
 * bit 30 of `high` down, the quiet bit first.
 */
export interface Unpacked {
  kind: number;
  sign: number;
  exponent: number;
  high: number;
  low: number;
}

export const makeUnpacked = (): Unpacked => ({ kind: Kind.zero, sign: 0, exponent: 0, high: 0, low: 0 });

export function copyUnpacked(to: Unpacked, from: Unpacked): void {
  to.kind = from.kind;
  to.sign = from.sign;
  to.exponent = from.exponent;
  to.high = from.high;
  to.low = from.low;
}

export const isNaNKind = (u: Unpacked): boolean => u.kind >= Kind.quietNaN;

/** Shifts (high:low) left until bit 63 is set; it is not zero. */
export function normalize(u: Unpacked): void {
  if (u.high === 0) {
    u.high = u.low;
    u.low = 0;
    u.exponent -= 32;
  }
  const shift = Math.clz32(u.high);
  if (shift === 0) return;
  u.high = (u.high << shift) | (u.low >>> (32 - shift));
  u.low <<= shift;
  u.exponent -= shift;
}

/** Shifts (high:low) right; bit 0 keeps whether a one was lost, which is all that rounding must know. */
export function shiftRightSticky(u: Unpacked, amount: number): void {
  if (amount <= 0) return;
  if (amount >= 64) {
    u.low = (u.high | u.low) === 0 ? 0 : 1;
    u.high = 0;
    return;
  }
  let { high, low } = u;
  let lost = 0;
  if (amount >= 32) {
    lost = low;
    low = high;
    high = 0;
  }
  const rest = amount & 31;
  if (rest !== 0) {
    lost |= low << (32 - rest);
    low = (low >>> rest) | (high << (32 - rest));
    high >>>= rest;
  }
  u.high = high | 0;
  u.low = low | (lost === 0 ? 0 : 1);
}

/** Compares (high:low) of two numbers: negative, zero or positive. */
export function compareSignificands(a: Unpacked, b: Unpacked): number {
  return a.high === b.high ? (a.low >>> 0) - (b.low >>> 0) : (a.high >>> 0) - (b.high >>> 0);
}

/** Takes a number of `format` apart; a single is in `high`. A subnormal one comes out normalized. */
export function unpack(u: Unpacked, format: FloatFormat, high: number, low: number): void {
  const isDouble = format.fractionBits === 52;
  u.sign = high >>> 31;
  u.high = (isDouble ? (high << 11) | (low >>> 21) : high << 8) & 0x7fffffff;
  u.low = isDouble ? low << 11 : 0;
  const biased = (high >>> (isDouble ? 20 : 23)) & format.maxExponent;
  const hasFraction = (u.high | u.low) !== 0;
  if (biased === format.maxExponent) {
    u.kind = !hasFraction ? Kind.infinite : (u.high & 0x40000000) !== 0 ? Kind.quietNaN : Kind.signallingNaN;
  } else if (biased !== 0) {
    u.kind = Kind.finite;
    u.exponent = biased - format.bias;
    u.high |= 0x80000000;
  } else if (hasFraction) {
    u.kind = Kind.finite;
    u.exponent = 1 - format.bias;
    normalize(u);
  } else u.kind = Kind.zero;
}

export const isSubnormal = (u: Unpacked, format: FloatFormat): boolean =>
  u.kind === Kind.finite && u.exponent < 1 - format.bias;
