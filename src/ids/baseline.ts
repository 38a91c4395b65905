/** What a guest that is known to be good looks like, to be compared with later. */
import { hex8 } from "../base/index.ts";
import type { Column, Value } from "./check.ts";
import type { CheckReport } from "./report.ts";

/** Checks whose rows stay the same while nobody changes the system, with the columns that tell a row. */
const COMPARED: Readonly<Record<string, readonly string[]>> = {
  banner: ["banner"],
  lsmod: ["name"],
  mount: ["device", "place", "type", "options"],
  syscall: ["slot", "address"],
};

export const baselineChecks: readonly string[] = Object.keys(COMPARED);

/** Row texts by check. */
export type Baseline = ReadonlyMap<string, ReadonlySet<string>>;

export interface Difference {
  readonly check: string;
  readonly change: "new" | "gone";
  readonly row: string;
}

const shown = (value: Value | undefined, { type }: Column): string =>
  type === "address" && typeof value === "number" ? hex8(value) : String(value ?? "-");

function rowTexts({ id, columns, rows }: CheckReport): Set<string> {
  const names = COMPARED[id] ?? [];
  const told = columns.filter(({ name }) => names.includes(name));
  return new Set(rows.map(({ values }) => told.map((column) => shown(values[column.name], column)).join(" ")));
}

/** Of what could be told: a check that could not is left out, as its rows may be some of them. */
export const takeBaseline = (reports: readonly CheckReport[]): Baseline =>
  new Map(
    reports
      .filter(({ id, cannotTell }) => id in COMPARED && cannotTell.length === 0)
      .map((report) => [report.id, rowTexts(report)]),
  );

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Checks that only one side has. */
  readonly notCompared: readonly string[];
}

/** What came and went since; rows that changed are both. */
export function compareBaselines(before: Baseline, now: Baseline): Comparison {
  const differences: Difference[] = [];
  const notCompared: string[] = [];
  for (const check of baselineChecks) {
    const [earlier, rows] = [before.get(check), now.get(check)];
    if (earlier === undefined || rows === undefined) {
      if (earlier !== rows) notCompared.push(check);
      continue;
    }
    for (const row of rows) if (!earlier.has(row)) differences.push({ check, change: "new", row });
    for (const row of earlier) if (!rows.has(row)) differences.push({ check, change: "gone", row });
  }
  return { differences, notCompared };
}
