/**
 * IEEE 754 arithmetic for every operand, rounding mode and special case, by integers (ARM DDI 0100I, C2.1 to C2.5;
 * ARM1176JZF-S TRM, DDI 0301H, 18.5 and 20.4).
 *
 * Numbers are words; results are left in `high` and `low`, a single in `high`. Tininess is detected before rounding, and
 * underflow is reported when a tiny result is inexact. Exceptions add up in `exceptions` and never trap.
 */
import { addExact, divideExact, multiplyExact, squareRootExact } from "./exact-arithmetic.ts";
import { DOUBLE, FloatException, type FloatFormat, Rounding, SINGLE } from "./formats.table.ts";
import {
  copyUnpacked,
  isNaNKind,
  isSubnormal,
  Kind,
  makeUnpacked,
  shiftRightSticky,
  type Unpacked,
  unpack,
} from "./unpacked.ts";

export class SoftFloat {
  rounding: number = Rounding.nearest;
  flushesToZero = false;
  /** Each NaN that results is the default one. */
  usesDefaultNaN = false;
  /** Bits of `FloatException`, until the owner clears them. */
  exceptions = 0;
  /** The result of the last operation. */
  high = 0;
  low = 0;

  /** What a flush to zero leaves of the sign: VFP11 makes positive zeros, later units keep it. */
  private readonly keepsFlushedSign: boolean;
  private readonly a = makeUnpacked();
  private readonly b = makeUnpacked();
  private readonly result = makeUnpacked();

  constructor(keepsFlushedSign = false) {
    this.keepsFlushedSign = keepsFlushedSign;
  }

  /** The first operand of the next operation. */
  setA(format: FloatFormat, high: number, low: number): void {
    this.set(this.a, format, high, low);
  }

  /** The second operand. */
  setB(format: FloatFormat, high: number, low: number): void {
    this.set(this.b, format, high, low);
  }

  private set(u: Unpacked, format: FloatFormat, high: number, low: number): void {
    unpack(u, format, high, low);
    if (!this.flushesToZero || !isSubnormal(u, format)) return;
    this.exceptions |= FloatException.inputDenormal;
    u.kind = Kind.zero;
    if (!this.keepsFlushedSign) u.sign = 0;
  }

  /** a + b, or a - b. */
  add(format: FloatFormat, isSubtraction: boolean): void {
    const { a, b, result } = this;
    if (isNaNKind(a) || isNaNKind(b)) {
      this.propagateNaN(format);
      return;
    }
    if (isSubtraction) b.sign ^= 1;
    if (a.kind === Kind.infinite || b.kind === Kind.infinite) {
      if (a.kind === b.kind && a.sign !== b.sign) this.invalid(format);
      else this.packInfinity(format, a.kind === Kind.infinite ? a.sign : b.sign);
      return;
    }
    const zeroSign = a.sign === b.sign ? a.sign : this.rounding === Rounding.minusInfinity ? 1 : 0;
    if (a.kind === Kind.finite && b.kind === Kind.finite) addExact(result, a, b);
    else if (a.kind === Kind.finite) copyUnpacked(result, a);
    else if (b.kind === Kind.finite) copyUnpacked(result, b);
    else result.kind = Kind.zero;
    if (result.kind === Kind.zero) this.packZero(zeroSign);
    else this.round(format);
  }

  mul(format: FloatFormat): void {
    const { a, b, result } = this;
    if (isNaNKind(a) || isNaNKind(b)) {
      this.propagateNaN(format);
      return;
    }
    const sign = a.sign ^ b.sign;
    const hasZero = a.kind === Kind.zero || b.kind === Kind.zero;
    if (a.kind === Kind.infinite || b.kind === Kind.infinite) {
      if (hasZero) this.invalid(format);
      else this.packInfinity(format, sign);
    } else if (hasZero) this.packZero(sign);
    else {
      multiplyExact(result, a, b);
      result.sign = sign;
      this.round(format);
    }
  }

  div(format: FloatFormat): void {
    const { a, b, result } = this;
    if (isNaNKind(a) || isNaNKind(b)) {
      this.propagateNaN(format);
      return;
    }
    const sign = a.sign ^ b.sign;
    if (a.kind === b.kind && a.kind !== Kind.finite) this.invalid(format);
    else if (a.kind === Kind.infinite || b.kind === Kind.zero) {
      if (a.kind === Kind.finite) this.exceptions |= FloatException.divisionByZero;
      this.packInfinity(format, sign);
    } else if (a.kind === Kind.zero || b.kind === Kind.infinite) this.packZero(sign);
    else {
      divideExact(result, a, b);
      result.sign = sign;
      this.round(format);
    }
  }

  /** The square root of a. */
  sqrt(format: FloatFormat): void {
    const { a, result } = this;
    this.b.kind = Kind.zero;
    if (isNaNKind(a)) this.propagateNaN(format);
    else if (a.kind === Kind.zero) this.packZero(a.sign);
    else if (a.sign === 1) this.invalid(format);
    else if (a.kind === Kind.infinite) this.packInfinity(format, 0);
    else {
      squareRootExact(result, a);
      this.round(format);
    }
  }

