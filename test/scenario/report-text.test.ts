import { describe, expect, it } from "vitest";
import { resultText, summaryText } from "../../src/scenario/report-text.ts";
import { report, results } from "./sample-report.ts";

describe("results for people", () => {
  it("take a line each, and what is known of a failure below it", () => {
    expect(resultText(results[0], { isColored: false })).toBe(
      "pass  tiny: good (0.25 s, 0.50 s of the guest's time)\n",
    );
    expect(resultText(results[1], { isColored: false })).toContain("attempt 2");
    expect(resultText(results[2], { isColored: false })).toMatch(
      /^FAIL {2}tiny: .*\n {6}t\.yaml:9:7 \(expect\): expected/,
    );
    expect(resultText(results[0], { isColored: true })).toMatch(/^\x1b\[32mpass\x1b\[0m/);
  });

  it("end with a line of totals", () => {
    expect(summaryText(report)).toBe(
      "5 scenarios: 2 passed, 1 failed, 1 could not be run, 1 interrupted, 1 only when tried again, in 1.50 s\n",
    );
  });
});
