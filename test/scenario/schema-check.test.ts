import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checkValue, parseStep, type StepLanguage } from "../../src/scenario/schema-check.ts";
import { parseYaml } from "../../src/scenario/yaml-source.ts";

const language: StepLanguage = {
  schemas: {
    go: z.strictObject({ go: z.int().max(9), fast: z.boolean().optional() }),
    stop: z.strictObject({ stop: z.string() }),
  },
  elsewhere: (verb) =>
    verb === "fly" ? { code: "no-wings", expected: "a step on the ground", hint: "walk" } : undefined,
};
const step = (text: string) => {
  const source = parseYaml(text, "f.yaml");
  return parseStep(source.value as Record<string, unknown>, [], source, language);
};

describe("values against a schema", () => {
  it("are given as the schema reads them, or with findings at their places", () => {
    const source = parseYaml("a: 1\nb: x\n", "f.yaml");
    expect(checkValue(z.strictObject({ a: z.int(), b: z.string() }), source.value, [], source)).toEqual({
      data: { a: 1, b: "x" },
    });
    expect(checkValue(z.strictObject({ a: z.int() }), source.value, [], source)).toMatchObject({
      findings: [{ path: "f.yaml", line: 2, column: 1, message: 'the file: expected no member "b"' }],
    });
  });

  it("are steps with one verb, whose other members belong to it", () => {
    expect(step("{ go: 3, fast: true }")).toMatchObject({ data: { verb: "go", options: { go: 3, fast: true } } });
    expect(step("{ go: 30 }")).toMatchObject({ findings: [{ message: "go: expected at most 9, found 30" }] });
    expect(step("{ go: 1, stop: x }")).toMatchObject({
      findings: [{ message: expect.stringContaining('"go" and "stop"') }],
    });
    expect(step("{ goo: 1 }")).toMatchObject({ findings: [{ hint: expect.stringContaining('Did you mean "go"?') }] });
    expect(step("{}")).toMatchObject({ findings: [{ message: "expected a step with one verb, found nothing" }] });
  });

  it("of another kind of file are told as such", () => {
    expect(step("{ fly: 1 }")).toMatchObject({
      findings: [{ code: "no-wings", message: 'expected a step on the ground, found "fly"', hint: "walk" }],
    });
  });
});
