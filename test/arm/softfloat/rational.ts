/** Rounding of exact rational numbers to a format, by big integers: slow, and independent of what it judges. */
import { FloatException, type FloatFormat, Rounding } from "../../../src/arm/softfloat/index.ts";

/** (-1)^sign * numerator / denominator, both positive. */
export interface Rational {
  sign: number;
  numerator: bigint;
  denominator: bigint;
}

export interface Rounded {
  /** The encoding as one number. */
  bits: bigint;
  exceptions: number;
}

const bitLength = (n: bigint): number => n.toString(2).length;
const scaled = (n: bigint, shift: number): bigint => (shift > 0 ? n << BigInt(shift) : n);

/** Whole part of the value divided by 2^exponent, and how the rest compares with a half: -2 none, -1, 0, 1. */
function divide({ numerator, denominator }: Rational, exponent: number): [bigint, number] {
  const n = scaled(numerator, -exponent);
  const d = scaled(denominator, exponent);
  const rest = n % d;
  if (rest === 0n) return [n / d, -2];
  return [n / d, rest * 2n < d ? -1 : rest * 2n === d ? 0 : 1];
}

function roundsUp(whole: bigint, rest: number, sign: number, rounding: number): boolean {
  if (rest === -2) return false;
  if (rounding === Rounding.nearest) return rest > 0 || (rest === 0 && whole % 2n === 1n);
  if (rounding === Rounding.zero) return false;
  return (rounding === Rounding.plusInfinity) === (sign === 0);
}

/** The value in a format, without flush to zero. */
export function roundRational(value: Rational, format: FloatFormat, rounding: number): Rounded {
  const { fractionBits, bias, maxExponent } = format;
  const width = fractionBits + Math.log2(maxExponent + 1);
  const signBit = BigInt(value.sign) << BigInt(width);
  // The exponent of the leading bit, then that of the last bit kept.
  let leading = bitLength(value.numerator) - bitLength(value.denominator);
  if (divide(value, leading)[0] === 0n) leading -= 1;
  const isTiny = leading < 1 - bias;
  const last = (isTiny ? 1 - bias : leading) - fractionBits;
  const [whole, rest] = divide(value, last);
  const kept = whole + (roundsUp(whole, rest, value.sign, rounding) ? 1n : 0n);
  let exceptions: number = rest === -2 ? 0 : FloatException.inexact;
  if (isTiny && rest !== -2) exceptions |= FloatException.underflow;
  const field = isTiny ? 0 : leading + bias - 1;
  const bits = (BigInt(field) << BigInt(fractionBits)) + kept;
  const infinity = BigInt(maxExponent) << BigInt(fractionBits);
  if (bits < infinity) return { bits: signBit | bits, exceptions };
  const isAway = rounding === Rounding.nearest || roundsUp(1n, 1, value.sign, rounding);
  exceptions = FloatException.overflow | FloatException.inexact;
  return { bits: signBit | (isAway ? infinity : infinity - 1n), exceptions };
}

/** A finite number of a format as a rational; its numerator is 0 for zeros. */
export function rationalOf(bits: bigint, { fractionBits, bias, maxExponent }: FloatFormat): Rational {
  const fraction = bits & ((1n << BigInt(fractionBits)) - 1n);
  const field = Number(bits >> BigInt(fractionBits)) & maxExponent;
  const significand = field === 0 ? fraction : fraction | (1n << BigInt(fractionBits));
  const exponent = Math.max(field, 1) - bias - fractionBits;
  return {
    sign: Number(bits >> BigInt(fractionBits + Math.log2(maxExponent + 1))),
    numerator: scaled(significand, exponent),
    denominator: scaled(1n, -exponent),
  };
}

export function addRational(a: Rational, b: Rational): Rational {
  const signed = ({ sign, numerator }: Rational) => (sign === 1 ? -numerator : numerator);
  const sum = signed(a) * b.denominator + signed(b) * a.denominator;
  return { sign: sum < 0n ? 1 : 0, numerator: sum < 0n ? -sum : sum, denominator: a.denominator * b.denominator };
}

export function multiplyRational(a: Rational, b: Rational): Rational {
  return {
    sign: a.sign ^ b.sign,
    numerator: a.numerator * b.numerator,
    denominator: a.denominator * b.denominator,
  };
}

export function divideRational(a: Rational, b: Rational): Rational {
  return multiplyRational(a, { sign: b.sign, numerator: b.denominator, denominator: b.numerator });
}

/** A number that rounds as the square root does: exact, or a little above the root cut off at many bits. */
export function rootRational({ numerator, denominator }: Rational): Rational {
  const radicand = numerator * denominator;
  const shift = 300n;
  const scaledRadicand = radicand << (2n * shift);
  let root = 1n << BigInt((bitLength(scaledRadicand) + 1) >> 1);
  for (let next = (root + scaledRadicand / root) >> 1n; next < root; next = (root + scaledRadicand / root) >> 1n)
    root = next;
  const isExact = root * root === scaledRadicand;
  return { sign: 0, numerator: 2n * root + (isExact ? 0n : 1n), denominator: (denominator << shift) * 2n };
}
