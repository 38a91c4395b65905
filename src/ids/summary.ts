/** One verdict for many checks, and what stands behind it. */
import type { CheckReport, Verdict } from "./report.ts";
import { printable, reportJson } from "./report.ts";

/** A finding outweighs what could not be told, that outweighs clean. */
export function verdictOf(reports: readonly CheckReport[]): Verdict {
  if (reports.some(({ verdict }) => verdict === "finding")) return "finding";
  return reports.some(({ verdict }) => verdict === "cannot-tell") ? "cannot-tell" : "clean";
}

const WORDS: Record<Verdict, string> = { clean: "clean", finding: "FINDING", "cannot-tell": "cannot tell" };
const ID_WIDTH = 10;
const VERDICT_WIDTH = 12;

const lineOf = ({ id, verdict, rows, title, loads }: CheckReport): string =>
  `${id.padEnd(ID_WIDTH)} ${WORDS[verdict].padEnd(VERDICT_WIDTH)} ${title}: ${rows.length} rows, ${loads} loads`;

/** A line a check, its findings and reasons below it, and the verdict at the end. */
export function formatSummary(reports: readonly CheckReport[]): string[] {
  const lines: string[] = [];
  for (const report of reports) {
    lines.push(lineOf(report));
    for (const { severity, text } of report.findings) lines.push(`  ${severity}: ${printable(text)}`);
    for (const reason of report.cannotTell) lines.push(`  cannot tell: ${printable(reason)}`);
  }
  const count = (verdict: Verdict): number => reports.filter((report) => report.verdict === verdict).length;
  const parts = (["clean", "finding", "cannot-tell"] as const).map((verdict) => `${count(verdict)} ${WORDS[verdict]}`);
  return [...lines, `verdict: ${WORDS[verdictOf(reports)]} (${parts.join(", ")})`];
}

export const summaryJson = (reports: readonly CheckReport[]): Record<string, unknown> => ({
  verdict: verdictOf(reports),
  checks: reports.map(reportJson),
});
