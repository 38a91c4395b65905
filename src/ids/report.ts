/** Runs checks and renders what they found, as text for the console or as plain data for JSON. */
import { assert, hex8 } from "../base/index.ts";
import type { Fact, FieldName, Kernel } from "../linux/index.ts";
import type { Check, CheckRequest, Column, Finding, Need, Row, Severity, Value } from "./check.ts";
import { PLAIN_REQUEST } from "./check.ts";

export type Verdict = "clean" | "finding" | "cannot-tell";

export interface ReportedFinding extends Finding {
  readonly severity: Severity;
  /** The message with its data filled in. */
  readonly text: string;
}

export interface CheckReport {
  readonly id: string;
  readonly title: string;
  /** A finding outweighs what could not be told. */
  readonly verdict: Verdict;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly findings: readonly ReportedFinding[];
  /** Why parts, or all, could not be told; the field or symbol is named. */
  readonly cannotTell: readonly string[];
  /** Translated loads the check took; the guest executed nothing for it. */
  readonly loads: number;
  /** Something could not be told only because the guest was in the middle of a change. */
  readonly isPassing: boolean;
  /** Instructions that a copy of the guest ran on before this was read; absent when the guest itself was. */
  readonly readLater?: number;
}

function factFor(kernel: Kernel, need: Need): Fact<unknown> {
  switch (need) {
    case "banner":
      return kernel.banner;
    case "symbols":
      return kernel.symbols.text;
    case "text-range":
      return kernel.symbols.textRange;
    case "syscall-table":
      return kernel.syscallTable;
    case "boot-image":
      return kernel.bootImage;
    case "module-list":
      return kernel.moduleList;
    default:
      return kernel.field(need satisfies FieldName);
  }
}

const shown = (value: Value, type: Column["type"] | undefined): string =>
  type === "address" && typeof value === "number" ? hex8(value) : String(value ?? "-");

function fill(message: string, data: Finding["data"]): string {
  return message.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = data[name];
    assert(value !== undefined, `a finding gives {${name}} of "${message}"`);
    return String(value);
  });
}

/** Runs one check on the kernel as it is now. */
export function runCheck(check: Check, kernel: Kernel, request: CheckRequest = PLAIN_REQUEST): CheckReport {
  kernel.refresh();
  const loadsBefore = kernel.space.loads;
  const rows: Row[] = [];
  const findings: ReportedFinding[] = [];
  const reasons = new Set<string>();
  let isPassing = false;
  for (const need of check.needs) {
    const fact = factFor(kernel, need);
    if (!fact.known && fact.isAbsent !== true) reasons.add(`${need}: ${fact.reason}`);
  }
  const canRun = reasons.size === 0;
  for (const want of [...(check.wants ?? []), ...((request.isLong ? check.detailWants : undefined) ?? [])]) {
    const fact = kernel.field(want);
    if (!fact.known && fact.isAbsent !== true) reasons.add(`${want}: ${fact.reason}`);
  }
  if (canRun) {
    for (const seen of check.run(kernel, request)) {
      if (seen.kind === "row") rows.push(seen.row);
      else if (seen.kind === "cannot-tell") {
        reasons.add(seen.reason);
        isPassing ||= seen.isPassing === true;
      } else {
        const message = check.messages[seen.finding.messageId];
        assert(message !== undefined, `check ${check.id} has a message ${seen.finding.messageId}`);
        findings.push({ ...seen.finding, severity: check.severity, text: fill(message, seen.finding.data) });
      }
    }
  }
  return {
    id: check.id,
    title: check.title,
    verdict: findings.length > 0 ? "finding" : reasons.size > 0 ? "cannot-tell" : "clean",
    columns: check.columns
      .filter(({ isDetail }) => isDetail !== true || request.isLong)
      .filter(({ isOptional, name }) => isOptional !== true || rows.some(({ values }) => name in values)),
    rows,
    findings,
    cannotTell: [...reasons],
    loads: kernel.space.loads - loadsBefore,
    isPassing,
  };
}

/** Control and non-ASCII characters as `\xNN`, so that a guest's names cannot drive the console's terminal. */
export const printable = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);

/** One line a row in the check's columns, then one line a finding and a reason. */
export function formatReport(report: CheckReport): string[] {
  const columns = report.columns.filter(({ heading }) => heading !== undefined);
  const table = report.rows.map(({ values }) => columns.map(({ name, type }) => printable(shown(values[name], type))));
  const withHeading = columns.some(({ heading }) => heading !== "");
  const heading = columns.map((column) => column.heading ?? "");
  const widths = columns.map((_, index) =>
    Math.max(...[...(withHeading ? [heading] : []), ...table].map((cells) => cells[index].length), 0),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        if (columns[index].type === "number") return cell.padStart(widths[index]);
        return index === cells.length - 1 ? cell : cell.padEnd(widths[index]);
      })
      .join(" ");
  const lines = withHeading && table.length > 0 ? [line(heading)] : [];
  for (const [index, cells] of table.entries()) {
    const { mark } = report.rows[index];
    lines.push(mark === undefined ? line(cells) : `${line(cells)}  <-- ${mark}`);
  }
  for (const { severity, text } of report.findings) lines.push(`${report.id}: ${severity}: ${printable(text)}`);
  for (const reason of report.cannotTell) lines.push(`${report.id}: cannot tell: ${printable(reason)}`);
  const { id, readLater } = report;
  if (readLater !== undefined)
    lines.push(`${id}: read ${readLater} instructions later, in a copy whose kernel was at rest`);
  return lines;
}

/** Plain data with stable keys: rows by column name, addresses as eight hexadecimal digits. */
export function reportJson(report: CheckReport): Record<string, unknown> {
  const rows = report.rows.map(({ values, mark }) => {
    const cells = report.columns.map(({ name, type }): [string, Value] => {
      const value = values[name] ?? null;
      return [name, type === "address" && value !== null ? shown(value, type) : value];
    });
    return mark === undefined ? Object.fromEntries(cells) : { ...Object.fromEntries(cells), mark };
  });
  const findings = report.findings.map(({ messageId, severity, text, data, evidence }) => {
    return { messageId, severity, text, data, evidence };
  });
  const { id, verdict, cannotTell, loads, readLater } = report;
  const later = readLater === undefined ? {} : { readLater };
  return { check: id, verdict, rows, findings, cannotTell, loads, ...later };
}
