import { describe, expect, it } from "vitest";
import { type CheckReport, detectionFinding, findingUid, type ReportedFinding } from "../../src/ids/index.ts";

const finding: ReportedFinding = {
  messageId: "hidden",
  severity: "critical",
  text: "module x is hidden",
  data: { name: "x" },
  evidence: { module: 0xbf000000 },
};
const report: CheckReport = {
  id: "modules",
  title: "modules",
  verdict: "finding",
  columns: [],
  rows: [],
  findings: [finding],
  cannotTell: [],
  loads: 1,
  isPassing: false,
};
const seen = { timeMs: 1_767_225_600_000, instructions: 42, guest: "guest0", version: "0.1.0" };

describe("a finding as an OCSF event", () => {
  it("has the class, the severity and the identity that the schema asks for", () => {
    expect(detectionFinding(report, finding, seen)).toMatchObject({
      category_uid: 2,
      class_uid: 2004,
      activity_id: 1,
      type_uid: 200401,
      severity_id: 5,
      time: seen.timeMs,
      message: finding.text,
      metadata: { version: "1.3.0", product: { name: "Komainu" } },
      finding_info: { uid: findingUid("modules", finding), types: ["modules/hidden"] },
      evidences: [{ data: { name: "x", module: 0xbf000000, instructions: 42 } }],
    });
  });

  it("is one line of JSON", () => {
    expect(JSON.stringify(detectionFinding(report, finding, seen))).not.toContain("\n");
  });

  it("is the same finding later, and another one elsewhere", () => {
    expect(findingUid("modules", { ...finding, text: "said otherwise" })).toBe(findingUid("modules", finding));
    expect(findingUid("modules", { ...finding, evidence: { module: 0xbf001000 } })).not.toBe(
      findingUid("modules", finding),
    );
  });
});
