import { describe, expect, it } from "vitest";
import { csvLine, parseCsv } from "../../../tools/bench/csv.ts";

describe("CSV", () => {
  it("quotes only what needs it", () => {
    expect(csvLine(["plain", "a, b", 'said "no"', "two\nlines", ""])).toBe(
      'plain,"a, b","said ""no""","two\nlines",\n',
    );
  });

  it("reads back what it wrote, empty fields at either end included", () => {
    const records = [
      ["", "a,b", '"'],
      ["1", "x\r\ny", ""],
      ["", "", ""],
    ];
    expect(parseCsv(records.map(csvLine).join(""))).toEqual(records);
  });

  it("reads CRLF line ends and a last line without one", () => {
    expect(parseCsv("a,b\r\n1,2")).toEqual([
      ["a", "b"],
      ["1", "2"],
    ]);
    expect(parseCsv("a,")).toEqual([["a", ""]]);
    expect(parseCsv("")).toEqual([]);
  });

  it("tells where a text is no CSV", () => {
    expect(() => parseCsv('a,"b" c\n')).toThrow(/character 2/);
  });
});
