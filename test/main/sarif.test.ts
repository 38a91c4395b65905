import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/board/index.ts";
import { sarifText } from "../../src/main/sarif.ts";

const finding: Finding = {
  code: "profile-overlap",
  severity: "error",
  message: "two at once",
  hint: "Move one.",
  line: 4,
  column: 7,
};
const parse = (path: string, findings: readonly Finding[]) => JSON.parse(sarifText(path, findings, "/project")).runs[0];

describe("findings as SARIF", () => {
  it("have rule, level, text and place, relative to the project", () => {
    const warning: Finding = { ...finding, code: "a-rule", severity: "warning", hint: undefined };
    const { tool, results } = parse("/project/boards/my board.json", [finding, warning]);
    expect(tool.driver.rules).toEqual([{ id: "a-rule" }, { id: "profile-overlap" }]);
    expect(results[0]).toMatchObject({
      ruleId: "profile-overlap",
      ruleIndex: 1,
      level: "error",
      message: { text: "two at once. Move one." },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: "boards/my%20board.json" },
            region: { startLine: 4, startColumn: 7 },
          },
        },
      ],
    });
    expect(results[1]).toMatchObject({ level: "warning", message: { text: "two at once" } });
  });

  it("are the same finding when lines move, and another when the text is", () => {
    const print = (changed: Finding) =>
      parse("/project/a.json", [changed]).results[0].partialFingerprints["komainu/v1"];
    expect(print({ ...finding, line: 99 })).toBe(print(finding));
    expect(print({ ...finding, message: "three" })).not.toBe(print(finding));
  });

  it("are no results for a sound profile, and a file URL for one elsewhere", () => {
    expect(parse("/project/a.json", []).results).toEqual([]);
    expect(parse("/other/a.json", [finding]).results[0].locations[0].physicalLocation.artifactLocation.uri).toBe(
      "file:///other/a.json",
    );
  });
});
