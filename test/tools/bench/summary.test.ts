import { describe, expect, it } from "vitest";
import type { SessionSample, WorkloadSample } from "../../../tools/bench/sample.ts";
import { judgeOutputs, summarize } from "../../../tools/bench/summary.ts";

type Times = Record<string, number>;

const workload = (name: string, wallSeconds: number, more: Partial<WorkloadSample> = {}): WorkloadSample => ({
  name,
  round: 1,
  wallSeconds,
  cpuSeconds: wallSeconds / 2,
  output: "done\n",
  status: 0,
  ...more,
});

function session(bootSeconds: number, times: Times = {}, instructions?: number): SessionSample {
  return {
    boot: { wallSeconds: bootSeconds, cpuSeconds: bootSeconds / 2, instructions },
    workloads: Object.entries(times).map(([name, seconds]) => workload(name, seconds, { instructions })),
  };
}

describe("summary of samples", () => {
  it("compares the best times, and quotes the medians", () => {
    const { workloads } = summarize({
      qemu: [session(1, { md5: 2 }), session(1, { md5: 1 }), session(1, { md5: 3 })],
      komainu: [session(1, { md5: 8 }), session(1, { md5: 4 }), session(1, { md5: 5 })],
      komainuWarm: [],
    });
    expect(workloads).toHaveLength(1);
    expect(workloads[0]).toMatchObject({ name: "md5", speed: 0.25, medianSpeed: 0.4, cpuSpeed: 0.25 });
    expect(workloads[0].komainu).toEqual({ bestSeconds: 4, medianSeconds: 5, bestCpuSeconds: 2, firstSeconds: 4 });
  });

  it("compares the first rounds by themselves, and takes the best of all rounds", () => {
    const life = (times: readonly number[]): SessionSample => ({
      ...session(1),
      workloads: times.map((seconds, i) =>
        workload("md5", seconds, { round: i + 1, instructions: i === 0 ? 300e6 : 200e6 }),
      ),
    });
    const { workloads, total, isSound } = summarize({
      qemu: [life([2, 1]), life([3, 1])],
      komainu: [life([8, 0.5]), life([4, 1])],
      komainuWarm: [],
    });
    expect(workloads[0]).toMatchObject({ speed: 2, firstSpeed: 0.5, instructions: 200e6, mips: 400 });
    expect([total?.firstGeometricMean, isSound]).toEqual([0.5, true]);
  });

  it("gives a boot as Komainu's time by QEMU's, and a warm one only when there was one", () => {
    const cold = { qemu: [session(1), session(2)], komainu: [session(3, {}, 40e6), session(4, {}, 40e6)] };
    const { boots, total, roundTrip, isSound } = summarize({ ...cold, komainuWarm: [] });
    expect(boots).toMatchObject([{ kind: "cold", timeRatio: 3, instructions: 40e6 }]);
    expect(boots[0].medianTimeRatio).toBeCloseTo(3.5 / 1.5, 12);
    expect([total, roundTrip, isSound]).toEqual([undefined, undefined, true]);
    const warm = summarize({ ...cold, komainuWarm: [session(0.5)] });
    expect(warm.boots[1]).toMatchObject({ kind: "warm", timeRatio: 0.5 });
  });

  it("sums up speeds by their geometric mean and lowest, and MIPS over all instructions", () => {
    const { total } = summarize({
      qemu: [session(1, { sha256: 1, md5: 4 })],
      komainu: [session(1, { sha256: 2, md5: 2 }, 100e6)],
      komainuWarm: [],
    });
    expect(total?.geometricMean).toBeCloseTo(1, 12);
    expect(total).toMatchObject({ minimum: 0.5, mips: 50, mipsOfCpu: 100 });
  });

  it("compares a count's times for each thing counted", () => {
    const found = (seconds: number, output: string): SessionSample => ({
      ...session(1),
      workloads: [workload("find", seconds, { output })],
    });
    const { workloads } = summarize({ qemu: [found(2, "4000\n")], komainu: [found(2, "4400\n")], komainuWarm: [] });
    expect(workloads[0].speed).toBeCloseTo(1.1, 12);
    expect(workloads[0]).toMatchObject({ verdict: "4000 and 4400", isSound: true });
  });

  it("is not sound when one workload's output is different", () => {
    const samples = {
      qemu: [session(1, { md5: 1 })],
      komainu: [{ ...session(1), workloads: [workload("md5", 1, { output: "other\n" })] }],
      komainuWarm: [],
    };
    expect(summarize(samples)).toMatchObject({ isSound: false, workloads: [{ verdict: "DIFFERENT" }] });
  });
});

describe("judging outputs", () => {
  const judge = (ours: Partial<WorkloadSample>[], theirs: Partial<WorkloadSample>[], isCount?: true) =>
    judgeOutputs(
      { isCount },
      ours.map((more) => workload("md5", 1, more)),
      theirs.map((more) => workload("md5", 1, more)),
    );

  it("takes equal text as the same work", () => {
    expect(judge([{}, {}], [{}])).toEqual({ verdict: "equal", isSound: true });
  });

  it("sees a failed command, output that changes, instructions that change, and no output", () => {
    expect(judge([{}], [{ status: 127 }])).toMatchObject({ verdict: "exit status 127", isSound: false });
    expect(judge([{ output: "1\n" }, { output: "2\n" }], [{}])).toMatchObject({ isSound: false });
    expect(judge([{}], [{ output: "1\n" }, { output: "2\n" }])).toMatchObject({ isSound: false });
    expect(judge([{ instructions: 1 }, { instructions: 2 }], [{}]).verdict).toContain("instruction count");
    expect(judge([{ output: "\n" }], [{ output: "\n" }])).toMatchObject({ verdict: "no output", isSound: false });
  });

  it("refuses counts that are far apart or none", () => {
    expect(judge([{ output: "100\n" }], [{ output: "130\n" }], true)).toMatchObject({ isSound: false });
    expect(judge([{ output: "130\n" }], [{ output: "100\n" }], true)).toMatchObject({ isSound: false });
    expect(judge([{ output: "a\n" }], [{ output: "a\n" }], true)).toMatchObject({ isSound: false });
    expect(judge([{ output: "0\n" }], [{ output: "0\n" }], true)).toMatchObject({ isSound: false });
  });
});
