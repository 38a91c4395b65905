import { describe, expect, it } from "vitest";
import type { Fact } from "../../src/linux/fact.ts";
import { proved } from "../../src/linux/fact.ts";
import { LayoutContext } from "../../src/linux/layout.ts";
import { LoadedModule } from "../../src/linux/loaded-module.ts";
import { type ModuleField, moduleLayout } from "../../src/linux/module-layout.ts";
import { CodeBench, loadLiteral, MODULES, RETURN, TEXT } from "./code-bench.ts";

const HEAD = 0xc0200000;
const PAGE = 4096;
const MEM = 0xc0;

interface Shape {
  readonly size: number;
  readonly stride: number;
  /** Words of an entry between base and size, and behind it. */
  readonly entry: (base: number, sizeBytes: number, module: number) => readonly number[];
}

/** `struct module_memory` as versions and options make it. */
const SHAPES: Readonly<Record<string, Shape>> = {
  "6.4 without a tree of addresses": { size: 4, stride: 8, entry: (base, size) => [base, size] },
  "6.4": { size: 4, stride: 36, entry: (base, size, module) => [base, size, module, 0, 0, 0, 0, 0, 0] },
  "6.13, with a copy for writing": {
    size: 12,
    stride: 44,
    entry: (base, size, module) => [base, base, 0, size, module, 0, 0, 0, 0, 0, 0],
  },
};

/** A module whose text, data and read-only data are allocations of their own, from `at` on; its structure is in the data. */
function givenModule(bench: CodeBench, at: number, name: string, { stride, entry }: Shape): number {
  const parts = [
    [at, 2],
    [at + 3 * PAGE, 1],
    [at + 5 * PAGE, 1],
  ] as const;
  for (const [base, pages] of parts) bench.mapModulePages(base, pages);
  const module = parts[1][0] + 0x80;
  bench.module(module, name);
  for (let type = 0; type < 7; type++) {
    const [base, pages] = parts[type] ?? [0, 0];
    bench.words(module + MEM + type * stride, ...entry(base, pages * PAGE, module));
  }
  return module;
}

function learned(bench: CodeBench): { context: LayoutContext; facts: Map<ModuleField, Fact<number>> } {
  const at = TEXT + 0x100;
  bench.define("find_module_all", at);
  bench.define("behind", at + 16);
  bench.words(at, loadLiteral(at, 0, at + 12), 0xe5900000, RETURN, HEAD);
  const context = new LayoutContext({
    ...{ space: bench.space, map: bench.map, symbols: bench.symbols },
    initTask: proved(0xc0000000, "a test"),
    fact: () => proved(0, "a test"),
  });
  return { context, facts: moduleLayout.learn(context) };
}

describe("the memory of modules by kind", () => {
  for (const [version, shape] of Object.entries(SHAPES)) {
    it(`is learned of Linux ${version}`, () => {
      const bench = new CodeBench();
      const modules = [MODULES, MODULES + 0x10000].map((at, index) => givenModule(bench, at, `module_${index}`, shape));
      bench.ring(HEAD, ...modules.map((module) => module + 4));
      const { facts } = learned(bench);
      const names = ["module.mem", "module_memory.size", "sizeof module_memory"] as const;
      expect(names.map((name) => facts.get(name))).toMatchObject(
        [MEM, shape.size, shape.stride].map((value) => ({ value, confidence: "proved" })),
      );
      expect(facts.get("module.core_layout.base")).toMatchObject({ known: false, isAbsent: true });
      const offsetOf = (field: string): number | undefined => {
        const fact = facts.get(field as ModuleField);
        return fact?.known === true ? fact.value : undefined;
      };
      const module = new LoadedModule({ space: bench.space, map: bench.map, offsetOf }, modules[1]);
      expect([module.base, module.sizeBytes]).toEqual([MODULES + 0x10000, 4 * PAGE]);
    });
  }

  it("is not known when an allocation ends before its size says, or the structure lies elsewhere", () => {
    const shape = SHAPES["6.4"];
    for (const [word, value] of [
      [shape.size, 3 * PAGE],
      [shape.stride, 0],
      [shape.stride * 2, MODULES + 9 * PAGE],
    ]) {
      const bench = new CodeBench();
      const module = givenModule(bench, MODULES, "one", shape);
      bench.ring(HEAD, module + 4);
      bench.words(module + MEM + word, value);
      const { facts } = learned(bench);
      expect(facts.get("module.mem"), `word ${word}`).toMatchObject({ known: false });
      expect(facts.get("module.mem"), `word ${word}`).not.toHaveProperty("isAbsent");
    }
  });
});
