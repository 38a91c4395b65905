/**
 * A VFP register file with its arithmetic: 32 words, the singles S0 .. S31 or the doubles D0 .. D15, and the FPSCR behind
 * them (ARM DDI 0100I, C2 and C4). Hot code.
 *
 * Everything is in the words it is given, so that whoever keeps those keeps all. Common operands take the host's
 * arithmetic; every other case, integers.
 */
import { DOUBLE, FloatConversion, FloatException, FloatOperation, Rounding, SINGLE } from "./formats.table.ts";
import { HostArithmetic } from "./host-arithmetic.ts";
import { roundedSingle, roundToInteger } from "./round-to-integer.ts";
import { SoftFloat } from "./soft-float.ts";

/** Words of a file: the registers, then the FPSCR. */
export const FLOAT_FILE_WORDS = 33;
const STATUS = 32;

/** Fields of the FPSCR. */
export const Fpscr = {
  flags: 0xf0000000 | 0,
  defaultNaN: 1 << 25,
  flushToZero: 1 << 24,
  roundingShift: 22,
  strideShift: 20,
  length: 7 << 16,
  lengthShift: 16,
  /** Enable bits of the traps. */
  traps: 0x00009f00,
  /** What can be written: traps cannot be enabled, so that a program that asks for one sees that there is none. */
  writable: 0xf3f7009f | 0,
} as const;

/** With one of these bits set the host's arithmetic is not what is asked for. */
const SOFT_ONLY = Fpscr.flushToZero | (3 << Fpscr.roundingShift);
/** Comparison results as N, Z, C and V. */
const Order = { less: 8, equal: 6, greater: 2, unordered: 3 } as const;
const SIGN = 0x80000000 | 0;

export class FloatUnit {
  private readonly words: Int32Array;
  private readonly singles: Float32Array;
  private readonly doubles: Float64Array;
  private readonly host = new HostArithmetic();
  private readonly soft: SoftFloat;
  private readonly keepsFlushedSign: boolean;

  /** `words` begin at a multiple of eight bytes. `keepsFlushedSign`: see `SoftFloat`. */
  constructor(words: Int32Array, keepsFlushedSign = false) {
    this.words = words.subarray(0, FLOAT_FILE_WORDS);
    this.singles = new Float32Array(words.buffer, words.byteOffset, 32);
    this.doubles = new Float64Array(words.buffer, words.byteOffset, 16);
    this.soft = new SoftFloat(keepsFlushedSign);
    this.keepsFlushedSign = keepsFlushedSign;
  }

  /** One element of a data-processing instruction, by numbers of registers of the precision. */
  compute(operation: number, isDouble: boolean, d: number, n: number, m: number): void {
    if (operation >= FloatOperation.copy && operation <= FloatOperation.neg) this.move(operation, isDouble, d, m);
    else if ((this.words[STATUS] & SOFT_ONLY) !== 0) this.computeSoft(operation, isDouble, d, n, m);
    else if (isDouble) this.computeDouble(operation, d, n, m);
    else this.computeSingle(operation, d, n, m);
  }

  private move(operation: number, isDouble: boolean, d: number, m: number): void {
    const w = this.words;
    const to = isDouble ? d * 2 + 1 : d;
    const from = isDouble ? m * 2 + 1 : m;
    const top = w[from];
    if (isDouble) w[to - 1] = w[from - 1];
    w[to] = operation === FloatOperation.copy ? top : operation === FloatOperation.abs ? top & ~SIGN : top ^ SIGN;
  }

  private computeSingle(operation: number, d: number, n: number, m: number): void {
    const { host, singles } = this;
    host.isInexact = false;
    const r = this.hostSingle(operation, singles[d], singles[n], singles[m]);
    if (Number.isNaN(r)) this.computeSoft(operation, false, d, n, m);
    else {
      singles[d] = r;
      if (host.isInexact) this.words[STATUS] |= FloatException.inexact;
    }
  }

  private hostSingle(operation: number, d: number, n: number, m: number): number {
    const { host } = this;
    switch (operation) {
      case FloatOperation.add:
        return host.addSingle(n, m);
      case FloatOperation.sub:
        return host.addSingle(n, -m);
      case FloatOperation.mul:
        return host.mulSingle(n, m);
      case FloatOperation.nmul:
        return -host.mulSingle(n, m);
      case FloatOperation.div:
        return host.divSingle(n, m);
      case FloatOperation.mac:
        return host.addSingle(d, host.mulSingle(n, m));
      case FloatOperation.nmac:
        return host.addSingle(d, -host.mulSingle(n, m));
      case FloatOperation.msc:
        return host.addSingle(-d, host.mulSingle(n, m));
      case FloatOperation.nmsc:
        return host.addSingle(-d, -host.mulSingle(n, m));
      default:
        return host.sqrtSingle(m);
    }
  }

