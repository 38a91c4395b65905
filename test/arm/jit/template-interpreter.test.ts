/** Code that runs by templates alone, beside the interpreter: pages, stores to code, mappings, devices, slices. */
import { describe, expect, it } from "vitest";
import { Mode, R15, REMAINING } from "../../../src/arm/core/index.ts";
import { Interpreter } from "../../../src/arm/interp/index.ts";
import { JitCpu } from "../../../src/arm/jit/index.ts";
import { Exit } from "../../../src/arm/jit/locals.table.ts";
import { CODE, DATA, DEVICE, type GivenCpu, type GivenOptions, givenCpu } from "../given-cpu.ts";

const NOP = 0xe1a00000;
const BX_LR = 0xe12fff1e;
const branch = (from: number, to: number, opcode = 0xea000000): number =>
  (opcode | (((to - from - 8) >> 2) & 0xffffff)) >>> 0;

class Pair {
  readonly interp: GivenCpu;
  readonly jit: GivenCpu;

  constructor(options: GivenOptions) {
    this.interp = givenCpu({ ...options, makeCore: (bus, model) => new Interpreter(bus, model) });
    const makeJit: GivenOptions["makeCore"] = (bus, model) =>
      new JitCpu(bus, model, { tuning: { hotEntries: 60_000 } });
    this.jit = givenCpu({ ...options, makeCore: makeJit });
  }

  each(act: (given: GivenCpu) => void): this {
    act(this.interp);
    act(this.jit);
    return this;
  }

  /** In slices of every small length, with equal states after each. */
  run(count: number): this {
    for (let done = 0, slice = 1; done < count; done += slice, slice = 1 + (slice % 7)) {
      const length = slice;
      this.each((given) => given.run(length));
      expect(this.state(this.jit), `after ${done + slice} instructions`).toEqual(this.state(this.interp));
    }
    return this;
  }

  private state(given: GivenCpu) {
    const words = Array.from(given.words);
    words[R15] = 0;
    words[REMAINING] = 0;
    const { core, deviceLog } = given;
    return { words, deviceLog, exceptions: { ...core.exceptionCounts }, instructions: core.instructions() };
  }

  get exits(): readonly number[] {
    return (this.jit.core as JitCpu).exits;
  }
}

describe("the template interpreter", () => {
  it("goes from page to page, by falling through and by jumps", () => {
    const end = 0x1000 - 8;
    // add r0, r0, #1 over the page's end; back to the start of the loop two pages before.
    const pair = new Pair({ code: [branch(0, end)] });
    pair.each((given) => {
      given.write(CODE + end, NOP, 0xe2800001, 0xe2811001, branch(0x1004, 0x2000));
      given.write(CODE + 0x2000, 0xe2822001, branch(0x2004, 0));
    });
    pair.run(400);
    expect(pair.jit.words[0]).toBeGreaterThan(40);
  });

  it("runs what a store left, in the instruction after it too", () => {
    // 0: str r1, [r2] (the word at 8); 4: eor r1, r1, r3; 8: add r0, r0, #1 or #2; c: b 0
    const code = [0xe5821000, 0xe0211003, 0xe2800001, branch(0xc, 0)];
    const registers = { 1: 0xe2800001 | 0, 2: CODE + 8, 3: 3 };
    new Pair({ code, registers }).run(300);
    // The store is the instruction before the one it changes.
    const next = [0xe0211003, 0xe5821000, 0xe2800001, branch(0xc, 0)];
    new Pair({ code: next, registers }).run(300);
  });

  it("lets a device see the count of instructions, and end the slice", () => {
    // 0: ldr r0, [r8]; 4: add r0, r0, #1; 8: str r0, [r8]; c: strb r0, [r8, #4]; 10: b 0
    const code = [0xe5980000, 0xe2800001, 0xe5880000, 0xe5c80004, branch(0x10, 0)];
    const pair = new Pair({ code, registers: { 8: DEVICE } });
    const counts: number[][] = [[], []];
    for (const [i, given] of [pair.interp, pair.jit].entries()) {
      given.onDeviceWrite = () => {
        counts[i].push(given.core.instructions());
        if (counts[i].length % 3 === 0) given.core.endSlice();
      };
    }
    pair.run(500);
    expect(counts[1]).toEqual(counts[0]);
    expect(counts[0].length).toBeGreaterThan(100);
    // No access left for the interpreter.
    expect(pair.exits[Exit.interpret]).toBe(0);
  });

  it("takes an interrupt that a device raised before the next instruction", () => {
    // IRQs are on; the handler at 0x18 counts in r9 and takes the line back.
    const vectors = { 24: 0xe2899001, 28: 0xe588a004, 32: 0xe25ef004 };
    const code = [0xe5880000, 0xe2800001, 0xe2811001, branch(0xc, 0)];
    const pair = new Pair({ code, vectors, cpsr: Mode.svc | 0x40, registers: { 8: DEVICE } });
    pair.each((given) => {
      given.onDeviceWrite = (offset) => given.core.setIrqLine(offset === 0);
    });
    pair.run(300);
    expect(pair.jit.core.exceptionCounts.irq).toBeGreaterThan(20);
  });

  it("leaves Thumb code and what no memory has to the interpreter", () => {
    // 0: bx r1 to Thumb code; there: adds r0, #1; bx r2 back to 4; 4: bx r3, where nothing is
    const pair = new Pair({
      code: [0xe12fff11, 0xe12fff13],
      vectors: { 12: 0xe12fff14 },
      registers: { 1: CODE + 0x101, 2: CODE + 4, 3: 0x30000000, 4: CODE },
    });
    pair.each((given) => given.writeHalves(CODE + 0x100, 0x3001, 0x4710));
    pair.run(200);
    expect(pair.jit.core.exceptionCounts.prefetchAbort).toBeGreaterThan(10);
  });

  it("counts what it runs until a place is hot", () => {
    // 0: bl 0x100; 4: b 0
    const pair = new Pair({ code: [branch(0, 0x100, 0xeb000000), branch(4, 0)] });
    pair.each((given) => given.write(CODE + 0x100, BX_LR));
    pair.each((given) => given.run(600_000));
    const { counts } = pair.jit.core as JitCpu;
    expect(counts.regions).toBeGreaterThan(0);
    expect(pair.jit.core.instructions()).toBe(pair.interp.core.instructions());
    expect(pair.jit.word(DATA)).toBe(0);
  });
});
