import { describe, expect, it } from "vitest";
import { TickRate } from "../../src/devices/tick-rate.ts";

/** What the conversion promises, in integers of any size. */
const exactTicks = (clockHz: number, prescale: number, ns: number): number =>
  Number((BigInt(ns) * BigInt(clockHz)) / (1_000_000_000n * BigInt(prescale)));
const exactNs = (clockHz: number, prescale: number, ticks: number): number => {
  const numerator = BigInt(ticks) * 1_000_000_000n * BigInt(prescale);
  return Number((numerator + BigInt(clockHz) - 1n) / BigInt(clockHz));
};

const rates: [number, number][] = [
  [1_000_000, 1],
  [1_000_000, 256],
  [24_000_000, 1],
  [32_768, 16],
  [19_200_000, 1],
  [62_500_000, 1],
];
const timesNs = [0, 1, 41, 42, 999, 1000, 1001, 123_456_789, 4_294_967_295_999, 86_400_000_000_001, 2 ** 52 + 1];

describe("TickRate", () => {
  it.each(rates)("counts the whole ticks of %d Hz / %d exactly", (clockHz, prescale) => {
    const rate = new TickRate(clockHz, prescale);
    for (const ns of timesNs) expect(rate.ticks(ns)).toBe(exactTicks(clockHz, prescale, ns));
  });

  it.each(rates)("gives the first nanosecond of a tick of %d Hz / %d", (clockHz, prescale) => {
    const rate = new TickRate(clockHz, prescale);
    for (const ticks of [0, 1, 2, 3, 999, 65_535, 4_294_967_295]) {
      const ns = rate.durationNs(ticks);
      expect(ns).toBe(exactNs(clockHz, prescale, ticks));
      expect(rate.ticks(ns)).toBe(ticks);
      if (ticks > 0) expect(rate.ticks(ns - 1)).toBe(ticks - 1);
    }
  });

  it("takes fractions of a nanosecond as not yet passed", () => {
    expect(new TickRate(1_000_000).ticks(1999.75)).toBe(1);
  });
});
