import { describe, expect, it } from "vitest";
import { netfilterHooks } from "../../src/linux/netfilter.ts";
import { CodeBench, PAGE_OFFSET, TEXT } from "./code-bench.ts";

const NET = 0xc0200000;
const ENTRIES = 0xc0210000;
const OPS = 0xc0220000;

function givenHooks(): CodeBench {
  const bench = new CodeBench();
  bench.define("init_net", NET);
  bench.define("nf_register_net_hook", TEXT + 0x100);
  bench.words(NET + 0x400, ENTRIES);
  bench.words(ENTRIES, 2, TEXT + 0x1000, 0, 0xc0230000, 0, OPS, OPS + 0x40);
  bench.words(OPS, TEXT + 0x1000);
  bench.words(OPS + 0x40, 0xc0230000);
  return bench;
}

describe("netfilterHooks", () => {
  it("has every hook of the first name space, once", () => {
    const bench = givenHooks();
    bench.words(NET + 0x404, ENTRIES);
    expect(netfilterHooks(bench.space, bench.symbols, PAGE_OFFSET)).toEqual([
      { at: ENTRIES + 4, callback: TEXT + 0x1000 },
      { at: ENTRIES + 12, callback: 0xc0230000 },
    ]);
  });

  it("takes nothing for hooks whose operations have other functions", () => {
    const bench = givenHooks();
    bench.words(OPS, 1);
    bench.words(OPS + 0x40, 2);
    expect(netfilterHooks(bench.space, bench.symbols, PAGE_OFFSET)).toEqual([]);
  });

  it("is not there in a kernel without netfilter", () => {
    const bench = new CodeBench();
    expect(netfilterHooks(bench.space, bench.symbols, PAGE_OFFSET)).toBeUndefined();
  });
});