  /** a, which was set as a number of another format, in `format`. */
  convert(format: FloatFormat): void {
    const { a } = this;
    this.b.kind = Kind.zero;
    if (isNaNKind(a)) this.propagateNaN(format);
    else if (a.kind === Kind.zero) this.packZero(a.sign);
    else if (a.kind === Kind.infinite) this.packInfinity(format, a.sign);
    else {
      copyUnpacked(this.result, a);
      this.round(format);
    }
  }

  /** The default NaN, for an invalid operation. */
  private invalid(format: FloatFormat): void {
    this.exceptions |= FloatException.invalidOperation;
    this.packDefaultNaN(format);
  }

  private packDefaultNaN(format: FloatFormat): void {
    this.high = format === DOUBLE ? 0x7ff80000 : 0x7fc00000;
    this.low = 0;
  }

  /** The operand to hand on: signalling NaNs before quiet ones, the first operand before the second. */
  private propagateNaN(format: FloatFormat): void {
    const { a, b } = this;
    const isSignalling = a.kind === Kind.signallingNaN || b.kind === Kind.signallingNaN;
    if (isSignalling) this.exceptions |= FloatException.invalidOperation;
    if (this.usesDefaultNaN) {
      this.packDefaultNaN(format);
      return;
    }
    const wanted = isSignalling ? Kind.signallingNaN : Kind.quietNaN;
    const { sign, high, low } = a.kind === wanted ? a : b;
    const quiet = high | 0x40000000;
    if (format === DOUBLE) {
      this.high = (sign << 31) | 0x7ff00000 | (quiet >>> 11);
      this.low = (low >>> 11) | (quiet << 21);
    } else this.high = (sign << 31) | 0x7f800000 | (quiet >>> 8);
  }

  private packZero(sign: number): void {
    this.high = sign << 31;
    this.low = 0;
  }

  private packInfinity(format: FloatFormat, sign: number): void {
    this.high = (sign << 31) | (format === DOUBLE ? 0x7ff00000 : 0x7f800000);
    this.low = 0;
  }

  /** Rounds `result` to the format and packs it. */
  private round(format: FloatFormat): void {
    const { result } = this;
    const biased = result.exponent + format.bias;
    if (biased <= 0 && this.flushesToZero) {
      this.exceptions |= FloatException.underflow;
      this.packZero(this.keepsFlushedSign ? result.sign : 0);
      return;
    }
    if (biased <= 0) shiftRightSticky(result, 1 - biased);
    // The leading one is added to the exponent field, so a normal number begins with one less.
    const field = biased <= 0 ? 0 : biased - 1;
    if (biased >= format.maxExponent) this.overflow(format);
    else if (format === DOUBLE) this.packDouble(field);
    else this.packSingle(field);
    if (biased <= 0 && this.wasInexact) this.exceptions |= FloatException.underflow;
  }

  /** Of the last rounding. */
  private wasInexact = false;

  /** True when the magnitude grows; `half` and `rest` are what rounding takes away. */
  private roundsUp(half: number, rest: number, isOdd: boolean): boolean {
    this.wasInexact = (half | rest) !== 0;
    if (!this.wasInexact) return false;
    this.exceptions |= FloatException.inexact;
    switch (this.rounding) {
      case Rounding.nearest:
        return half !== 0 && (rest !== 0 || isOdd);
      case Rounding.plusInfinity:
        return this.result.sign === 0;
      case Rounding.minusInfinity:
        return this.result.sign === 1;
      default:
        return false;
    }
  }

  private packSingle(field: number): void {
    const { high, low, sign } = this.result;
    const top = high >>> 8;
    const up = this.roundsUp(high & 0x80, (high & 0x7f) | low, (top & 1) !== 0) ? 1 : 0;
    const packed = (field << 23) + top + up;
    if (packed >>> 23 >= SINGLE.maxExponent) this.overflow(SINGLE);
    else this.high = (sign << 31) | packed;
  }

  private packDouble(field: number): void {
    const { high, low, sign } = this.result;
    const bottom = ((low >>> 11) | (high << 21)) >>> 0;
    const up = this.roundsUp(low & 0x400, low & 0x3ff, (bottom & 1) !== 0);
    const carry = up && bottom === 0xffffffff ? 1 : 0;
    const packed = (field << 20) + (high >>> 11) + carry;
    if (packed >>> 20 >= DOUBLE.maxExponent) {
      this.overflow(DOUBLE);
      return;
    }
    this.high = (sign << 31) | packed;
    this.low = (bottom + (up ? 1 : 0)) | 0;
  }

  /** Infinity, or the largest number where the rounding mode leads away from infinity. */
  private overflow(format: FloatFormat): void {
    const { sign } = this.result;
    this.exceptions |= FloatException.overflow | FloatException.inexact;
    this.wasInexact = true;
    this.packInfinity(format, sign);
    const awayFromZero = sign === 0 ? Rounding.plusInfinity : Rounding.minusInfinity;
    if (this.rounding === Rounding.nearest || this.rounding === awayFromZero) return;
    this.high -= 1;
    this.low = format === DOUBLE ? -1 : 0;
  }
}
