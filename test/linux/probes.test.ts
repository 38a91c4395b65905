import { describe, expect, it } from "vitest";
import { probePages, registeredProbes } from "../../src/linux/probes.ts";
import { CodeBench, loadLiteral, MODULES, PAGE_OFFSET, TEXT } from "./code-bench.ts";

const TABLE = 0xc0200000;
const CACHE = 0xc0210000;
const PROBE = 0xc0220000;

function givenProbe(): CodeBench {
  const bench = new CodeBench();
  for (const [index, [name, literal]] of [
    ["get_kprobe", TABLE] as const,
    ["arch_prepare_kprobe", CACHE] as const,
  ].entries()) {
    const at = TEXT + 0x100 + index * 0x20;
    bench.define(name, at);
    bench.words(at, loadLiteral(at, 0, at + 8), 0xe1a0f00e, literal);
  }
  bench.define("behind", TEXT + 0x200);
  bench.words(TABLE + 5 * 4, PROBE);
  bench.words(PROBE, 0, TABLE + 5 * 4, 0, 0, 0, TEXT + 0x1000);
  bench.words(PROBE + 32, MODULES + 0x40);
  const page = 0xc0230000;
  bench.ring(CACHE + 0x10, page);
  bench.words(page + 8, MODULES + 0x5000);
  return bench;
}

describe("registeredProbes", () => {
  it("has target and handler of each", () => {
    const probes = registeredProbes({ ...contextOf(givenProbe()) });
    expect(probes).toEqual([{ address: PROBE, target: TEXT + 0x1000, handler: MODULES + 0x40 }]);
  });

  it("takes no table whose nodes do not lead back", () => {
    const bench = givenProbe();
    bench.words(PROBE + 4, TABLE);
    expect(registeredProbes(contextOf(bench))).toEqual([]);
  });

  it("has none in a kernel without them", () => {
    expect(registeredProbes(contextOf(new CodeBench()))).toEqual([]);
  });
});

describe("probePages", () => {
  it("has the pages of copied instructions", () => {
    expect([...probePages(contextOf(givenProbe()))]).toEqual([MODULES + 0x5000]);
  });
});

function contextOf({ space, symbols, readCode }: CodeBench) {
  return { space, symbols, readCode, lowest: PAGE_OFFSET };
}
