/**
 * Sum, product, quotient and square root of unpacked numbers, exact but for a sticky last bit: 64 bits are at least ten
 * more than any format keeps, so a rounding of the result is the rounding of the exact value.
 */
import { compareSignificands, Kind, normalize, shiftRightSticky, type Unpacked } from "./unpacked.ts";

/** `result` = a + b for finite numbers; its kind is zero when they cancel. Changes the operand that is smaller. */
export function addExact(result: Unpacked, a: Unpacked, b: Unpacked): void {
  const order = a.exponent === b.exponent ? compareSignificands(a, b) : a.exponent - b.exponent;
  const [big, small] = order >= 0 ? [a, b] : [b, a];
  shiftRightSticky(small, big.exponent - small.exponent);
  result.kind = Kind.finite;
  result.sign = big.sign;
  result.exponent = big.exponent;
  if (a.sign === b.sign) {
    const low = (big.low >>> 0) + (small.low >>> 0);
    const high = (big.high >>> 0) + (small.high >>> 0) + (low > 0xffffffff ? 1 : 0);
    result.low = low | 0;
    result.high = high | 0;
    if (high <= 0xffffffff) return;
    shiftRightSticky(result, 1);
    result.high |= 0x80000000;
    result.exponent += 1;
    return;
  }
  result.low = (big.low - small.low) | 0;
  result.high = (big.high - small.high - (big.low >>> 0 < small.low >>> 0 ? 1 : 0)) | 0;
  if ((result.high | result.low) === 0) result.kind = Kind.zero;
  else normalize(result);
}

/** High word of the product of two words. */
function highProduct(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000);
}

/** `result` = a * b for finite numbers, the sign left alone. */
export function multiplyExact(result: Unpacked, a: Unpacked, b: Unpacked): void {
  // Four words, lowest first, from the four products of words.
  const w0 = Math.imul(a.low, b.low) >>> 0;
  const w1 = highProduct(a.low, b.low) + (Math.imul(a.high, b.low) >>> 0) + (Math.imul(a.low, b.high) >>> 0);
  const w2 =
    highProduct(a.high, b.low) +
    highProduct(a.low, b.high) +
    (Math.imul(a.high, b.high) >>> 0) +
    Math.floor(w1 / 0x1_0000_0000);
  result.high = (highProduct(a.high, b.high) + Math.floor(w2 / 0x1_0000_0000)) | 0;
  result.low = w2 | ((w0 | (w1 | 0)) === 0 ? 0 : 1);
  result.kind = Kind.finite;
  result.exponent = a.exponent + b.exponent + 1;
  normalize(result);
}

/** `result` = a / b for finite numbers, the sign left alone: long division, a bit at a time. */
export function divideExact(result: Unpacked, a: Unpacked, b: Unpacked): void {
  let [high, low] = [a.high >>> 0, a.low >>> 0];
  const [divisorHigh, divisorLow] = [b.high >>> 0, b.low >>> 0];
  result.exponent = a.exponent - b.exponent;
  let isLarge = false;
  const double = (): void => {
    isLarge = high >= 0x80000000;
    high = ((high << 1) | (low >>> 31)) >>> 0;
    low = (low << 1) >>> 0;
  };
  if (compareSignificands(a, b) < 0) {
    double();
    result.exponent -= 1;
  }
  let [quotientHigh, quotientLow] = [0, 0];
  for (let bit = 0; bit < 64; bit++) {
    quotientHigh = (quotientHigh << 1) | (quotientLow >>> 31);
    quotientLow <<= 1;
    if (isLarge || high > divisorHigh || (high === divisorHigh && low >= divisorLow)) {
      high = (high - divisorHigh - (low < divisorLow ? 1 : 0)) >>> 0;
      low = (low - divisorLow) >>> 0;
      quotientLow |= 1;
    }
    double();
  }
  result.kind = Kind.finite;
  result.high = quotientHigh;
  result.low = quotientLow | (high === 0 && low === 0 && !isLarge ? 0 : 1);
}

/** Bits of the root: two more than a double keeps, and a place for the sticky one. */
const ROOT_BITS = 56;

/** `result` = the square root of a positive finite number: digit by digit, two bits of the radicand a step. */
export function squareRootExact(result: Unpacked, a: Unpacked): void {
  // The radicand is 1.x or, for an odd exponent, 1x.x; `high:low` holds the pairs of bits that wait.
  const isOdd = (a.exponent & 1) !== 0;
  let [high, low] = isOdd ? [a.high, a.low] : [a.high >>> 1, (a.low >>> 1) | (a.high << 31)];
  let [restHigh, restLow, rootHigh, rootLow] = [0, 0, 0, 0];
  for (let bit = 0; bit < ROOT_BITS; bit++) {
    restHigh = ((restHigh << 2) | (restLow >>> 30)) >>> 0;
    restLow = ((restLow << 2) | (high >>> 30)) >>> 0;
    high = (high << 2) | (low >>> 30);
    low <<= 2;
    // A further one in the root takes 4 * root + 1 from the rest.
    const takeHigh = ((rootHigh << 2) | (rootLow >>> 30)) >>> 0;
    const takeLow = ((rootLow << 2) | 1) >>> 0;
    rootHigh = (rootHigh << 1) | (rootLow >>> 31);
    rootLow <<= 1;
    if (restHigh > takeHigh || (restHigh === takeHigh && restLow >= takeLow)) {
      restHigh = (restHigh - takeHigh - (restLow < takeLow ? 1 : 0)) >>> 0;
      restLow = (restLow - takeLow) >>> 0;
      rootLow |= 1;
    }
  }
  result.kind = Kind.finite;
  result.sign = 0;
  result.exponent = (a.exponent - (isOdd ? 1 : 0)) / 2;
  const shift = 64 - ROOT_BITS;
  result.high = (rootHigh << shift) | (rootLow >>> (32 - shift));
  result.low = (rootLow << shift) | ((restHigh | restLow) === 0 ? 0 : 1);
}
