/**
 * Findings as OCSF Detection Finding events (Open Cybersecurity Schema Framework 1.3, class 2004): one JSON object a line,
 * with keys that stay.
 */
import { createHash } from "node:crypto";
import type { Severity } from "./check.ts";
import type { CheckReport, ReportedFinding } from "./report.ts";

const SEVERITY_ID: Record<Severity, number> = { info: 1, low: 2, medium: 3, high: 4, critical: 5 };
const SEVERITY_NAME: Record<Severity, string> = {
  info: "Informational",
  low: "Low",
  medium: "Medium",
  high: "High",
  critical: "Critical",
};
const CATEGORY_FINDINGS = 2;
const CLASS_DETECTION_FINDING = 2004;
const ACTIVITY_CREATE = 1;

export interface Observer {
  /** Milliseconds since 1970 by the board's clock. */
  readonly timeMs: number;
  /** Instructions that the guest had retired. */
  readonly instructions: number;
  readonly guest: string;
  readonly version: string;
}

/** The same for the same finding at another time: what and where, not when. */
export function findingUid(check: string, { messageId, evidence }: ReportedFinding): string {
  return createHash("sha256")
    .update(JSON.stringify([check, messageId, evidence]))
    .digest("hex")
    .slice(0, 16);
}

export function detectionFinding(
  report: CheckReport,
  finding: ReportedFinding,
  seen: Observer,
): Record<string, unknown> {
  const { severity, text, messageId, data, evidence } = finding;
  return {
    activity_id: ACTIVITY_CREATE,
    activity_name: "Create",
    category_uid: CATEGORY_FINDINGS,
    category_name: "Findings",
    class_uid: CLASS_DETECTION_FINDING,
    class_name: "Detection Finding",
    type_uid: CLASS_DETECTION_FINDING * 100 + ACTIVITY_CREATE,
    severity_id: SEVERITY_ID[severity],
    severity: SEVERITY_NAME[severity],
    time: seen.timeMs,
    message: text,
    metadata: { version: "1.3.0", product: { name: "Komainu", vendor_name: "Komainu", version: seen.version } },
    finding_info: {
      uid: findingUid(report.id, finding),
      title: report.title,
      desc: text,
      types: [`${report.id}/${messageId}`],
      analytic: { type_id: 1, type: "Rule", name: report.id, desc: report.title },
    },
    resources: [{ type: "virtual machine", name: seen.guest }],
    evidences: [{ data: { ...data, ...evidence, instructions: seen.instructions } }],
  };
}
