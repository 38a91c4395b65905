/**
 * Exact conversion between nanoseconds and the ticks of a clock, without 64-bit integers.
 *
 * A rate is the reduced fraction ticks/ns = numerator/denominator. A time is split into whole multiples of the
 * denominator and a rest, so that no product passes 2^53 for any time below 2^53 ns (104 days). Where numerator times
 * denominator itself is larger (an odd rate behind a prescaler), the last tick may be early or late by rounding,
 * in the same way on every run.
 */
const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

export class TickRate {
  private readonly numerator: number;
  private readonly denominator: number;

  constructor(clockHz: number, prescale = 1) {
    const divisor = greatestCommonDivisor(clockHz, 1_000_000_000 * prescale);
    this.numerator = clockHz / divisor;
    this.denominator = (1_000_000_000 * prescale) / divisor;
  }

  /** Whole ticks in `durationNs`. */
  ticks(durationNs: number): number {
    const whole = Math.floor(durationNs / this.denominator);
    if (this.numerator === 1) return whole;
    const restNs = durationNs - whole * this.denominator;
    return whole * this.numerator + Math.floor((restNs * this.numerator) / this.denominator);
  }

  /** The first instant, in whole nanoseconds, at which `ticks` ticks have passed. */
  durationNs(ticks: number): number {
    const whole = Math.floor(ticks / this.numerator);
    const rest = ticks - whole * this.numerator;
    return whole * this.denominator + Math.ceil((rest * this.denominator) / this.numerator);
  }
}
