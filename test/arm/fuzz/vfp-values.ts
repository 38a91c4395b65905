/** Words for VFP registers: every kind of number, and those that are near a boundary of rounding or of a format. */
import type { Random } from "./random.ts";

/** Exponent, relative to the bias, that numbers of one case gather around, so that they meet in sums. */
export interface ValueStyle {
  readonly random: Random;
  readonly center: number;
}

const specialFractions = [0, 1, 2, 3, -1, -2, -3];

/** A fraction of `bits` bits, 32 at most: random, with few bits at an end, or around a half. */
function fraction(random: Random, bits: number): number {
  const all = bits === 32 ? 0xffffffff : (1 << bits) - 1;
  const word = random.word();
  switch (random.below(6)) {
    case 0:
      return (random.pick(specialFractions) & all) >>> 0;
    case 1:
      // Ones at the high end, so that products and sums are exact or halfway.
      return ((word << random.below(bits)) & all) >>> 0;
    case 2:
      return (word & all) >>> random.below(bits);
    case 3:
      return (((1 << random.below(bits)) + random.pick([0, 0, 1, -1])) & all) >>> 0;
    default:
      return (word & all) >>> 0;
  }
}

/** A biased exponent: near the case's center, at the ends of the range, or that of a word's size. */
function exponent({ random, center }: ValueStyle, bias: number, most: number): number {
  const clamp = (e: number) => Math.max(0, Math.min(most, e));
  switch (random.below(8)) {
    case 0:
      return random.pick([0, 0, 1, 2, most - 2, most - 1, most]);
    case 1:
      return bias + random.below(36) - 2;
    case 2:
      return clamp(random.below(most + 1));
    case 3:
      // Products and quotients of these end near the smallest normal number or the largest.
      return clamp((bias >> 1) + random.pick([0, bias]) + random.below(9) - 4);
    default:
      return clamp(bias + center + random.below(8) - 4);
  }
}

export function singleWord(style: ValueStyle): number {
  const { random } = style;
  if (random.oneIn(12)) return random.word();
  const sign = random.below(2) * 0x80000000;
  if (random.oneIn(10))
    return (sign + random.pick([0, 0x7f800000, 0x3f800000, 0x7f800001, 0x7fc00000, 0xffffff])) >>> 0;
  return (sign + exponent(style, 127, 255) * 0x800000 + fraction(random, 23)) >>> 0;
}

/** A double as its high and its low word. */
export function doubleWords(style: ValueStyle): [high: number, low: number] {
  const { random } = style;
  if (random.oneIn(12)) return [random.word(), random.word()];
  const sign = random.below(2) * 0x80000000;
  if (random.oneIn(10)) {
    const high = random.pick([0, 0x7ff00000, 0x3ff00000, 0x7ff80000, 0x7ff00000, 0x000fffff]);
    return [(sign + high) >>> 0, random.oneIn(2) ? 0 : random.pick([1, 0xffffffff, 0x80000000])];
  }
  // As wide as a single, halfway between two of them, or of any fraction.
  const isSingle = random.oneIn(3);
  const low = isSingle
    ? ((random.word() & 0xe0000000) | random.pick([0, 0x10000000, 0x10000001, 0x0fffffff])) >>> 0
    : random.oneIn(3)
      ? 0
      : fraction(random, 32);
  const field = isSingle && random.oneIn(3) ? 1023 - 127 + random.below(256) - 24 : exponent(style, 1023, 2047);
  return [(sign + field * 0x100000 + fraction(random, 20)) >>> 0, low];
}
