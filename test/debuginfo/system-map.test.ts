import { describe, expect, it } from "vitest";
import { readSystemMap } from "../../src/debuginfo/index.ts";

describe("readSystemMap", () => {
  it("has address, letter and name of every line", () => {
    expect(readSystemMap("c0008000 T _stext\nC0200000 D init_task\r\n\n")).toEqual([
      { address: 0xc0008000, type: "T", name: "_stext" },
      { address: 0xc0200000, type: "D", name: "init_task" },
    ]);
  });

  it("refuses what is no such line, by its number", () => {
    for (const text of ["c0008000 T _text\nhello\n", "c0008000 T _text\nffffffc008000000 T _text\n"]) {
      expect(() => readSystemMap(text)).toThrow(
        expect.objectContaining({ code: "system-map-invalid", facts: { line: 2 } }),
      );
    }
  });
});
