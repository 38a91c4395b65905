import { describe, expect, it } from "vitest";
import { reportLines, stepReport } from "../../src/scenario/step-report.ts";
import { Watch } from "../../src/scenario/watch.ts";

describe("the report of a step", () => {
  it("has the line's last lines and the nearest to what was looked for", () => {
    const watch = new Watch([]);
    for (const byte of Buffer.from("boot\nlogn:\n")) watch.feed("uart1", byte);
    const place = { path: "a.yaml", line: 3, column: 9 };
    const cause = {
      kind: "timeout",
      message: "expected more",
      place,
      verb: "expect",
      port: "uart1",
      pattern: "login:",
    } as const;
    const report = stepReport(watch, "uart0", cause);
    expect(report.nearest?.text).toBe("logn:");
    expect(reportLines(report)).toEqual([
      "a.yaml:3:9 (expect): expected more",
      "nearest line, at 0.000 s: logn:",
      "the console ended with:",
      "  | boot",
      "  | logn:",
    ]);
    const nothing = stepReport(watch, "uart0", { kind: "error", code: "x-y", message: "no", place });
    expect(reportLines(nothing)).toEqual(["a.yaml:3:9: no [x-y]", "the console showed nothing"]);
  });
});