  private computeDouble(operation: number, d: number, n: number, m: number): void {
    const { host, doubles, words } = this;
    // The bit is sticky: what is lost need not be known a second time.
    host.isInexact = (words[STATUS] & FloatException.inexact) !== 0;
    const r = this.hostDouble(operation, doubles[d], doubles[n], doubles[m]);
    if (Number.isNaN(r)) this.computeSoft(operation, true, d, n, m);
    else {
      doubles[d] = r;
      if (host.isInexact) words[STATUS] |= FloatException.inexact;
    }
  }

  private hostDouble(operation: number, d: number, n: number, m: number): number {
    const { host } = this;
    switch (operation) {
      case FloatOperation.add:
        return host.addDouble(n, m);
      case FloatOperation.sub:
        return host.addDouble(n, -m);
      case FloatOperation.mul:
        return host.mulDouble(n, m);
      case FloatOperation.nmul:
        return -host.mulDouble(n, m);
      case FloatOperation.div:
        return host.divDouble(n, m);
      case FloatOperation.mac:
        return host.addDouble(d, host.mulDouble(n, m));
      case FloatOperation.nmac:
        return host.addDouble(d, -host.mulDouble(n, m));
      case FloatOperation.msc:
        return host.addDouble(-d, host.mulDouble(n, m));
      case FloatOperation.nmsc:
        return host.addDouble(-d, -host.mulDouble(n, m));
      default:
        return host.sqrtDouble(m);
    }
  }

  private computeSoft(operation: number, isDouble: boolean, d: number, n: number, m: number): void {
    const soft = this.openSoft();
    const format = isDouble ? DOUBLE : SINGLE;
    if (operation === FloatOperation.sqrt) {
      this.setA(isDouble, m, 0);
      soft.sqrt(format);
    } else {
      this.setA(isDouble, n, 0);
      this.setB(isDouble, m);
      if (operation === FloatOperation.div) soft.div(format);
      else if (operation <= FloatOperation.sub) soft.add(format, operation === FloatOperation.sub);
      else this.multiplySoft(operation, isDouble, d);
    }
    this.closeSoft(isDouble, d);
  }

  /** The product and, for the accumulating ones, its sum with d: each rounded by itself. */
  private multiplySoft(operation: number, isDouble: boolean, d: number): void {
    const { soft } = this;
    const format = isDouble ? DOUBLE : SINGLE;
    soft.mul(format);
    const { nmul, nmac, mac, msc, nmsc } = FloatOperation;
    if (operation === nmul || operation === nmac || operation === nmsc) soft.high ^= SIGN;
    if (operation < mac) return;
    soft.setB(format, soft.high, soft.low);
    this.setA(isDouble, d, operation === msc || operation === nmsc ? SIGN : 0);
    soft.add(format, false);
  }

  private setA(isDouble: boolean, n: number, flippedSign: number): void {
    const w = this.words;
    if (isDouble) this.soft.setA(DOUBLE, w[n * 2 + 1] ^ flippedSign, w[n * 2]);
    else this.soft.setA(SINGLE, w[n] ^ flippedSign, 0);
  }

  private setB(isDouble: boolean, n: number): void {
    const w = this.words;
    if (isDouble) this.soft.setB(DOUBLE, w[n * 2 + 1], w[n * 2]);
    else this.soft.setB(SINGLE, w[n], 0);
  }

  private openSoft(): SoftFloat {
    const { soft } = this;
    const status = this.words[STATUS];
    soft.rounding = (status >>> Fpscr.roundingShift) & 3;
    soft.flushesToZero = (status & Fpscr.flushToZero) !== 0;
    soft.usesDefaultNaN = (status & Fpscr.defaultNaN) !== 0;
    soft.exceptions = 0;
    return soft;
  }

  private closeSoft(isDouble: boolean, d: number): void {
    const { soft, words } = this;
    if (isDouble) {
      words[d * 2] = soft.low;
      words[d * 2 + 1] = soft.high;
    } else words[d] = soft.high;
    words[STATUS] |= soft.exceptions;
  }

