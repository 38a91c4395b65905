import { describe, expect, it } from "vitest";
import { pathText, traceCode, tracersOf } from "../../src/linux/code-trace.ts";

const START = 0xc0010000;

/** Follows instructions as the assembler gave them. */
const trace = (words: readonly number[], currentAddress?: number) =>
  traceCode({
    startAddress: START,
    endAddress: START + words.length * 4,
    currentAddress,
    readWord: (address) => words[(address - START) / 4],
  });

const loads = (words: readonly number[], currentAddress?: number): string[] =>
  trace(words, currentAddress)
    .accesses.filter(({ kind }) => kind === "load")
    .map(({ address }) => pathText(address));

describe("traceCode", () => {
  it("follows loads from an argument through pointers, as in return task->cred->uid", () => {
    // ldr r3, [r0, #0x460]; ldr r0, [r3, #4]; bx lr
    const words = [0xe5903460, 0xe5930004, 0xe12fff1e];
    expect(loads(words)).toEqual(["r0+0x460", "r0[0x460]+0x4"]);
    expect(trace(words).results.map(pathText)).toEqual(["r0[0x460][0x4]"]);
  });

  it("knows that the function tracer, which is called first, leaves arguments and stack as they were", () => {
    // push {r4, lr}; push {lr}; bl __gnu_mcount_nc; ldr r0, [r0, #8]; pop {r4, pc}
    const words = [0xe92d4010, 0xe52de004, 0xeb0003fc, 0xe5900008, 0xe8bd8010];
    const mcount = START + 0x1000;
    const code = { startAddress: START, endAddress: START + 20, readWord: (at: number) => words[(at - START) / 4] };
    const shown = (tracers: ReadonlySet<number>) => {
      const { accesses, calls } = traceCode({ ...code, tracers });
      const [load] = accesses.filter(({ kind, address }) => kind === "load" && address.root !== "stack");
      return [pathText(load.address), calls.length];
    };
    const found = tracersOf((name) => (name === "__gnu_mcount_nc" ? mcount : undefined));
    expect(shown(found)).toEqual(["r0+0x8", 0]);
    expect(shown(new Set())).not.toEqual(["r0+0x8", 0]);
  });

  it("reads a constant of the code itself as a number, with write-back added", () => {
    // ldr r7, [pc, #4]; ldr r4, [r7, #32]!; bx lr; .word 0xc058e8c8
    const words = [0xe59f7004, 0xe5b74020, 0xe12fff1e, 0xc058e8c8];
    expect(loads(words)).toEqual(["const+0xc058e8e8"]);
  });

  it("knows the current task by the thread ID register and by its variable", () => {
    // mrc p15, 0, r3, c13, c0, 3; ldr r0, [r3, #8]; bx lr
    expect(loads([0xee1d3f70, 0xe5930008, 0xe12fff1e])).toEqual(["current+0x8"]);
    // ldr r3, [pc, #8]; ldr r3, [r3]; ldr r0, [r3, #8]; bx lr; .word
    const words = [0xe59f3008, 0xe5933000, 0xe5930008, 0xe12fff1e, 0xc05a50c0];
    expect(loads(words, 0xc05a50c0).at(-1)).toBe("current+0x8");
  });

  it("goes both ways at a branch, once, and comes back from a loop", () => {
    // cmp r0, #0; beq +8; ldr r1, [r0]; b -12; ldr r1, [r0, #4]; bx lr
    const words = [0xe3500000, 0x0a000001, 0xe5901000, 0xeafffffb, 0xe5901004, 0xe12fff1e];
    expect(loads(words).toSorted()).toEqual(["r0", "r0+0x4"]);
  });

  it("tells what is passed to calls, and forgets what a call may change", () => {
    // mov r4, r0; add r0, r0, #16; bl +0; ldr r1, [r0]; ldr r2, [r4, #4]; bx lr
    const words = [0xe1a04000, 0xe2800010, 0xebfffffe, 0xe5901000, 0xe5942004, 0xe12fff1e];
    const { calls } = trace(words);
    expect(calls.map(({ args }) => pathText(args[0]))).toEqual(["r0+0x10"]);
    expect(loads(words).at(-1)).toBe("r0+0x4");
    expect(loads(words)[0]).toMatch(/^other/);
  });

  it("tells half-words, bytes, and the value of a store", () => {
    // ldrh r1, [r0, #12]; ldrb r2, [r0, #18]; mov r3, #0; strh r3, [r0, #14]; bx lr
    const { accesses } = trace([0xe1d010bc, 0xe5d02012, 0xe3a03000, 0xe1c030be, 0xe12fff1e]);
    expect(accesses.map(({ kind, sizeBytes, address }) => [kind, sizeBytes, address.add])).toEqual([
      ["load", 2, 12],
      ["load", 1, 18],
      ["store", 2, 14],
    ]);
    expect(accesses[2].value).toMatchObject({ root: "const", add: 0 });
  });

  it("ends on any words, however long", () => {
    let seed = 7;
    const next = (): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return seed;
    };
    for (let round = 0; round < 50; round++) {
      const words = Array.from({ length: 200 }, next);
      expect(trace(words).accesses.length).toBeLessThan(20_000);
    }
  });
});
