import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { junitXml } from "../../src/scenario/report-junit.ts";
import { report } from "./sample-report.ts";

const hasXmllint = spawnSync("xmllint", ["--version"]).error === undefined;

describe("results as JUnit XML", () => {
  it.skipIf(!hasXmllint)("are valid by the schema, whatever a guest printed", () => {
    const args = ["--noout", "--schema", "test/scenario/junit.xsd", "-"];
    const { status, stderr } = spawnSync("xmllint", args, { input: junitXml(report), encoding: "utf8" });
    expect(stderr).toMatch(/validates/);
    expect(status).toBe(0);
  });

  it("count failures, errors and what was not run", () => {
    const xml = junitXml(report);
    expect(xml).toContain('tests="5" failures="1" errors="1" skipped="1"');
    expect(xml).toContain(
      '<error message="expected &quot;&lt;a&gt; &amp; b&quot;, found ?[31mred?" type="guest-missing">',
    );
    expect(xml).toContain('timestamp="2026-01-02T03:04:05"');
  });
});
