import { describe, expect, it } from "vitest";
import { markdownTable, plainTable } from "../../../tools/bench/text-table.ts";

const table = {
  headings: [" Workload", "speed"],
  rows: [
    ["sha256", "0.10"],
    ["a|b", "12.34"],
  ],
};

describe("tables", () => {
  it("aligns names to the left and numbers to the right", () => {
    expect(plainTable(table)).toBe(
      ["Workload  speed", "--------  -----", "sha256     0.10", "a|b       12.34", ""].join("\n"),
    );
  });

  it("leaves no blanks at line ends", () => {
    const text = plainTable({ headings: ["n", " output"], rows: [["1", "x"]] });
    expect(text.split("\n")).toEqual(["n  output", "-  ------", "1  x", ""]);
  });

  it("makes a Markdown table of the same rows, with bars in cells escaped", () => {
    expect(markdownTable(table)).toBe(
      ["| Workload | speed |", "| --- | ---: |", "| sha256 | 0.10 |", "| a\\|b | 12.34 |", ""].join("\n"),
    );
  });
});
