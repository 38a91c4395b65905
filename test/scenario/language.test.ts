import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseDuration, scenarioJsonSchema, stepSchemas, verbs } from "../../src/scenario/language.ts";

describe("the scenario language", () => {
  it.each([
    ["500ms", 5e8],
    ["1.5s", 1.5e9],
    ["2min", 120e9],
    ["10us", 1e4],
    ["0s", undefined],
    ["10", undefined],
    ["25h", undefined],
    ["99999999s", undefined],
  ])("reads the time %s", (text, ns) => expect(parseDuration(text)).toBe(ns));

  it("reads each verb from its own name", () => {
    for (const verb of verbs) expect(Object.keys(stepSchemas[verb].shape)[0]).toBe(verb);
  });

  it("has its published schema beside the boards' tests", () => {
    const published = JSON.parse(readFileSync("docs/scenario.schema.json", "utf8"));
    expect(published).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())));
  });
});
