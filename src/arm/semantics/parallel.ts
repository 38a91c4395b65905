/**
 * Parallel addition and subtraction of halves and bytes, SEL, and sums of absolute differences (ARM DDI 0100I, A4.1).
 *
 * Field k is the prefix as encoded: 1 signed, 2 saturating, 3 halving, and 4 more for unsigned. The first and the fifth
 * set GE, one bit for each byte of the result; the others leave it.
 */
import type { Fields } from "../decode/index.ts";
import type { Ops } from "./ops.ts";

const isSigned = (f: Fields): boolean => f.k < 4;
const setsFlags = (f: Fields): boolean => (f.k & 3) === 1;

/** Lane `index` of `width` bits as a word. */
function lane<V>(o: Ops<V>, f: Fields, value: V, index: number, width: number): V {
  if (isSigned(f)) return o.sar(o.shl(value, 32 - width * (index + 1)), 32 - width);
  return o.and(o.shr(value, width * index), o.const(2 ** width - 1));
}

/** What the prefix makes of the exact sum or difference; only the low `width` bits count. */
function finish<V>(o: Ops<V>, f: Fields, sum: V, width: number): V {
  switch (f.k) {
    case 2:
      return o.clampSigned(sum, width);
    case 6:
      return o.clampUnsigned(sum, width);
    case 3:
    case 7:
      return o.sar(sum, 1);
    default:
      return sum;
  }
}

/** All ones when the lane sets its GE bits: it is not negative, or for an unsigned addition it has a carry. */
function greaterOrEqual<V>(o: Ops<V>, f: Fields, sum: V, width: number, isDifference: boolean): V {
  if (isSigned(f) || isDifference) return o.sar(o.not(sum), 31);
  return o.sar(o.shl(sum, 31 - width), 31);
}

/** Writes the result of two exact lanes; a letter of `signs` is `-` for a difference, the low lane first. */
function writeHalves<V>(o: Ops<V>, f: Fields, low: V, high: V, signs: string): void {
  if (setsFlags(f)) {
    const lowFlags = o.and(greaterOrEqual(o, f, low, 16, signs[0] === "-"), o.const(3));
    const highFlags = o.and(greaterOrEqual(o, f, high, 16, signs[1] === "-"), o.const(12));
    o.setFlagsGE(o.or(lowFlags, highFlags));
  }
  const lowHalf = o.and(finish(o, f, low, 16), o.const(0xffff));
  o.writeReg(f.d, o.or(lowHalf, o.shl(finish(o, f, high, 16), 16)));
}

const half = <V>(o: Ops<V>, f: Fields, register: number, index: number): V => lane(o, f, o.reg(register), index, 16);

export function parallelAdd16<V>(o: Ops<V>, f: Fields): void {
  const low = o.add(half(o, f, f.n, 0), half(o, f, f.m, 0));
  writeHalves(o, f, low, o.add(half(o, f, f.n, 1), half(o, f, f.m, 1)), "++");
}

export function parallelSub16<V>(o: Ops<V>, f: Fields): void {
  const low = o.sub(half(o, f, f.n, 0), half(o, f, f.m, 0));
  writeHalves(o, f, low, o.sub(half(o, f, f.n, 1), half(o, f, f.m, 1)), "--");
}

/** The halves of m exchanged: sum above, difference below. */
export function parallelAsx<V>(o: Ops<V>, f: Fields): void {
  const low = o.sub(half(o, f, f.n, 0), half(o, f, f.m, 1));
  writeHalves(o, f, low, o.add(half(o, f, f.n, 1), half(o, f, f.m, 0)), "-+");
}

/** The halves of m exchanged: difference above, sum below. */
export function parallelSax<V>(o: Ops<V>, f: Fields): void {
  const low = o.add(half(o, f, f.n, 0), half(o, f, f.m, 1));
  writeHalves(o, f, low, o.sub(half(o, f, f.n, 1), half(o, f, f.m, 0)), "+-");
}

function parallelBytes<V>(o: Ops<V>, f: Fields, isDifference: boolean): void {
  const n = o.reg(f.n);
  const m = o.reg(f.m);
  let result = o.const(0);
  let flags = o.const(0);
  for (let index = 0; index < 4; index++) {
    const first = lane(o, f, n, index, 8);
    const second = lane(o, f, m, index, 8);
    const sum = isDifference ? o.sub(first, second) : o.add(first, second);
    if (setsFlags(f)) {
      flags = o.or(flags, o.and(greaterOrEqual(o, f, sum, 8, isDifference), o.const(1 << index)));
    }
    result = o.or(result, o.shl(o.and(finish(o, f, sum, 8), o.const(0xff)), 8 * index));
  }
  if (setsFlags(f)) o.setFlagsGE(flags);
  o.writeReg(f.d, result);
}

export function parallelAdd8<V>(o: Ops<V>, f: Fields): void {
  parallelBytes(o, f, false);
}

export function parallelSub8<V>(o: Ops<V>, f: Fields): void {
  parallelBytes(o, f, true);
}

/** Each byte comes from n where its GE bit is set, else from m. */
export function sel<V>(o: Ops<V>, f: Fields): void {
  // The product has GE bit i at bit 8 * i, and the last one fills the byte.
  const spread = o.and(o.mul(o.flagsGE(), o.const(0x00204081)), o.const(0x01010101));
  const mask = o.mul(spread, o.const(0xff));
  o.writeReg(f.d, o.or(o.and(o.reg(f.n), mask), o.and(o.reg(f.m), o.not(mask))));
}

/** Sum of the absolute differences of the four bytes of m and s. */
function sumOfDifferences<V>(o: Ops<V>, f: Fields): V {
  let sum = o.const(0);
  for (let shift = 0; shift < 32; shift += 8) {
    const first = o.and(o.shr(o.reg(f.m), shift), o.const(0xff));
    const difference = o.sub(first, o.and(o.shr(o.reg(f.s), shift), o.const(0xff)));
    const sign = o.sar(difference, 31);
    sum = o.add(sum, o.sub(o.xor(difference, sign), sign));
  }
  return sum;
}

export function usad8<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, sumOfDifferences(o, f));
}

export function usada8<V>(o: Ops<V>, f: Fields): void {
  o.writeReg(f.d, o.add(sumOfDifferences(o, f), o.reg(f.n)));
}
