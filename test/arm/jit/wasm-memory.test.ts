import { describe, expect, it } from "vitest";
import { Control, CP15_CONTROL } from "../../../src/arm/core/index.ts";
import { afterTrial, CODE, DATA, DATA_BYTES, tryInstruction } from "./instruction-trial.ts";

const data = Array.from({ length: DATA_BYTES / 4 }, (_, i) => 0x80818283 + i * 0x01010101);
const registersWith = (r1: number, r2 = 0): number[] => [0x11223344, r1, r2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
const trial = (words: readonly number[], r1: number, r2?: number) => ({
  words,
  registers: registersWith(r1, r2),
  data,
});

const loads = { ldr: 0xe5910000, ldrb: 0xe5d10000, ldrh: 0xe1d100b0, ldrsb: 0xe1d100d0, ldrsh: 0xe1d100f0 };
const stores = { str: 0xe5810000, strb: 0xe5c10000, strh: 0xe1c100b0 };
const sizes: Readonly<Record<string, number>> = {
  ldr: 4,
  str: 4,
  ldrh: 2,
  ldrsh: 2,
  strh: 2,
  ldrb: 1,
  ldrsb: 1,
  strb: 1,
};

describe("a compiled access", () => {
  it.each(Object.entries({ ...loads, ...stores }))("%s at every byte of a word", (name, word) => {
    for (let byte = 0; byte < 4; byte++) {
      const result = tryInstruction(trial([word], DATA + 0x40 + byte));
      // What is not aligned is the interpreter's.
      expect(result).toEqual({ outcome: byte % sizes[name] === 0 ? "compiled" : "left", differences: [] });
    }
  });

  it("that memory does not answer leaves the code before it, with the instructions before it done and counted", () => {
    // add r2, r2, #1; ldr r3, [r1], #4; add r2, r2, #1
    const words = [0xe2822001, 0xe4913004, 0xe2822001];
    expect(tryInstruction(trial(words, 0x100))).toEqual({ outcome: "left", differences: [] });
    expect(afterTrial().pc).toBe(CODE + 4);
    expect(tryInstruction(trial(words, DATA))).toEqual({ outcome: "compiled", differences: [] });
    expect(afterTrial().pc).toBe(CODE + 12);
  });

  it("changes no register when it leaves: neither the base nor what came before in the same instruction", () => {
    // ldm r1!, {r2, r3, r4}; swp r3, r0, [r1]; ldrd r2, [r1], #8
    for (const word of [0xe8b1001c, 0xe1013090, 0xe0c120d8]) {
      expect(tryInstruction(trial([word], 0x100))).toEqual({ outcome: "left", differences: [] });
      expect(afterTrial().pc).toBe(CODE);
    }
  });

  it("that follows another one in the same page, in the next page and back uses the right page", () => {
    // ldr r3, [r1]; ldr r4, [r1, r2]!; ldr r5, [r1]; str r3, [r1, #4]; ldr r6, [r1, -r2]; str r4, [r1, -r2]
    const words = [0xe5913000, 0xe7b14002, 0xe5915000, 0xe5813004, 0xe7116002, 0xe7014002];
    expect(tryInstruction(trial(words, DATA + 0x10, 0x1000))).toEqual({ outcome: "compiled", differences: [] });
    expect(tryInstruction(trial(words, DATA + 0x10, 0x20))).toEqual({ outcome: "compiled", differences: [] });
  });

  it("does not take a page that was good for loads or bytes for one that is good for stores or words", () => {
    // ldr r3, [r1] from the code page, which answers loads alone; then str r3, [r1]
    expect(tryInstruction(trial([0xe5913000, 0xe5813000], CODE + 0x100))).toEqual({ outcome: "left", differences: [] });
    expect(afterTrial().pc).toBe(CODE + 4);
    // ldrb r3, [r1]; ldr r4, [r1]
    expect(tryInstruction(trial([0xe5d13000, 0xe5914000], DATA + 0x101))).toEqual({ outcome: "left", differences: [] });
    expect(afterTrial().pc).toBe(CODE + 4);
  });
});

describe("a compiled block transfer", () => {
  it.each([
    ["ldmia", 0xe8910000],
    ["ldmia with write-back", 0xe8b10000],
    ["ldmdb", 0xe9110000],
    ["ldmib", 0xe9910000],
    ["ldmda", 0xe8110000],
    ["stmia", 0xe8810000],
    ["stmdb with write-back", 0xe9210000],
    ["stmib", 0xe9810000],
  ] as const)("%s of some registers", (_name, word) => {
    for (const list of [0x0001, 0x0011, 0x5ff8, 0x0003, 0x4002]) {
      expect(tryInstruction(trial([word | list], DATA + 0x100))).toEqual({ outcome: "compiled", differences: [] });
    }
  });

  it("that ends with its page is done, one that crosses it is left", () => {
    const ldm = 0xe891003c; // ldm r1, {r2-r5}
    expect(tryInstruction(trial([ldm], DATA + 0xff0))).toEqual({ outcome: "compiled", differences: [] });
    expect(tryInstruction(trial([ldm], DATA + 0xff4))).toEqual({ outcome: "left", differences: [] });
    expect(tryInstruction(trial([ldm], DATA + 0x102))).toEqual({ outcome: "left", differences: [] });
  });

  it("of a double word is left when it is not aligned to a word, or to eight where alignment is checked", () => {
    const ldrd = 0xe1c120d0; // ldrd r2, [r1]
    const checked = { state: { [CP15_CONTROL]: Control.A } };
    expect(tryInstruction(trial([ldrd], DATA + 8)).outcome).toBe("compiled");
    expect(tryInstruction(trial([ldrd], DATA + 4))).toEqual({ outcome: "compiled", differences: [] });
    expect(tryInstruction(trial([ldrd], DATA + 2))).toEqual({ outcome: "left", differences: [] });
    expect(tryInstruction({ ...trial([ldrd], DATA + 8), ...checked }).outcome).toBe("compiled");
    expect(tryInstruction({ ...trial([ldrd], DATA + 4), ...checked }).outcome).toBe("left");
  });

  it("to the program counter goes to the state that bit 0 says", () => {
    const ldm = 0xe8b18004; // ldm r1!, {r2, pc}
    expect(tryInstruction(trial([ldm], DATA))).toEqual({ outcome: "compiled", differences: [] });
    expect(afterTrial()).toMatchObject({ pc: (data[1] & ~3) >>> 0, isThumb: (data[1] & 1) === 1 });
  });
});
