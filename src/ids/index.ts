/** The checks and how to run them. */
import { banner } from "./banner.ts";
import type { Check } from "./check.ts";
import { credentials } from "./credentials.ts";
import { hooks } from "./hooks.ts";
import { kernelText } from "./kernel-text.ts";
import { modules } from "./modules.ts";
import { processList } from "./process-list.ts";
import { syscallTable } from "./syscall-table.ts";

/** Every check, sorted by id. */
export const checks: readonly Check[] = [
  banner,
  credentials,
  hooks,
  modules,
  processList,
  taskViews,
  syscallTable,
  kernelText,
  vectors,
];

import { taskViews } from "./task-views.ts";
import { vectors } from "./vectors.ts";

export type { Check, Column, ColumnType, Finding, Need, Observation, Row, Severity, Value } from "./check.ts";
export type { CheckReport, ReportedFinding, Verdict } from "./report.ts";
export { formatReport, printable, reportJson, runCheck } from "./report.ts";
