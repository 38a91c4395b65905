/** `bench/history.csv`: one line a recorded run, so that a loss of speed is seen. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { csvLine, parseCsv } from "./csv.ts";
import { historyUnlike } from "./errors.ts";
import type { Conditions } from "./report.ts";
import type { BootKind, Summary } from "./summary.ts";
import { workloads } from "./workload.table.ts";

/** Ratios: boots are Komainu's time by QEMU's, workloads QEMU's time by Komainu's; of the best times. */
export const historyColumns: readonly string[] = [
  "date",
  "commit",
  "board",
  "engine",
  "node",
  "qemu",
  "cpu",
  "load",
  "size",
  "repeats",
  "rounds",
  "boot_cold_time",
  "boot_warm_time",
  "boot_restored_time",
  "speed_geomean",
  "speed_geomean_first",
  "speed_geomean_cpu",
  "speed_min",
  "mips",
  "mips_cpu",
  ...workloads.map(({ name }) => `speed_${name}`),
  "note",
];

const figure = (value: number | undefined): string => (value === undefined ? "" : value.toFixed(3));

/** The values of `historyColumns`; empty where a thing was not measured. */
export function historyRow(summary: Summary, conditions: Conditions): string[] {
  const { host, board, engine, repeatCount, roundCount, isQuick, note } = conditions;
  const bootTime = (kind: BootKind): string => figure(summary.boots.find((boot) => boot.kind === kind)?.timeRatio);
  const { total } = summary;
  return [
    host.date,
    host.commit,
    board,
    engine,
    host.node,
    host.qemu,
    host.cpu,
    host.load.toFixed(2),
    isQuick ? "quick" : "full",
    `${repeatCount}`,
    `${roundCount}`,
    bootTime("cold"),
    bootTime("warm"),
    bootTime("restored"),
    figure(total?.geometricMean),
    figure(total?.firstGeometricMean),
    figure(total?.cpuGeometricMean),
    figure(total?.minimum),
    figure(total?.mips),
    figure(total?.mipsOfCpu),
    ...workloads.map(({ name }) => figure(summary.workloads.find((row) => row.name === name)?.speed)),
    note,
  ];
}

/** Adds a row; begins the file when there is none, and refuses one of other columns. */
export function appendHistory(path: string, row: readonly string[]): void {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, csvLine(historyColumns));
  }
  const [columns = []] = parseCsv(readFileSync(path, "utf8"));
  if (columns.join() !== historyColumns.join()) throw historyUnlike(path, historyColumns.join(), columns.join());
  appendFileSync(path, csvLine(row));
}
