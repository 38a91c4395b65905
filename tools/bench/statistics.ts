/** The few statistics a benchmark quotes. */
import { assert } from "../../src/base/index.ts";

/** The smallest value: of repeated timings, the one that the rest of the machine disturbed least. */
export function best(values: readonly number[]): number {
  assert(values.length > 0, "a best value needs values");
  return Math.min(...values);
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  assert(values.length > 0, "a median needs values");
  const sorted = [...values].sort((a, b) => a - b);
  const upper = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[upper] : (sorted[upper - 1] + sorted[upper]) / 2;
}

/** The mean for ratios: twice as fast in one and half as fast in another come out as 1. */
export function geometricMean(ratios: readonly number[]): number {
  assert(ratios.length > 0 && ratios.every((ratio) => ratio > 0), "a geometric mean needs ratios above 0");
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}
