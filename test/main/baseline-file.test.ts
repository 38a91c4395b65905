import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decodeBaseline, encodeBaseline, type SavedBaseline } from "../../src/main/baseline-file.ts";

const saved: SavedBaseline = {
  name: "good",
  kernel: "Linux version 6.1.99",
  baseline: new Map([
    ["syscall", new Set(["0 c0008000", "1 c0008010"])],
    ["mount", new Set(["proc /proc proc rw", "a\nname \u0000 of anything"])],
  ]),
};
const damaged = (message: RegExp) =>
  expect.objectContaining({ code: "baseline-damaged", message: expect.stringMatching(message) });
const fileOf = (value: unknown): string => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return `${text}\n${JSON.stringify({ sha256: createHash("sha256").update(text).digest("hex") })}\n`;
};

describe("a baseline's file", () => {
  it("gives back what was saved", () => {
    expect(decodeBaseline(encodeBaseline(saved), "f")).toEqual(saved);
  });

  it("is refused with any of its bytes changed, or cut", () => {
    const file = encodeBaseline(saved);
    for (let at = 0; at < file.length; at++) {
      const changed = `${file.slice(0, at)}${file[at] === "x" ? "y" : "x"}${file.slice(at + 1)}`;
      expect(() => decodeBaseline(changed, "f")).toThrow(damaged(/^f: expected /));
      expect(() => decodeBaseline(file.slice(0, at), "f")).toThrow(damaged(/^f: expected /));
    }
  });

  const good = { schema: "komainu.baseline/1", name: "good", kernel: "k", checks: [] };
  it.each([
    [
      "another format",
      { ...good, schema: "komainu.baseline/2" },
      /baseline of komainu\.baseline\/1, found .* at schema$/,
    ],
    ["a member that it has not", { ...good, more: 1 }, /found Unrecognized key/],
    ["a name that leads elsewhere", { ...good, name: "../x" }, / at name$/],
    ["a check that has no baseline", { ...good, checks: [{ check: "plist", rows: [] }] }, / at checks\.0\.check$/],
    ["rows that are no texts", { ...good, checks: [{ check: "mount", rows: [7] }] }, / at checks\.0\.rows\.0$/],
    ["a text without end", { ...good, checks: [{ check: "mount", rows: ["x".repeat(9000)] }] }, /rows\.0$/],
    [
      "a check twice",
      {
        ...good,
        checks: [
          { check: "mount", rows: [] },
          { check: "mount", rows: [] },
        ],
      },
      /each check once/,
    ],
    ["no JSON", "[", /a line of JSON/],
    ["no object", "7", /baseline of/],
  ])("is refused with %s, though its digest fits", (_what, value, message) => {
    expect(() => decodeBaseline(fileOf(value), "f")).toThrow(damaged(message));
  });
});
