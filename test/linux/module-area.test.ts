import { describe, expect, it } from "vitest";
import { contains, isCompiledBpf, mappedRuns, moduleArea } from "../../src/linux/module-area.ts";
import { CodeBench, MODULES } from "./code-bench.ts";

describe("mappedRuns", () => {
  it("has a run for each allocation, between its guard pages", () => {
    const bench = new CodeBench();
    bench.mapModulePages(MODULES, 2);
    bench.mapModulePages(MODULES + 0x3000);
    expect(mappedRuns(bench.space, moduleArea(bench.map, false))).toEqual([
      { startAddress: MODULES, endAddress: MODULES + 0x2000 },
      { startAddress: MODULES + 0x3000, endAddress: MODULES + 0x4000 },
    ]);
  });

  it("leaves out the pages of high memory at the end of the range", () => {
    const { map } = new CodeBench();
    const [all, without] = [moduleArea(map, false), moduleArea(map, true)];
    expect([contains(all, 0xbfe00000), contains(without, 0xbfe00000)]).toEqual([true, false]);
  });
});

describe("isCompiledBpf", () => {
  it("knows an allocation that begins with its own size", () => {
    const bench = new CodeBench();
    bench.mapModulePages(MODULES);
    const run = { startAddress: MODULES, endAddress: MODULES + 0x1000 };
    expect(isCompiledBpf(bench.space, run)).toBe(false);
    bench.words(MODULES, 0x1000);
    expect(isCompiledBpf(bench.space, run)).toBe(true);
  });
});
