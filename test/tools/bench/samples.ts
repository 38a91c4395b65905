/** Samples and conditions as one run gives them, for tests. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Conditions } from "../../../tools/bench/report.ts";
import type { SessionSample, Timing } from "../../../tools/bench/sample.ts";

const timing = (seconds: number): Timing => ({ wallSeconds: seconds, cpuSeconds: seconds });

function session(boot: number, roundTrip: number, sha256: number, instructions?: number): SessionSample {
  return {
    boot: { ...timing(boot), instructions: instructions === undefined ? undefined : 40e6 },
    roundTrip: timing(roundTrip),
    workloads: [{ name: "sha256", round: 1, ...timing(sha256), output: "e3b0  -\n", status: 0, instructions }],
  };
}

export const givenSamples = () => ({
  komainu: [session(1.5, 0.02, 2, 200e6)],
  komainuWarm: [{ boot: { ...timing(0.05), instructions: 40e6 }, workloads: [] }],
  qemu: [session(1, 0.03, 1)],
});

export const givenConditions = (): Conditions => ({
  host: {
    date: "2026-01-02 03:04:05",
    commit: "abc1234",
    node: "v20.20.2",
    qemu: "7.2.22",
    cpu: "Some CPU",
    cores: 2,
    load: 0.25,
  },
  board: "versatilepb",
  engine: "jit",
  guest: "0123, Linux 6.1.1",
  repeatCount: 1,
  roundCount: 1,
  isQuick: false,
  note: "quiet night",
});

/** An empty folder that goes away with the test. */
export function givenFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "komainu-bench-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
