import { describe, expect, it } from "vitest";
import { differences, report } from "../../../tools/boot-logs/compare.ts";

const known = [
  { why: "the date", komainu: [/^date 2024$/], qemu: [/^date 1970$/] },
  { why: "a fault of QEMU", qemu: [/^Division by zero/] },
];

const stamped = (...lines: readonly string[]): string =>
  lines.map((line, i) => `[    ${i}.${"0".repeat(6)}] ${line}\r\n`).join("");

describe("the comparison of two boots' logs", () => {
  it("passes over times, order, and what no two boots have in common", () => {
    const one = stamped("a", "b", "hash (order: 4, 65536 bytes, linear)");
    const other = stamped("b", "hash (order: 5, 131072 bytes, linear)", "a");
    expect(differences({ komainu: one, qemu: other }, [])).toEqual({ found: [], equal: 3 });
  });

  it("counts messages that one side has more often", () => {
    const { found, equal } = differences({ komainu: stamped("a"), qemu: stamped("a", "a", "a") }, []);
    expect(found).toEqual([{ side: "qemu", line: "a", count: 2, known: undefined }]);
    expect(equal).toBe(1);
  });

  it("tells known differences, each on its own side, from those that are not", () => {
    const komainu = stamped("x", "date 2024", "Division by zero in kernel.");
    const qemu = stamped("x", "date 1970", "Division by zero in kernel.", "Division by zero in kernel.", "date 2024");
    const { found } = differences({ komainu, qemu }, known);
    expect(found.map(({ line, known }) => [line, known?.why])).toEqual([
      ["date 1970", "the date"],
      ["Division by zero in kernel.", "a fault of QEMU"],
    ]);
    const worse = differences({ komainu: stamped("date 1970", "oops"), qemu: "" }, known);
    expect(worse.found.map(({ known }) => known)).toEqual([undefined, undefined]);
    expect(report(worse)).toMatch(
      /^0 messages are in both logs\.\n\nNot known:\n {2}Komainu date 1970\n {2}Komainu oops$/,
    );
  });

  it("is told by reason", () => {
    const both = differences({ komainu: stamped("x", "date 2024"), qemu: stamped("x", "date 1970") }, known);
    expect(report(both)).toBe(
      [
        "1 messages are in both logs.",
        "",
        "the date:",
        "  Komainu date 2024",
        "  QEMU    date 1970",
        "",
        "Every difference is a known one.",
      ].join("\n"),
    );
  });
});
