import { describe, expect, it } from "vitest";
import { proved } from "../../src/linux/index.ts";
import { branch, CodeBench, loadLiteral, MODULES, TEXT } from "../linux/code-bench.ts";
import { lookAt } from "./check-bench.ts";
import { messageIds } from "./check-run.ts";

const HEAD = 0xc0200000;
const SHOW = TEXT + 0x1000;
/** In the constants and in the data of the image. */
const CONSTANT = TEXT + 0x41000;
const VARIABLE = TEXT + 0x61000;
const CHAIN = 0xc0210000;

/** A kernel with one constant and one variable function pointer, a notifier chain, and a listed module. */
function givenKernel() {
  const bench = new CodeBench();
  bench.define("tcp4_seq_show", SHOW);
  bench.define("other_show", SHOW + 0x100);
  bench.define("_sinittext", TEXT + 0x50100);
  bench.define("_einittext", TEXT + 0x51000);
  const free = TEXT + 0x200;
  bench.define("free_initmem", free);
  bench.words(free, loadLiteral(free, 0, free + 0x10), loadLiteral(free + 4, 1, free + 0x14), 0xe1a0f00e, 0);
  bench.words(free + 0x10, TEXT + 0x50000, TEXT + 0x58000);
  const register = TEXT + 0x300;
  bench.define("atomic_notifier_chain_register", register);
  bench.define("register_keyboard_notifier", register + 0x20);
  bench.words(
    register + 0x20,
    0xe1a01000,
    loadLiteral(register + 0x24, 0, register + 0x2c),
    branch(register + 0x28, register),
    CHAIN,
  );
  bench.define("behind", register + 0x40);
  bench.words(CONSTANT, SHOW);
  bench.words(VARIABLE, SHOW);
  bench.mapModulePages(MODULES);
  bench.module(MODULES + 0x100, "listed");
  bench.ring(HEAD, MODULES + 0x104);
  const bootImage = bench.image();
  return { bench, look: () => lookAt("hooks", bench, { moduleList: proved(HEAD, "a test"), bootImage }) };
}

describe("ids hooks", () => {
  it("is clean while pointers are what they were", () => {
    expect(givenKernel().look()).toMatchObject({ verdict: "clean", findings: [] });
  });

  it("lets a variable be set to another function of the kernel, or to nothing", () => {
    const { bench, look } = givenKernel();
    bench.words(VARIABLE, SHOW + 0x100);
    expect(look().verdict).toBe("clean");
    bench.words(VARIABLE, 0);
    expect(look().verdict).toBe("clean");
  });

  it.each([
    ["a constant", CONSTANT],
    ["a variable", VARIABLE],
  ])("finds an operation in %s that leads into a module", (_what, address) => {
    const { bench, look } = givenKernel();
    bench.words(address, MODULES + 0x800);
    const report = look();
    expect(messageIds(report)).toEqual(["operation"]);
    expect(report.findings[0].text).toContain("tcp4_seq_show");
    expect(report.findings[0].text).toContain("module listed");
  });

  it("lets a module register a notifier, and finds one outside every module", () => {
    const { bench, look } = givenKernel();
    bench.words(CHAIN, CHAIN + 0x100);
    bench.words(CHAIN + 0x100, MODULES + 0x800, 0);
    expect(look().verdict).toBe("clean");
    bench.words(CHAIN + 0x100, 0xc0300000);
    expect(messageIds(look())).toEqual(["notifier"]);
  });

  it("finds a chain that leads into itself", () => {
    const { bench, look } = givenKernel();
    bench.words(CHAIN, CHAIN + 0x100);
    bench.words(CHAIN + 0x100, SHOW, CHAIN + 0x100);
    expect(messageIds(look())).toEqual(["broken-chain"]);
  });
});
