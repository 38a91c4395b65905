/** From samples of the two machines to the figures that are quoted. */
import type { SessionSample, Timing, WorkloadSample } from "./sample.ts";
import { best, geometricMean, median } from "./statistics.ts";
import { type Workload, workloads } from "./workload.table.ts";

/** How far two counts of things in different machines may be apart for their times to be compared at all. */
const MAX_COUNT_RATIO = 1.25;

export interface Spread {
  bestSeconds: number;
  medianSeconds: number;
  bestCpuSeconds: number;
}

export type BootKind = "cold" | "warm" | "restored";

export interface BootComparison {
  /** `cold`: nothing kept. `warm`: with the compiled code of an earlier start. `restored`: with its booted machine too. */
  kind: BootKind;
  komainu: Spread;
  qemu: Spread;
  /** Komainu's time by QEMU's: below 1 is faster than QEMU. */
  timeRatio: number;
  medianTimeRatio: number;
  cpuTimeRatio: number;
  instructions?: number;
}

/** Of the first rounds alone, the best: what compiling costs is in them. */
interface RoundSpread extends Spread {
  firstSeconds: number;
}

export interface WorkloadComparison {
  name: string;
  komainu: RoundSpread;
  qemu: RoundSpread;
  /** QEMU's time by Komainu's: above 1 is faster than QEMU. For a count, of the times for each thing counted. */
  speed: number;
  firstSpeed: number;
  medianSpeed: number;
  cpuSpeed: number;
  instructions?: number;
  /** Guest instructions in a microsecond of Komainu's best time. */
  mips?: number;
  /** `equal`, what was counted, or what is wrong. */
  verdict: string;
  isSound: boolean;
}

export interface Summary {
  boots: BootComparison[];
  roundTrip?: { komainu: Spread; qemu: Spread };
  workloads: WorkloadComparison[];
  /** Over the workloads; left out when none was run. */
  total?: {
    geometricMean: number;
    firstGeometricMean: number;
    cpuGeometricMean: number;
    minimum: number;
    mips: number;
    mipsOfCpu: number;
  };
  isSound: boolean;
}

export interface Samples {
  komainu: readonly SessionSample[];
  komainuRestored?: readonly SessionSample[];
  komainuWarm: readonly SessionSample[];
  qemu: readonly SessionSample[];
}

export function spreadOf(timings: readonly Timing[]): Spread {
  const wall = timings.map(({ wallSeconds }) => wallSeconds);
  return {
    bestSeconds: best(wall),
    medianSeconds: median(wall),
    bestCpuSeconds: best(timings.map(({ cpuSeconds }) => cpuSeconds)),
  };
}

function roundSpreadOf(samples: readonly WorkloadSample[]): RoundSpread {
  const first = samples.filter(({ round }) => round === 1);
  return { ...spreadOf(samples), firstSeconds: best(first.map(({ wallSeconds }) => wallSeconds)) };
}

/** Rounds may differ, as a kernel fills its caches; the same round of another life may not. */
function isRepeatable(samples: readonly WorkloadSample[]): boolean {
  const counts = new Map<number, number | undefined>();
  for (const { round, instructions } of samples) {
    if (counts.has(round) && counts.get(round) !== instructions) return false;
    counts.set(round, instructions);
  }
  return true;
}

function compareBoots(kind: BootKind, samples: readonly SessionSample[], qemu: Spread): BootComparison {
  const komainu = spreadOf(samples.map(({ boot }) => boot));
  return {
    kind,
    komainu,
    qemu,
    timeRatio: komainu.bestSeconds / qemu.bestSeconds,
    medianTimeRatio: komainu.medianSeconds / qemu.medianSeconds,
    cpuTimeRatio: komainu.bestCpuSeconds / qemu.bestCpuSeconds,
    instructions: samples[0].boot.instructions,
  };
}

