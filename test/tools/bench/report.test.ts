import { describe, expect, it } from "vitest";
import { type Conditions, reportText } from "../../../tools/bench/report.ts";
import { summarize } from "../../../tools/bench/summary.ts";
import { givenConditions, givenSamples } from "./samples.ts";

const conditions: Conditions = givenConditions();

describe("report", () => {
  it("shows every figure with what it was measured on", () => {
    expect(reportText(summarize(givenSamples()), conditions, false)).toBe(
      `2026-01-02 03:04:05 UTC, commit abc1234, engine jit, Node v20.20.2, QEMU 7.2.22, Some CPU, 2 cores, load 0.25.
Guest of versatilepb: 0123, Linux 6.1.1; starts: best (median) of 1 lives of each machine, turn by turn.
Full workloads: best (median, first round) of 1 rounds in each life.
quiet night

Start       QEMU s      Komainu s  time ratio  of medians  of CPU time  M instructions
-----  -----------  -------------  ----------  ----------  -----------  --------------
cold   1.00 (1.00)    1.50 (1.50)        1.50        1.50         1.50            40.0
warm   1.00 (1.00)  0.050 (0.050)        0.05        0.05         0.05            40.0

Workload             QEMU s          Komainu s  speed  of medians  of first rounds  of CPU time  M instructions   MIPS  output
--------  -----------------  -----------------  -----  ----------  ---------------  -----------  --------------  -----  ------
sha256    1.00 (1.00, 1.00)  2.00 (2.00, 2.00)   0.50        0.50             0.50         0.50           200.0  100.0  equal

Speed against QEMU, geometric mean: 0.50 (of first rounds 0.50, by CPU time 0.50); lowest: 0.50.
Komainu over all workloads: 100.0 MIPS, 100.0 by CPU time.
A shell command that does nothing: QEMU 0.030 (0.030) s, Komainu 0.020 (0.020) s; in every workload's time, not taken out.
`,
    );
  });

  it("makes Markdown of the same tables", () => {
    const text = reportText(summarize(givenSamples()), conditions, true);
    expect(text).toContain("| Start | QEMU s | Komainu s | time ratio |");
    expect(text).toContain(
      "| sha256 | 1.00 (1.00, 1.00) | 2.00 (2.00, 2.00) | 0.50 | 0.50 | 0.50 | 0.50 | 200.0 | 100.0 | equal |",
    );
  });

  it("leaves out the workloads of a run that measured the boot alone", () => {
    const { komainu, qemu } = givenSamples();
    const bootOnly = (sessions: typeof komainu) => sessions.map(({ boot }) => ({ boot, workloads: [] }));
    const summary = summarize({ komainu: bootOnly(komainu), qemu: bootOnly(qemu), komainuWarm: [] });
    const text = reportText(summary, { ...conditions, note: "" }, false);
    expect(text).not.toContain("Workload ");
    expect(text.trimEnd().split("\n")).toHaveLength(6);
  });
});
