import { describe, expect, it } from "vitest";
import { githubAnnotations, githubSummary } from "../../src/scenario/report-github.ts";
import { report, results } from "./sample-report.ts";

describe("results for GitHub", () => {
  it("point at the line of the step, with what would end a command escaped", () => {
    const lines = githubAnnotations(report).trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^::error file=t\.yaml,line=9,col=7,title=bad <"name">::t\.yaml:9:7 /);
    expect(lines[0]).toContain("%0A");
    expect(lines[0]).toContain("100%25,");
  });

  it("are as many annotations as GitHub shows", () => {
    const many = { ...report, results: Array.from({ length: 30 }, () => results[2]) };
    expect(githubAnnotations(many).trimEnd().split("\n")).toHaveLength(10);
  });

  it("have all of it in the summary, names without markup, within GitHub's bound", () => {
    const summary = githubSummary(report);
    expect(summary).toContain("2 of 5 scenarios passed, 2 failed");
    expect(summary).toContain('| failed | tiny | bad \\<"name"\\> | 0.25 s | 0.50 s |');
    const long = { ...report, results: Array.from({ length: 9_000 }, () => results[2]) };
    expect(Buffer.byteLength(githubSummary(long))).toBeLessThan(1 << 20);
  });
});