/** Why the outputs are no results of the same work, or what is said of them when they are. */
export function judgeOutputs(
  workload: Pick<Workload, "isCount">,
  komainu: readonly WorkloadSample[],
  qemu: readonly WorkloadSample[],
): { verdict: string; isSound: boolean; counts?: { komainu: number; qemu: number } } {
  const failed = [...komainu, ...qemu].find(({ status }) => status !== 0);
  if (failed !== undefined) return { verdict: `exit status ${failed.status}`, isSound: false };
  const [ours, theirs] = [komainu, qemu].map((samples) => [...new Set(samples.map(({ output }) => output))]);
  if (ours.length > 1 || theirs.length > 1) return { verdict: "differs between runs", isSound: false };
  if (!isRepeatable(komainu)) {
    return { verdict: "instruction count differs between runs", isSound: false };
  }
  if (ours[0].trim() === "") return { verdict: "no output", isSound: false };
  if (workload.isCount !== true) {
    const isEqual = ours[0] === theirs[0];
    return { verdict: isEqual ? "equal" : "DIFFERENT", isSound: isEqual };
  }
  const counts = { komainu: Number(ours[0]), qemu: Number(theirs[0]) };
  const ratio = counts.komainu / counts.qemu;
  const isNear = counts.qemu > 0 && ratio <= MAX_COUNT_RATIO && ratio >= 1 / MAX_COUNT_RATIO;
  const verdict = `${theirs[0].trim()} and ${ours[0].trim()}`;
  return isNear ? { verdict, isSound: true, counts } : { verdict: `NOT ALIKE: ${verdict}`, isSound: false };
}

function compareWorkload(workload: Workload, samples: Samples): WorkloadComparison | undefined {
  const ofWorkload = (sessions: readonly SessionSample[]): WorkloadSample[] =>
    sessions.flatMap(({ workloads: all }) => all.filter(({ name }) => name === workload.name));
  const [ours, theirs] = [ofWorkload(samples.komainu), ofWorkload(samples.qemu)];
  if (ours.length === 0 || theirs.length === 0) return undefined;
  const { verdict, isSound, counts } = judgeOutputs(workload, ours, theirs);
  const [komainu, qemu] = [roundSpreadOf(ours), roundSpreadOf(theirs)];
  const workRatio = counts === undefined ? 1 : counts.komainu / counts.qemu;
  const instructions = ours.find(({ wallSeconds }) => wallSeconds === komainu.bestSeconds)?.instructions;
  return {
    name: workload.name,
    komainu,
    qemu,
    speed: (workRatio * qemu.bestSeconds) / komainu.bestSeconds,
    firstSpeed: (workRatio * qemu.firstSeconds) / komainu.firstSeconds,
    medianSpeed: (workRatio * qemu.medianSeconds) / komainu.medianSeconds,
    cpuSpeed: (workRatio * qemu.bestCpuSeconds) / komainu.bestCpuSeconds,
    instructions,
    mips: instructions === undefined ? undefined : instructions / komainu.bestSeconds / 1e6,
    verdict,
    isSound,
  };
}

function totalOf(rows: readonly WorkloadComparison[]): Summary["total"] {
  if (rows.length === 0) return undefined;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const millions = sum(rows.map(({ instructions }) => instructions ?? 0)) / 1e6;
  return {
    geometricMean: geometricMean(rows.map(({ speed }) => speed)),
    firstGeometricMean: geometricMean(rows.map(({ firstSpeed }) => firstSpeed)),
    cpuGeometricMean: geometricMean(rows.map(({ cpuSpeed }) => cpuSpeed)),
    minimum: Math.min(...rows.map(({ speed }) => speed)),
    mips: millions / sum(rows.map(({ komainu }) => komainu.bestSeconds)),
    mipsOfCpu: millions / sum(rows.map(({ komainu }) => komainu.bestCpuSeconds)),
  };
}

export function summarize(samples: Samples): Summary {
  const qemuBoot = spreadOf(samples.qemu.map(({ boot }) => boot));
  const boots = [compareBoots("cold", samples.komainu, qemuBoot)];
  if (samples.komainuWarm.length > 0) boots.push(compareBoots("warm", samples.komainuWarm, qemuBoot));
  const { komainuRestored = [] } = samples;
  if (komainuRestored.length > 0) boots.push(compareBoots("restored", komainuRestored, qemuBoot));
  const trips = (sessions: readonly SessionSample[]): Timing[] => sessions.flatMap(({ roundTrip }) => roundTrip ?? []);
  const [ourTrips, theirTrips] = [trips(samples.komainu), trips(samples.qemu)];
  const rows = workloads.flatMap((workload) => compareWorkload(workload, samples) ?? []);
  return {
    boots,
    roundTrip:
      ourTrips.length === 0 || theirTrips.length === 0
        ? undefined
        : { komainu: spreadOf(ourTrips), qemu: spreadOf(theirTrips) },
    workloads: rows,
    total: totalOf(rows),
    isSound: rows.every(({ isSound }) => isSound),
  };
}
