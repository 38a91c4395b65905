import { describe, expect, it } from "vitest";
import { tryInstruction } from "./instruction-trial.ts";

const values = [0, 1, 2, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff, 0x12345678];
const opcodes = [
  "and",
  "eor",
  "sub",
  "rsb",
  "add",
  "adc",
  "sbc",
  "rsc",
  "tst",
  "teq",
  "cmp",
  "cmn",
  "orr",
  "mov",
  "bic",
  "mvn",
];

/** Runs it for all pairs of values in r1 and r2, with carry and without. */
function differencesOfPairs(...words: number[]): string[] {
  const differences: string[] = [];
  for (const a of values) {
    for (const b of values) {
      for (const cpsr of [0x10, 0x20000010]) {
        const registers = [0x5a5a5a5a, a, b, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
        const result = tryInstruction({ words, cpsr, registers });
        if (result.outcome !== "compiled") differences.push(`${result.outcome}, not compiled`);
        differences.push(...result.differences.map((line) => `${a.toString(16)}, ${b.toString(16)}: ${line}`));
      }
    }
  }
  return differences;
}

describe("compiled arithmetic on values at the edges", () => {
  it.each(opcodes.map((name, opcode) => ({ name, opcode })))("$name sets result and flags", ({ opcode }) => {
    // <op>s r0, r1, r2
    expect(differencesOfPairs(0xe0110002 | (opcode << 21))).toEqual([]);
  });

  it.each(opcodes.map((name, opcode) => ({ name, opcode })))("$name with an immediate 0 and 255", ({ opcode }) => {
    expect(differencesOfPairs(0xe2110000 | (opcode << 21))).toEqual([]);
    expect(differencesOfPairs(0xe21100ff | (opcode << 21))).toEqual([]);
  });

  it.each([
    ["mul", 0xe0100291],
    ["umull", 0xe0903291],
    ["umlal", 0xe0b03291],
    ["smull", 0xe0d03291],
    ["smlal", 0xe0f03291],
    ["smlabb", 0xe1003281],
    ["smlawt", 0xe12032c1],
    ["qadd", 0xe1020051],
    ["qsub", 0xe1220051],
    ["qdadd", 0xe1420051],
    ["qdsub", 0xe1620051],
    ["clz", 0xe16f0f11],
  ] as const)("%s", (_name, word) => {
    expect(differencesOfPairs(word)).toEqual([]);
  });

  it("reads a register before the same instruction writes it, in either order", () => {
    // umull r1, r2, r2, r1; umull r2, r1, r1, r2; swap through long results
    expect(differencesOfPairs(0xe0821192)).toEqual([]);
    expect(differencesOfPairs(0xe0812291)).toEqual([]);
    // ldm-like double result: mov r1, r2 then mvn r2, r1
    expect(differencesOfPairs(0xe1a01002, 0xe1e02001)).toEqual([]);
  });
});

describe("compiled conditions", () => {
  const conditions = Array.from({ length: 14 }, (_, condition) => condition);

  it.each(conditions)("condition %i after a comparison of registers", (condition) => {
    // cmp r1, r2; mov<c> r0, #1
    expect(differencesOfPairs(0xe1510002, 0x03a00001 | (condition << 28))).toEqual([]);
  });

  it.each(conditions)("condition %i after a comparison whose register has changed since", (condition) => {
    // cmp r1, r2; add r1, r1, #1; mov<c> r0, #1
    expect(differencesOfPairs(0xe1510002, 0xe2811001, 0x03a00001 | (condition << 28))).toEqual([]);
  });

  it.each(conditions)(
    "condition %i after an addition, a logical instruction, and flags from elsewhere",
    (condition) => {
      const conditional = 0x03a00001 | (condition << 28);
      expect(differencesOfPairs(0xe0913002, conditional)).toEqual([]); // adds r3, r1, r2
      expect(differencesOfPairs(0xe1110002, conditional)).toEqual([]); // tst r1, r2
      expect(differencesOfPairs(0xe1a03000, conditional)).toEqual([]); // mov r3, r0
    },
  );

  it.each(conditions)("condition %i after a comparison that was conditional itself", (condition) => {
    // cmp r1, #1; cmp<c> r2, #2; movls r0, #1; mov<c> r3, #1
    const words = [0xe3510001, 0x03520002 | (condition << 28), 0x93a00001, 0x03a03001 | (condition << 28)];
    expect(differencesOfPairs(...words)).toEqual([]);
  });
});