  /** The number in a register, flushed to zero when that is asked for. */
  private value(isDouble: boolean, n: number): number {
    const x = isDouble ? this.doubles[n] : this.singles[n];
    if ((this.words[STATUS] & Fpscr.flushToZero) === 0 || x === 0) return x;
    if (!(Math.abs(x) < (isDouble ? 2 ** -1022 : 2 ** -126))) return x;
    this.words[STATUS] |= FloatException.inputDenormal;
    return this.keepsFlushedSign && x < 0 ? -0 : 0;
  }

  private isSignalling(isDouble: boolean, n: number): boolean {
    const quietBit = isDouble ? 0x00080000 : 0x00400000;
    return (this.words[isDouble ? n * 2 + 1 : n] & quietBit) === 0;
  }

  /** Compares d with m, or with zero when m is negative; every NaN is invalid when `isSignalling`. */
  compare(isSignalling: boolean, isDouble: boolean, d: number, m: number): void {
    const a = this.value(isDouble, d);
    const b = m < 0 ? 0 : this.value(isDouble, m);
    const w = this.words;
    const order = a < b ? Order.less : a > b ? Order.greater : a === b ? Order.equal : Order.unordered;
    w[STATUS] = (w[STATUS] & ~Fpscr.flags) | (order << 28);
    if (order !== Order.unordered) return;
    const isInvalid =
      isSignalling ||
      (Number.isNaN(a) && this.isSignalling(isDouble, d)) ||
      (Number.isNaN(b) && this.isSignalling(isDouble, m));
    if (isInvalid) w[STATUS] |= FloatException.invalidOperation;
  }

  /** Converts; `isDouble` is the precision of m, or of d for a conversion from a word. Words are in S registers. */
  convert(conversion: number, isDouble: boolean, d: number, m: number): void {
    switch (conversion) {
      case FloatConversion.precision:
        if (isDouble) this.toSingle(d, m);
        else this.toDouble(d, m);
        return;
      case FloatConversion.fromUnsigned:
        this.fromWord(this.words[m] >>> 0, isDouble, d);
        return;
      case FloatConversion.fromSigned:
        this.fromWord(this.words[m], isDouble, d);
        return;
      default:
        this.toWord(conversion, this.value(isDouble, m), d);
    }
  }

  private toSingle(d: number, m: number): void {
    const { host, words } = this;
    host.isInexact = false;
    const r = (words[STATUS] & SOFT_ONLY) === 0 ? host.toSingle(this.doubles[m]) : Number.NaN;
    if (Number.isNaN(r)) {
      this.openSoft();
      this.setA(true, m, 0);
      this.soft.convert(SINGLE);
      this.closeSoft(false, d);
      return;
    }
    this.singles[d] = r;
    if (host.isInexact) words[STATUS] |= FloatException.inexact;
  }

  private toDouble(d: number, m: number): void {
    const x = this.value(false, m);
    if (!Number.isNaN(x)) {
      this.doubles[d] = x;
      return;
    }
    this.openSoft();
    this.setA(false, m, 0);
    this.soft.convert(DOUBLE);
    this.closeSoft(true, d);
  }

  private fromWord(word: number, isDouble: boolean, d: number): void {
    if (isDouble) {
      this.doubles[d] = word;
      return;
    }
    const r = roundedSingle(word, (this.words[STATUS] >>> Fpscr.roundingShift) & 3);
    this.singles[d] = r;
    if (r !== word) this.words[STATUS] |= FloatException.inexact;
  }

  private toWord(conversion: number, x: number, d: number): void {
    const w = this.words;
    const isUnsigned = conversion <= FloatConversion.toUnsignedZero;
    const isTruncating = conversion === FloatConversion.toUnsignedZero || conversion === FloatConversion.toSignedZero;
    const rounding = isTruncating ? Rounding.zero : (w[STATUS] >>> Fpscr.roundingShift) & 3;
    const whole = roundToInteger(x, rounding);
    const [least, most] = isUnsigned ? [0, 0xffffffff] : [-0x80000000, 0x7fffffff];
    if (whole >= least && whole <= most) {
      w[d] = whole;
      if (whole !== x) w[STATUS] |= FloatException.inexact;
      return;
    }
    w[STATUS] |= FloatException.invalidOperation;
    w[d] = whole < least ? least : whole > most ? most : 0;
  }
}
