import { describe, expect, it } from "vitest";
import { best, geometricMean, median } from "../../../tools/bench/statistics.ts";

describe("statistics of a benchmark", () => {
  it("takes the smallest timing as the best", () => {
    expect(best([3, 1, 2])).toBe(1);
  });

  it("takes the middle of an odd count and the mean of the two middle ones of an even count", () => {
    expect(median([10, 1, 3])).toBe(3);
    expect(median([10, 1, 3, 4])).toBe(3.5);
    expect(median([7])).toBe(7);
  });

  it("leaves its input in order", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it("makes twice as fast and half as fast a mean of 1", () => {
    expect(geometricMean([2, 0.5])).toBeCloseTo(1, 12);
    expect(geometricMean([1, 10, 100])).toBeCloseTo(10, 12);
  });

  it("refuses to make a mean of nothing, or of a ratio that is none", () => {
    expect(() => geometricMean([])).toThrow(/assertion failed/);
    expect(() => geometricMean([1, 0])).toThrow(/assertion failed/);
    expect(() => geometricMean([1, Number.NaN])).toThrow(/assertion failed/);
    expect(() => best([])).toThrow(/assertion failed/);
    expect(() => median([])).toThrow(/assertion failed/);
  });
});
