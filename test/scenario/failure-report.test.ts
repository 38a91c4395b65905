import { describe, expect, it } from "vitest";
import { type Failure, failureLines } from "../../src/scenario/failure-report.ts";

const failure: Failure = {
  kind: "timeout",
  message: 'expected "login:", found that it did not come',
  place: { path: "a.yaml", line: 3, column: 9 },
  verb: "expect",
  lastLines: [{ text: "boot", atNs: 1e9, isPast: false }],
  nearest: { text: "logn:", atNs: 1.5e9, isPast: true },
  virtualNs: 2e9,
  hostMs: 1234,
  instructions: 77,
  pc: "0xC0008000 stext+0x0",
  vcpu: "Paused",
  journal: "j/a.journal",
};

describe("failureLines", () => {
  it("tells place, step, nearest line, console, both times, program counter and journal", () => {
    expect(failureLines(failure)).toEqual([
      'a.yaml:3:9 (expect): expected "login:", found that it did not come',
      "nearest line, at 1.500 s, which an earlier step had passed already: logn:",
      "the console ended with:",
      "  | boot",
      "at 2.000 s of the guest's time, instruction 77, after 1.2 s of the host's",
      "the guest's CPU (Paused) was at 0xC0008000 stext+0x0",
      "journal: komainu replay j/a.journal",
    ]);
  });

  it("says less where less is known", () => {
    const bare = {
      ...failure,
      nearest: undefined,
      lastLines: [],
      journal: undefined,
      verb: undefined,
      code: "board-unknown",
    };
    expect(failureLines(bare).slice(0, 2)).toEqual([
      'a.yaml:3:9: expected "login:", found that it did not come [board-unknown]',
      "the console showed nothing",
    ]);
  });
});
