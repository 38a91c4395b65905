import { describe, expect, it } from "vitest";
import { proved } from "../../src/linux/index.ts";
import { CodeBench, MODULES } from "../linux/code-bench.ts";
import { lookAt } from "./check-bench.ts";
import { messageIds } from "./check-run.ts";

const HEAD = 0xc0200000;
const KSET = 0xc0210000;
const NAMES = ["builtin0", "builtin1", "builtin2", "builtin3", "first_one", "second"];
const FIRST = MODULES + 0x100;
const SECOND = MODULES + 0x2100;
const kobject = (index: number): number => 0xc0220000 + index * 0x100;

function givenModules(): CodeBench {
  const bench = new CodeBench();
  bench.mapModulePages(MODULES);
  bench.mapModulePages(MODULES + 0x2000);
  for (const [address, name] of [[FIRST, "first_one"] as const, [SECOND, "second"] as const]) {
    bench.module(address, name);
    bench.words(address + 0x60, address);
  }
  bench.ring(HEAD, FIRST + 4, SECOND + 4);
  for (const [index, name] of NAMES.entries()) {
    bench.text(0xc0230000 + index * 0x20, name);
    bench.words(kobject(index), 0xc0230000 + index * 0x20);
    bench.words(kobject(index) + 0x24, index === 4 ? FIRST : index === 5 ? SECOND : 0);
  }
  bench.ring(KSET, ...NAMES.map((_, index) => kobject(index) + 4));
  return bench;
}

const look = (bench: CodeBench) =>
  lookAt("modules", bench, { moduleList: proved(HEAD, "a test"), moduleKset: proved(KSET, "a test") });

describe("ids modules", () => {
  it("is clean when list, sysfs and memory agree", () => {
    const report = look(givenModules());
    expect([report.verdict, report.rows.map(({ values }) => values.name)]).toEqual(["clean", ["first_one", "second"]]);
  });

  it("finds a module that is missing from the list", () => {
    const bench = givenModules();
    bench.ring(HEAD, FIRST + 4);
    const report = look(bench);
    expect(messageIds(report)).toEqual(["hidden"]);
    expect(report.findings[0].data).toMatchObject({ name: "second" });
  });

  it("finds it by its pages alone when sysfs lacks it too", () => {
    const bench = givenModules();
    bench.ring(HEAD, FIRST + 4);
    bench.words(SECOND + 4, 0x100, 0x122);
    bench.ring(KSET, ...[0, 1, 2, 3, 4].map((index) => kobject(index) + 4));
    expect(look(bench).findings[0]).toMatchObject({ messageId: "hidden", data: { name: "second" } });
  });

  it("finds pages that belong to nobody", () => {
    const bench = givenModules();
    bench.mapModulePages(MODULES + 0x5000, 2);
    expect(look(bench).findings[0]).toMatchObject({ messageId: "unowned-memory", data: { bytes: 8192 } });
  });

  it("waits for a module that is being loaded or removed", () => {
    const bench = givenModules();
    bench.ring(HEAD, FIRST + 4);
    bench.words(SECOND, 2);
    const report = look(bench);
    expect([report.verdict, report.isPassing]).toEqual(["cannot-tell", true]);
  });

  it("cannot tell a compiled BPF program from other code", () => {
    const bench = givenModules();
    bench.mapModulePages(MODULES + 0x5000);
    bench.words(MODULES + 0x5000, 0x1000);
    expect(look(bench).verdict).toBe("cannot-tell");
  });
});
