import { describe, expect, it } from "vitest";
import { fileOf, totalsOf } from "../../src/scenario/report.ts";
import { report } from "./sample-report.ts";

describe("totalsOf", () => {
  it("counts what failed apart from what could not be run", () => {
    expect(totalsOf(report)).toEqual({ all: 5, passed: 2, failed: 1, errors: 1, interrupted: 1, flaky: 1 });
  });

  it("knows the file of a place", () => expect(fileOf("a:b/c.yaml:12:5")).toBe("a:b/c.yaml"));
});
