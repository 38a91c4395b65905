/** The checks and how to run them. */
import { banner } from "./banner.ts";
import { bpfPrograms } from "./bpf-programs.ts";
import type { Check } from "./check.ts";
import { commandLine } from "./command-line.ts";
import { credentials } from "./credentials.ts";
import { hooks } from "./hooks.ts";
import { kernelLog } from "./kernel-log.ts";
import { kernelText } from "./kernel-text.ts";
import { loadedModules } from "./loaded-modules.ts";
import { memoryMap } from "./memory-map.ts";
import { modules } from "./modules.ts";
import { mounts } from "./mounts.ts";
import { openFiles } from "./open-files.ts";
import { processList } from "./process-list.ts";
import { processTree } from "./process-tree.ts";
import { sockets } from "./sockets.ts";
import { symbolSources } from "./symbols.ts";
import { syscallTable } from "./syscall-table.ts";
import { taskViews } from "./task-views.ts";
import { timers } from "./timers.ts";
import { vectors } from "./vectors.ts";

/** Every check, sorted by id. */
export const checks: readonly Check[] = [
  banner,
  bpfPrograms,
  commandLine,
  credentials,
  hooks,
  kernelLog,
  kernelText,
  loadedModules,
  memoryMap,
  modules,
  mounts,
  openFiles,
  processList,
  processTree,
  sockets,
  symbolSources,
  syscallTable,
  taskViews,
  timers,
  vectors,
].toSorted((a, b) => (a.id < b.id ? -1 : 1));

export {
  type Baseline,
  baselineChecks,
  type Comparison,
  compareBaselines,
  type Difference,
  takeBaseline,
} from "./baseline.ts";
export type {
  Check,
  CheckRequest,
  Column,
  ColumnType,
  Finding,
  Need,
  Observation,
  Row,
  Severity,
  Value,
} from "./check.ts";
export { cannotTell, finding, PLAIN_REQUEST, passing, row } from "./check.ts";
export { checkJson, explainCheck } from "./explanation.ts";
export { detectionFinding, findingUid, type Observer } from "./ocsf.ts";
export type { CheckReport, ReportedFinding, Verdict } from "./report.ts";
export { formatReport, printable, reportJson, runCheck } from "./report.ts";
export { formatSummary, summaryJson, verdictOf } from "./summary.ts";
