import { describe, expect, it } from "vitest";
import { type CodeChange, PatchJudge } from "../../src/linux/code-patches.ts";
import { branch, CodeBench, TEXT } from "./code-bench.ts";

const SITE = TEXT + 0x1000;
const RECORD = TEXT + 0x40100;

function judge(bench: CodeBench, change: CodeChange, probed: readonly number[] = []) {
  const { map, symbols } = bench;
  const image = bench.image();
  const judging = new PatchJudge({ map, image, symbols, hasProbe: (at) => probed.includes(at) }, [change]);
  return judging.kindOf(change);
}

describe("PatchJudge", () => {
  it("allows the physical offset of this machine in a recorded place, and no other value", () => {
    const bench = new CodeBench();
    // add r0, r1, #0x81000000, with its record; the offset is 0 - 0xc0000000.
    bench.words(RECORD, SITE - RECORD);
    const before = 0xe2810481;
    expect(judge(bench, { address: SITE, before, now: 0xe2810440 })).toBe("phys-virt");
    expect(judge(bench, { address: SITE, before, now: 0xe2810441 })).toBeUndefined();
    expect(judge(bench, { address: SITE + 4, before, now: 0xe2810440 })).toBeUndefined();
  });

  it("allows what the record of an alternative says", () => {
    const bench = new CodeBench();
    bench.words(RECORD, SITE - RECORD, 0xe320f000);
    expect(judge(bench, { address: SITE, before: 0xf57ff05b, now: 0xe320f000 })).toBe("smp-alternative");
    expect(judge(bench, { address: SITE, before: 0xf57ff05b, now: 0xe320f001 })).toBeUndefined();
  });

  it("allows a jump label its branch and its no-op", () => {
    const bench = new CodeBench();
    const target = SITE + 0x100;
    bench.words(RECORD, SITE, target, 0xc0200000);
    const taken = branch(SITE, target);
    expect(judge(bench, { address: SITE, before: 0xe1a00000, now: taken })).toBe("jump-label");
    expect(judge(bench, { address: SITE, before: taken, now: 0xe320f000 })).toBe("jump-label");
    expect(judge(bench, { address: SITE, before: 0xe1a00000, now: branch(SITE, target + 4) })).toBeUndefined();
  });

  it("allows the tracer its calls, into the kernel only", () => {
    const bench = new CodeBench();
    bench.define("__gnu_mcount_nc", TEXT + 0x100);
    bench.define("ftrace_caller", TEXT + 0x200);
    bench.define("ftrace_call", TEXT + 0x210);
    const before = branch(SITE, TEXT + 0x100, true);
    expect(judge(bench, { address: SITE, before, now: 0xe28dd004 })).toBe("ftrace");
    expect(judge(bench, { address: SITE, before, now: branch(SITE, TEXT + 0x200, true) })).toBe("ftrace");
    expect(judge(bench, { address: SITE, before, now: branch(SITE, TEXT + 0x300, true) })).toBeUndefined();
    const hook = TEXT + 0x210;
    const stub = branch(hook, TEXT + 0x400, true);
    expect(judge(bench, { address: hook, before: stub, now: branch(hook, TEXT + 0x500, true) })).toBe("ftrace");
    expect(judge(bench, { address: hook, before: stub, now: branch(hook, 0xbf000000, true) })).toBeUndefined();
  });

  it("allows a breakpoint only where a probe is registered", () => {
    const bench = new CodeBench();
    const change = { address: SITE, before: 0xe92d4010, now: 0xe7f001f8 };
    expect(judge(bench, change)).toBeUndefined();
    expect(judge(bench, change, [SITE])).toBe("kprobe");
  });
});
