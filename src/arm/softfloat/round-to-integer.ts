/** Rounding of host numbers to whole ones and of words to singles, in the four modes. */
import { Rounding } from "./formats.table.ts";

function nearestEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** NaN and infinities stay. */
export function roundToInteger(x: number, rounding: number): number {
  switch (rounding) {
    case Rounding.nearest:
      return nearestEven(x);
    case Rounding.plusInfinity:
      return Math.ceil(x);
    case Rounding.minusInfinity:
      return Math.floor(x);
    default:
      return Math.trunc(x);
  }
}

/** The single that stands for a whole number below 2^32 in magnitude. */
export function roundedSingle(word: number, rounding: number): number {
  const nearest = Math.fround(word);
  if (rounding === Rounding.nearest || nearest === word) return nearest;
  // In units of the last place the number is a fraction that rounds to a whole.
  const magnitude = Math.abs(word);
  const unit = 2 ** (31 - Math.clz32(magnitude) - 23);
  return roundToInteger(word / unit, rounding) * unit;
}
