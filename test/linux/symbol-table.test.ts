import { describe, expect, it } from "vitest";
import { symbolTableOf } from "../../src/linux/index.ts";

const table = symbolTableOf("System.map", [
  { address: 0xc0008100, type: "t", name: "second" },
  { address: 0xc0008000, type: "T", name: "first" },
  { address: 0xc0008000, type: "T", name: "alias" },
  { address: 0xffff0000, type: "t", name: "second" },
]);

describe("a table of symbols in any order", () => {
  it("is sorted by address, and finds the first of a name", () => {
    expect([...table].map(({ name }) => name)).toEqual(["first", "alias", "second", "second"]);
    expect([table.find("second"), table.find("none"), table.size]).toEqual([0xc0008100, undefined, 4]);
  });

  it("has the closest symbol below an address, all at one, and the next start", () => {
    expect(table.at(0xc00080ff)).toMatchObject({ offset: 0xff, symbol: { name: "first" } });
    expect(table.at(0xc0007fff)).toBeUndefined();
    expect(table.startingAt(0xc0008000).map(({ name }) => name)).toEqual(["first", "alias"]);
    expect([table.nextStart(0xc0008000), table.nextStart(0xffff0000)]).toEqual([0xc0008100, undefined]);
  });
});
