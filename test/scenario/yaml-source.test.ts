import { describe, expect, it } from "vitest";
import { parseYaml } from "../../src/scenario/yaml-source.ts";

describe("parseYaml", () => {
  it("tells where values and names stand", () => {
    const source = parseYaml("a: 1\nlist:\n  - x: 2\n    y: three\n", "f.yaml");
    expect(source.value).toEqual({ a: 1, list: [{ x: 2, y: "three" }] });
    expect(source.placeOf(["list", 0, "y"])).toEqual({ path: "f.yaml", line: 4, column: 8 });
    expect(source.keyPlaceOf(["list", 0, "y"])).toEqual({ path: "f.yaml", line: 4, column: 5 });
    expect(source.placeOf(["list", 0, "missing"])).toMatchObject({ line: 3, column: 5 });
  });

  it.each([
    ["an open quote", 'a: "x\nb: 2\n', /f\.yaml:\d+:\d+: /],
    ["a member twice", "a: 1\na: 2\n", /f\.yaml:2:1: .*unique/],
    ["an alias of nothing", "a: *b\n", /f\.yaml:1:\d+: /],
    ["nesting without end", `a: ${"[".repeat(50)}${"]".repeat(50)}`, /at most 20 levels/],
    [
      "aliases that multiply",
      `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [${"*a,".repeat(60)}]\nc: [${"*b,".repeat(60)}]\n`,
      /f\.yaml:1:1: /,
    ],
    ["too much", `# ${"x".repeat(1 << 20)}`, /at most 1048576 characters/],
  ])("refuses %s, with its place", (_what, text, message) => {
    expect(() => parseYaml(text, "f.yaml")).toThrow(message);
    expect(() => parseYaml(text, "f.yaml")).toThrow(expect.objectContaining({ code: "scenario-syntax" }));
  });
});
