/** The tables that `npm run bench` prints. */
import type { HostFacts } from "./host-facts.ts";
import type { Spread, Summary, WorkloadComparison } from "./summary.ts";
import { markdownTable, plainTable, type TextTable } from "./text-table.ts";

export interface Conditions {
  host: HostFacts;
  board: string;
  engine: string;
  guest: string;
  repeatCount: number;
  roundCount: number;
  isQuick: boolean;
  note: string;
}

const seconds = (value: number): string => value.toFixed(value < 0.1 ? 3 : 2);
const ratio = (value: number): string => value.toFixed(2);
const millions = (value: number | undefined): string => (value === undefined ? "" : (value / 1e6).toFixed(1));
const mips = (value: number | undefined): string => (value === undefined ? "" : value.toFixed(1));
const spread = ({ bestSeconds, medianSeconds }: Spread): string =>
  `${seconds(bestSeconds)} (${seconds(medianSeconds)})`;

const roundSpread = ({ bestSeconds, medianSeconds, firstSeconds }: WorkloadComparison["qemu"]): string =>
  `${seconds(bestSeconds)} (${seconds(medianSeconds)}, ${seconds(firstSeconds)})`;

export function bootTable({ boots }: Summary): TextTable {
  return {
    headings: [" Start", "QEMU s", "Komainu s", "time ratio", "of medians", "of CPU time", "M instructions"],
    rows: boots.map((boot) => [
      boot.kind,
      spread(boot.qemu),
      spread(boot.komainu),
      ratio(boot.timeRatio),
      ratio(boot.medianTimeRatio),
      ratio(boot.cpuTimeRatio),
      millions(boot.instructions),
    ]),
  };
}

export function workloadTable({ workloads }: Summary): TextTable {
  return {
    headings: [
      " Workload",
      "QEMU s",
      "Komainu s",
      "speed",
      "of medians",
      "of first rounds",
      "of CPU time",
      "M instructions",
      "MIPS",
      " output",
    ],
    rows: workloads.map((row) => [
      row.name,
      roundSpread(row.qemu),
      roundSpread(row.komainu),
      ratio(row.speed),
      ratio(row.medianSpeed),
      ratio(row.firstSpeed),
      ratio(row.cpuSpeed),
      millions(row.instructions),
      mips(row.mips),
      row.verdict,
    ]),
  };
}

function totalLines({ total, roundTrip }: Summary): string[] {
  const lines: string[] = [];
  if (total !== undefined) {
    lines.push(
      `Speed against QEMU, geometric mean: ${ratio(total.geometricMean)} (of first rounds ${ratio(total.firstGeometricMean)}, by CPU time ${ratio(total.cpuGeometricMean)}); lowest: ${ratio(total.minimum)}.`,
      `Komainu over all workloads: ${mips(total.mips)} MIPS, ${mips(total.mipsOfCpu)} by CPU time.`,
    );
  }
  if (roundTrip !== undefined) {
    const { komainu, qemu } = roundTrip;
    lines.push(
      `A shell command that does nothing: QEMU ${spread(qemu)} s, Komainu ${spread(komainu)} s; in every workload's time, not taken out.`,
    );
  }
  return lines;
}

function conditionLines(conditions: Conditions, hasWorkloads: boolean): string[] {
  const { host, board, engine, guest, repeatCount, roundCount, isQuick, note } = conditions;
  return [
    `${host.date} UTC, commit ${host.commit}, engine ${engine}, Node ${host.node}, QEMU ${host.qemu}, ${host.cpu}, ${host.cores} cores, load ${host.load.toFixed(2)}.`,
    `Guest of ${board}: ${guest}; starts: best (median) of ${repeatCount} lives of each machine, turn by turn.`,
    ...(hasWorkloads
      ? [`${isQuick ? "Small" : "Full"} workloads: best (median, first round) of ${roundCount} rounds in each life.`]
      : []),
    ...(note === "" ? [] : [note]),
  ];
}

/** The whole report; `isMarkdown` as it stands in docs/spec.md. */
export function reportText(summary: Summary, conditions: Conditions, isMarkdown: boolean): string {
  const render = isMarkdown ? markdownTable : plainTable;
  const paragraph = (lines: readonly string[]): string => (lines.length === 0 ? "" : `${lines.join("\n")}\n`);
  const tables = [bootTable(summary), ...(summary.workloads.length > 0 ? [workloadTable(summary)] : [])].map(render);
  return [
    paragraph(conditionLines(conditions, summary.workloads.length > 0)),
    ...tables,
    paragraph(totalLines(summary)),
  ]
    .filter((part) => part !== "")
    .join("\n");
}
