import { describe, expect, it } from "vitest";
import { literalsOf } from "../../src/linux/literals.ts";
import { CodeBench, loadLiteral, TEXT } from "./code-bench.ts";

describe("literalsOf", () => {
  const bench = new CodeBench();
  const start = TEXT + 0x100;
  bench.define("looked_at", start);
  bench.words(start, loadLiteral(start, 0, start + 0x10), loadLiteral(start + 4, 3, start + 0x14), 0xe1a0f00e, 0);
  bench.words(start + 0x10, 0xc0210000, 0xc0220000);
  bench.define("behind", start + 0x20);
  bench.words(start + 0x20, 0xe3041000, 0xe34c1023, 0xe1a0f00e);
  bench.define("last", start + 0x40);

  it("has the constants that a function loads, in order, and none of the next function", () => {
    expect(literalsOf("looked_at", bench.symbols, bench.readCode)).toEqual([0xc0210000, 0xc0220000]);
  });

  it("joins MOVW and MOVT", () => {
    expect(literalsOf("behind", bench.symbols, bench.readCode)).toEqual([0xc0234000]);
  });

  it("has none of a function that is not there", () => {
    expect(literalsOf("absent", bench.symbols, bench.readCode)).toEqual([]);
  });
});
