/** Results as JSON objects, one a line; the last line is the summary. */
import { type Report, totalsOf } from "./report.ts";
import type { ScenarioResult } from "./runner.ts";

const SCHEMA = "komainu.test/1";

/** Everything but the journal, which is a file of its own. */
export function resultEvent({ journal: _journal, ...result }: ScenarioResult): object {
  return { schema: SCHEMA, event: "scenario", ...result };
}

export function summaryEvent(report: Report): object {
  return { schema: SCHEMA, event: "result", ...totalsOf(report), hostMs: Math.round(report.hostMs) };
}
