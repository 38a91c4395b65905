/** A report with one result of every kind, and texts that no format takes as they are. */
import type { Report } from "../../src/scenario/report.ts";
import type { ScenarioResult } from "../../src/scenario/runner.ts";

const base = {
  board: "tiny",
  place: "t.yaml:3:5",
  stepCount: 2,
  stepsDone: 2,
  virtualNs: 5e8,
  instructions: 10,
  hostMs: 250,
};
const failure = {
  kind: "assertion" as const,
  message: 'expected "<a> & b", found \x1b[31mred\x00',
  place: { path: "t.yaml", line: 9, column: 7 },
  verb: "expect",
  lastLines: [{ text: "]]> | `x` 100%,\r", atNs: 0, isPast: false }],
  virtualNs: 1e9,
  hostMs: 10,
  instructions: 5,
  pc: "0x0",
  vcpu: "Ready",
};

export const results: readonly ScenarioResult[] = [
  { ...base, name: "good", verdict: "passed" },
  { ...base, name: "flaky", verdict: "passed", attempts: 2 },
  { ...base, name: 'bad <"name">', verdict: "failed", failure },
  {
    ...base,
    name: "unrun",
    verdict: "failed",
    failure: { ...failure, kind: "error", code: "guest-missing", exitCode: 3 },
  },
  { ...base, name: "stopped", verdict: "interrupted" },
];

export const report: Report = { results, hostMs: 1500, startMs: Date.UTC(2026, 0, 2, 3, 4, 5) };
