/** Formats, rounding modes and exception bits of IEEE 754-1985 as the FPSCR has them (ARM DDI 0100I, C2.3 and C2.4). */

/** Cumulative exception bits, as in FPSCR bits 7 and 4:0. */
export const FloatException = {
  invalidOperation: 0x01,
  divisionByZero: 0x02,
  overflow: 0x04,
  underflow: 0x08,
  inexact: 0x10,
  inputDenormal: 0x80,
} as const;

/** Rounding modes, as in FPSCR bits 23:22. */
export const Rounding = { nearest: 0, plusInfinity: 1, minusInfinity: 2, zero: 3 } as const;

/** A binary interchange format. */
export interface FloatFormat {
  /** Bits of the fraction, the leading one apart. */
  readonly fractionBits: number;
  readonly bias: number;
  /** The exponent field of infinities and NaNs. */
  readonly maxExponent: number;
}

export const SINGLE: FloatFormat = { fractionBits: 23, bias: 127, maxExponent: 255 };
export const DOUBLE: FloatFormat = { fractionBits: 52, bias: 1023, maxExponent: 2047 };

/** What a data-processing instruction computes. */
export const FloatOperation = {
  /** d = n + m, and so on. */
  add: 0,
  sub: 1,
  mul: 2,
  /** d = -(n * m) */
  nmul: 3,
  div: 4,
  /** d = d + n * m, the product rounded first; then with the product, the addend, or both negated. */
  mac: 5,
  nmac: 6,
  msc: 7,
  nmsc: 8,
  /** d = m, |m|, -m, the square root of m. */
  copy: 9,
  abs: 10,
  neg: 11,
  sqrt: 12,
} as const;

/** Conversions and comparisons, which never work on vectors. */
export const FloatConversion = {
  /** To the other precision. */
  precision: 0,
  /** From a word to a number. */
  fromUnsigned: 1,
  fromSigned: 2,
  /** To a word, rounded by the FPSCR, then rounded towards zero. */
  toUnsigned: 3,
  toUnsignedZero: 4,
  toSigned: 5,
  toSignedZero: 6,
} as const;
