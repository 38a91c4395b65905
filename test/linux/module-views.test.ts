import { describe, expect, it } from "vitest";
import {
  carveModule,
  findModuleKset,
  findModuleList,
  ModuleMemory,
  moduleAt,
  sysfsModules,
  walkModuleList,
} from "../../src/linux/module-views.ts";
import { CodeBench, loadLiteral, MODULES, TEXT } from "./code-bench.ts";

const HEAD = 0xc0200000;
const KSET = 0xc0210000;
const KSET_POINTER = 0xc0211000;
const FIRST = MODULES + 0x100;
const SECOND = MODULES + 0x3100;

/** Two modules in list, sysfs and memory, and functions that use both lists. */
function givenModules(): CodeBench {
  const bench = new CodeBench();
  bench.mapModulePages(MODULES, 2);
  bench.mapModulePages(MODULES + 0x3000, 1);
  bench.module(FIRST, "first_one");
  bench.module(SECOND, "second");
  bench.ring(HEAD, FIRST + 4, SECOND + 4);
  const users: [string, number][] = [
    ["find_module_all", HEAD],
    ["m_start", HEAD],
    ["module_add_driver", KSET_POINTER],
  ];
  for (const [index, [name, literal]] of users.entries()) {
    const at = TEXT + 0x100 + index * 0x20;
    bench.define(name, at);
    bench.words(at, loadLiteral(at, 0, at + 8), 0xe1a0f00e, literal);
  }
  bench.define("behind", TEXT + 0x200);
  bench.words(KSET_POINTER, KSET);
  const names = ["builtin0", "builtin1", "builtin2", "first_one", "second", "builtin3"];
  const kobjects = names.map((_, index) => 0xc0220000 + index * 0x100);
  for (const [index, name] of names.entries()) {
    bench.text(0xc0230000 + index * 0x20, name);
    bench.words(kobjects[index], 0xc0230000 + index * 0x20);
    bench.words(kobjects[index] + 0x24, name === "first_one" ? FIRST : name === "second" ? SECOND : 0);
  }
  bench.ring(KSET, ...kobjects.map((kobject) => kobject + 4));
  return bench;
}

describe("the module list", () => {
  it("is found by the code that walks it, and walked", () => {
    const bench = givenModules();
    const head = findModuleList(bench);
    expect(head).toMatchObject({ known: true, value: HEAD, confidence: "proved" });
    const { modules, damage } = walkModuleList(bench, HEAD);
    expect(modules.map(({ name }) => name)).toEqual(["first_one", "second"]);
    expect(damage).toEqual([]);
  });

  it("is not known without symbols that use it", () => {
    const bench = new CodeBench();
    expect(findModuleList(bench).known).toBe(false);
  });

  it("has damage where an element is no module", () => {
    const bench = givenModules();
    bench.words(SECOND, 77);
    expect(walkModuleList(bench, HEAD).damage).toHaveLength(1);
  });
});

describe("the set in sysfs", () => {
  it("is found, and leads to the modules that are loaded", () => {
    const bench = givenModules();
    expect(findModuleKset(bench)).toMatchObject({ known: true, value: KSET });
    const loaded = sysfsModules(bench, KSET).filter(({ module }) => module !== undefined);
    expect(loaded.map(({ name, module }) => [name, module?.address])).toEqual([
      ["first_one", FIRST],
      ["second", SECOND],
    ]);
  });
});

describe("memory of modules", () => {
  it("belongs to the module whose structure lies in it, or that records its base", () => {
    const bench = givenModules();
    const module = moduleAt(bench.space, FIRST);
    expect(module?.isLive).toBe(true);
    if (module === undefined) return;
    const owner = (base: number, end: number) => new ModuleMemory(bench.space, [module], MODULES).ownerOf(base, end);
    expect(owner(MODULES, MODULES + 0x2000)).toEqual(module);
    expect(owner(MODULES + 0x3000, MODULES + 0x4000)).toBeUndefined();
    bench.words(FIRST + 0x150, MODULES + 0x3000);
    expect(owner(MODULES + 0x3000, MODULES + 0x4000)).toEqual(module);
  });

  it("tells the name of a module that no list has, when it points to itself", () => {
    const bench = givenModules();
    bench.words(SECOND + 4, 0x100, 0x122);
    const carve = () => carveModule(bench.space, MODULES + 0x3000, MODULES + 0x4000, MODULES);
    expect(carve()).toBeUndefined();
    bench.words(SECOND + 0x60, SECOND);
    expect(carve()).toMatchObject({ name: "second", address: SECOND });
  });
});
