/** The report of `--profile`: time and instructions by tier, ways out of compiled code, hot regions. */
import type { CodeCounts, ExecutionProfile, RegionTotals } from "../arm/jit/index.ts";
import { Exit } from "../arm/jit/index.ts";

export interface TierReport {
  readonly tier: string;
  readonly seconds: number;
  readonly instructions: number;
}

export interface RegionReport {
  /** A kernel symbol with an offset, else the address; user code has the process before it. */
  readonly name: string;
  readonly address: string;
  readonly seconds: number;
  readonly instructions: number;
  readonly entries: number;
}

export interface ExecutionReport {
  readonly schema: "komainu.profile/1";
  readonly seconds: number;
  readonly instructions: number;
  readonly tiers: readonly TierReport[];
  /** Absent when the guest was destroyed. */
  readonly code?: CodeCounts;
  /** Returns from compiled code to the engine, by cause. */
  readonly exits: Readonly<Record<string, number>>;
  /** Instructions that compiled code left to the interpreter, by row; the most frequent first. */
  readonly leftToInterpreter: Readonly<Record<string, number>>;
  readonly regionCount: number;
  /** The hottest first. */
  readonly regions: readonly RegionReport[];
}

export interface ReportSource {
  readonly profile: ExecutionProfile;
  readonly exits: readonly number[];
  readonly code: CodeCounts | undefined;
  readonly nameOf: (region: RegionTotals) => string;
}

const MAX_REGIONS = 200;
const SHOWN_REGIONS = 25;
const SHOWN_ROWS = 12;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function regionReport(region: RegionTotals, nsScale: number, name: string): RegionReport {
  const { pc, entries, instructions, ns } = region;
  return {
    name,
    address: `0x${(pc >>> 0).toString(16).padStart(8, "0")}`,
    seconds: (ns * nsScale) / 1e9,
    instructions,
    entries,
  };
}

/** Everything that was counted up to now. */
export function executionReport({ profile, exits, code, nameOf }: ReportSource): ExecutionReport {
  const all = profile.regions();
  const times = profile.timesNs;
  // The time of a region is an estimate, and that of all of them together was measured, the dispatcher's included.
  const estimatedNs = sum(all.map(({ ns }) => ns));
  const nsScale = estimatedNs > 0 ? times.compiled / estimatedNs : 0;
  const compiled = sum(all.map(({ instructions }) => instructions));
  const rest = (tier: string, ns: number): TierReport => ({ tier, seconds: ns / 1e9, instructions: 0 });
  const hottest = [...all].sort((a, b) => b.ns - a.ns || b.instructions - a.instructions).slice(0, MAX_REGIONS);
  return {
    schema: "komainu.profile/1",
    seconds: sum(Object.values(times)) / 1e9,
    instructions: profile.executed,
    tiers: [
      { tier: "interpreter", seconds: times.interpreter / 1e9, instructions: profile.executed - compiled },
      { tier: "compiled regions", seconds: times.compiled / 1e9, instructions: compiled },
      rest("TLB misses of regions", times.lookUp),
      rest("compiler", times.compiler),
      rest("outside the guest", times.outside),
    ],
    code,
    exits: Object.fromEntries(Object.entries(Exit).map(([name, index]) => [name, exits[index] ?? 0])),
    leftToInterpreter: Object.fromEntries([...profile.escapes].sort(([, a], [, b]) => b - a)),
    regionCount: all.length,
    regions: hottest.map((region) => regionReport(region, nsScale, nameOf(region))),
  };
}

const whole = (value: number): string => value.toLocaleString("en-US");
const millions = (value: number): string => (value / 1e6).toFixed(2);
const inWords = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
const percent = (part: number, total: number): string => (total > 0 ? ((100 * part) / total).toFixed(1) : "");
const mips = (instructions: number, seconds: number): string =>
  instructions > 0 && seconds > 0 ? (instructions / seconds / 1e6).toFixed(1) : "";

/** Columns two spaces apart; the first is aligned to the left. */
function lines(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const cell = (text: string, i: number): string => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]));
  return rows.map((row) => row.map(cell).join("  ").trimEnd());
}

function tierLines({ tiers, seconds, instructions }: ExecutionReport): string[] {
  const rows = tiers.map((each) => [
    each.tier,
    each.seconds.toFixed(3),
    percent(each.seconds, seconds),
    millions(each.instructions),
    percent(each.instructions, instructions),
    mips(each.instructions, each.seconds),
  ]);
  const total = ["all", seconds.toFixed(3), "", millions(instructions), "", mips(instructions, seconds)];
  return lines([["Tier", "seconds", "%", "M instructions", "%", "MIPS"], ...rows, total]);
}

function codeLines({ code, exits, leftToInterpreter }: ExecutionReport): string[] {
  const counted = (counts: readonly (readonly [string, number])[]): string =>
    counts.map(([name, count]) => `${name} ${whole(count)}`).join(", ");
  const shown = Object.entries(leftToInterpreter).slice(0, SHOWN_ROWS);
  return [
    ...(code === undefined ? [] : [`Code: ${inWords(counted(Object.entries(code)))}`]),
    `Exits: ${inWords(counted(Object.entries(exits).filter(([, count]) => count > 0)))}`,
    ...(shown.length === 0 ? [] : [`Left to the interpreter: ${counted(shown)}`]),
  ];
}

function regionLines({ regions, regionCount, seconds }: ExecutionReport): string[] {
  if (regions.length === 0) return [];
  const rows = regions
    .slice(0, SHOWN_REGIONS)
    .map(({ name, seconds: own, instructions, entries }) => [
      name,
      own.toFixed(3),
      percent(own, seconds),
      millions(instructions),
      whole(entries),
      (instructions / entries).toFixed(1),
    ]);
  const headings = ["Region", "seconds", "%", "M instructions", "entries", "instructions/entry"];
  return ["", ...lines([headings, ...rows]), `The hottest of ${whole(regionCount)}; their seconds are estimates.`];
}

/** For people, with its line end. */
export function reportText(report: ExecutionReport): string {
  return `${[...tierLines(report), "", ...codeLines(report), ...regionLines(report)].join("\n")}\n`;
}
