import { describe, expect, it } from "vitest";
import { checks, formatSummary, runCheck, summaryJson, verdictOf } from "../../src/ids/index.ts";
import { openKernel } from "../../src/linux/index.ts";
import { SyntheticKernel } from "../linux/synthetic-kernel.ts";

const reportsOf = (change: (guest: SyntheticKernel) => void) => {
  const guest = new SyntheticKernel();
  const kernel = openKernel(guest.source);
  change(guest);
  return ["plist", "syscall", "lsof"].map((id) => {
    const check = checks.find((candidate) => candidate.id === id);
    if (check === undefined) throw new Error(id);
    return runCheck(check, kernel);
  });
};

describe("the summary of checks", () => {
  it("has a line a check, reasons below, and what could not be told as verdict", () => {
    const reports = reportsOf(() => {});
    const lines = formatSummary(reports);
    expect(lines[0]).toMatch(/^plist {6}clean {8}processes: 7 rows, \d+ loads$/);
    expect(lines.find((line) => line.startsWith("lsof"))).toMatch(/cannot tell/);
    expect(lines.some((line) => line.startsWith("  cannot tell: task_struct.files"))).toBe(true);
    expect(lines.at(-1)).toBe("verdict: cannot tell (2 clean, 0 FINDING, 1 cannot tell)");
    expect([verdictOf(reports), verdictOf(reports.slice(0, 2)), verdictOf([])]).toEqual([
      "cannot-tell",
      "clean",
      "clean",
    ]);
  });

  it("lets a finding outweigh the rest", () => {
    const reports = reportsOf((guest) => guest.word(guest.syscallTable + 44, 0xbf000000));
    expect(formatSummary(reports).some((line) => line.includes("critical: slot 11 points to bf000000"))).toBe(true);
    expect(summaryJson(reports)).toMatchObject({
      verdict: "finding",
      checks: [{ check: "plist" }, { check: "syscall" }, {}],
    });
  });
});
