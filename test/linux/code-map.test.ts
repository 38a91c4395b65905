import { describe, expect, it } from "vitest";
import { CodeMap } from "../../src/linux/code-map.ts";
import { proved, unknown } from "../../src/linux/fact.ts";
import { CodeBench, MODULES, TEXT } from "./code-bench.ts";

const HEAD = 0xc0200000;

function mapOf(bench: CodeBench, isListKnown = true): CodeMap {
  const { space, map, symbols, readCode } = bench;
  const moduleList = isListKnown ? proved(HEAD, "a test") : unknown("a test");
  return new CodeMap({ space, map, symbols, readCode, moduleList });
}

describe("CodeMap", () => {
  const bench = new CodeBench();
  bench.define("a_function", TEXT + 0x100);
  bench.mapModulePages(MODULES, 1);
  bench.mapModulePages(MODULES + 0x2000, 1);
  bench.module(MODULES + 0x100, "listed");
  bench.ring(HEAD, MODULES + 0x104);

  it("knows the owner of every address", () => {
    const code = mapOf(bench);
    const kinds = [TEXT + 0x104, MODULES + 4, MODULES + 0x2004, 0xc0300000, 0xffff0008, 0xbf800000];
    expect(kinds.map((address) => code.ownerOf(address).kind)).toEqual([
      "kernel",
      "module",
      "unowned",
      "data",
      "vectors",
      "unmapped",
    ]);
    expect(kinds.map((address) => code.isKnown(address))).toEqual([true, true, false, false, true, false]);
  });

  it("describes them for people", () => {
    const code = mapOf(bench);
    expect(code.describe(TEXT + 0x100)).toBe("a_function");
    expect(code.describe(TEXT + 0x104)).toBe("a_function+0x4");
    expect(code.describe(MODULES + 4)).toBe("module listed");
    expect(code.describe(MODULES + 0x2004)).toBe("memory of no listed module");
  });

  it("owns nothing in the modules' range when the list is not known", () => {
    expect(mapOf(bench, false).isKnown(MODULES + 4)).toBe(false);
  });
});
