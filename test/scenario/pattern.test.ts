import { describe, expect, it } from "vitest";
import { isRegularExpression, parsePattern, patternProblem } from "../../src/scenario/pattern.ts";

describe("patterns", () => {
  it("takes a text as it is, special characters included", () => {
    expect(parsePattern("a.b").find("axb a.b")).toEqual({ start: 4, end: 7 });
    expect(parsePattern("/usr").find("cd /usr")).toEqual({ start: 3, end: 7 });
  });

  it("takes /.../ as a regular expression whose ^ and $ mean lines", () => {
    expect(parsePattern("/^b+$/").find("a\nbb\nc")).toEqual({ start: 2, end: 4 });
    expect(parsePattern("/B/i").find("abc")).toEqual({ start: 1, end: 2 });
    expect(isRegularExpression("/x/")).toBe(true);
    expect(isRegularExpression("/dev/null")).toBe(false);
  });

  it("says what is wrong with one", () => {
    expect(patternProblem("fine")).toBeUndefined();
    expect(patternProblem("")).toMatch(/empty/);
    expect(patternProblem("/a(/")).toMatch(/regular expression/);
    expect(patternProblem("/a/g")).toMatch(/flags among i, s and u, found "g"/);
  });
});
