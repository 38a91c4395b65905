import { describe, expect, it } from "vitest";
import { isAsExpected, valueAtPath } from "../../src/scenario/json-path.ts";

const answer = {
  rows: [
    { name: "init", pid: 1 },
    { name: "sh", pid: 2 },
  ],
  verdict: "clean",
};

describe("values by path", () => {
  it.each([
    ["verdict", "clean"],
    ["rows[1].pid", 2],
    ["rows.length", 2],
    ["rows[2].pid", undefined],
    ["toString", undefined],
    ["rows..x", undefined],
    ["__proto__", undefined],
  ])("%s is %s", (path, value) => expect(valueAtPath(answer, path)).toBe(value));

  it("reads a list at the top", () => expect(valueAtPath([5, 6], "[1]")).toBe(6));

  it("compares scalars exactly, and by a regular expression", () => {
    expect(isAsExpected(1, 1)).toBe(true);
    expect(isAsExpected("1", 1)).toBe(false);
    expect(isAsExpected("init", "/^in/")).toBe(true);
    expect(isAsExpected(42, "/^4\\d$/")).toBe(true);
    expect(isAsExpected(undefined, "/x/")).toBe(false);
  });
});
