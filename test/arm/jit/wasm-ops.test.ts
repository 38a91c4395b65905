import { describe, expect, it } from "vitest";
import { EXCLUSIVE, EXCLUSIVE_ADDRESS } from "../../../src/arm/core/index.ts";
import { type Row, rows } from "../../../src/arm/decode/index.ts";
import { makeRandom, mixSeeds } from "../fuzz/random.ts";
import { alwaysInterpreted } from "./always-interpreted.table.ts";
import { architectureOf, INDEX, instructionOf } from "./fuzz/random-instruction.ts";
import { afterTrial, CODE, DATA, DATA_BYTES, type Trial, tryInstruction } from "./instruction-trial.ts";

const seed = Number(process.env.FUZZ_SEED ?? 1);
const TRIALS = 30;
const interesting = [0, 1, 2, 31, 32, 33, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe];

/** All rows but those of the VFP, which has a test of its own. */
const core = rows.filter(({ arch }) => arch !== "vfpv2");

/** Random registers, half of them addresses in the data window. */
function randomTrial(word: number, row: Row, number: number): Trial {
  const { isThumb } = row;
  const architecture = architectureOf(row);
  const random = makeRandom(mixSeeds(seed, number));
  const address = () => DATA + 0x400 + 4 * random.below((DATA_BYTES - 0x800) / 4);
  const value = () => (random.oneIn(2) ? random.pick(interesting) : random.word());
  const registers = Array.from({ length: 15 }, (_, n) => (n >= 5 && !random.oneIn(3) ? address() : value()));
  if (!random.oneIn(3)) registers[isThumb ? INDEX.thumb : INDEX.arm] = 4 * random.below(16);
  return {
    words: [word],
    isThumb,
    architecture,
    // The monitor watches what an exclusive store stores to, half of the time.
    state: { [EXCLUSIVE]: random.below(2), [EXCLUSIVE_ADDRESS]: registers[(word >>> 16) & 15] ?? 0 },
    cpsr: (random.word() & (architecture === 6 ? 0xf80f0000 : 0xf8000000)) | random.pick([0x10, 0x13, 0x1f, 0xdf]),
    registers,
    data: Array.from({ length: DATA_BYTES / 4 }, () => random.word()),
  };
}

describe(`a compiled instruction leaves what the interpreter leaves, seed ${seed}`, () => {
  it.each(core.filter(({ name }) => !alwaysInterpreted.has(name)).map(({ name, index }) => ({ name, index })))(
    "$name",
    ({ index }) => {
      const random = makeRandom(mixSeeds(seed ^ 0x1234567, index));
      const row = rows[index];
      let compiled = 0;
      for (let number = 0; number < TRIALS; number++) {
        const word = instructionOf(row, random);
        if (word === undefined) continue;
        const trial = randomTrial(word, row, index * TRIALS + number);
        const { outcome, differences } = tryInstruction(trial);
        expect(differences, `${word.toString(16)} with ${JSON.stringify({ ...trial, data: [] })}`).toEqual([]);
        if (outcome === "compiled") compiled++;
      }
      expect(compiled).toBeGreaterThan(0);
    },
  );

  it.each(core.filter(({ name }) => alwaysInterpreted.has(name)).map(({ name, index }) => ({ name, index })))(
    "$name is left to the interpreter",
    ({ name, index }) => {
      const random = makeRandom(mixSeeds(seed, index));
      for (let number = 0; number < 20; number++) {
        const word = instructionOf(rows[index], random);
        if (word === undefined) continue;
        expect(tryInstruction(randomTrial(word, rows[index], number)).outcome, name).toBe("interpreted");
      }
    },
  );
});

describe("a compiled computation on a condition", () => {
  it("writes its register just where the condition holds, also one that the comparison or the computation reads", () => {
    // cmp r1, r2; then r1, r2 and r3 as destination and operand, for each condition
    const cmp = 0xe1510002;
    for (let condition = 0; condition < 14; condition++) {
      for (const word of [0x00411002, 0x02822001, 0x00a33003, 0x01a01102, 0x03e03000, 0x00833001])
        for (const [r1, r2] of [
          [1, 2],
          [2, 1],
          [3, 3],
          [0x80000000, 1],
        ]) {
          const words = [cmp, (condition << 28) | word, ((condition ^ 1) << 28) | 0x02811005];
          const registers = [0, r1, r2, 7, ...new Array<number>(11).fill(0)];
          expect(tryInstruction({ words, registers }), words.map((w) => (w >>> 0).toString(16)).join(" ")).toEqual({
            outcome: "compiled",
            differences: [],
          });
        }
    }
  });
});

describe("a compiled branch", () => {
  const registers = Array.from({ length: 15 }, (_, n) => n);

  it.each([
    { what: "bx to Thumb code", words: [0xe12fff10], target: 0x1235, pc: 0x1234, isThumb: true },
    { what: "bx to ARM code, bits 1:0 gone", words: [0xe12fff10], target: 0x1236, pc: 0x1234, isThumb: false },
    { what: "mov pc, bits 1:0 gone", words: [0xe1a0f000], target: 0x1237, pc: 0x1234, isThumb: false },
    { what: "ldr pc of a Thumb address", words: [0xe591f000], target: 0, pc: 0x2222, isThumb: true },
    { what: "the highest Thumb address", words: [0xe12fff10], target: 0xffffffff, pc: 0xfffffffe, isThumb: true },
  ])("$what goes where the interpreter goes", ({ words, target, pc, isThumb }) => {
    const trial = { words, registers: [target, DATA, ...registers.slice(2)], data: [0x2223] };
    expect(tryInstruction(trial)).toEqual({ outcome: "compiled", differences: [] });
    expect(afterTrial()).toMatchObject({ pc, isThumb });
  });

  it("that is not taken goes on behind itself", () => {
    expect(tryInstruction({ words: [0x0a000010], cpsr: 0x10, registers }).differences).toEqual([]);
    expect(afterTrial().pc).toBe(CODE + 4);
    expect(tryInstruction({ words: [0x0a000010], cpsr: 0x40000010, registers }).differences).toEqual([]);
    expect(afterTrial().pc).toBe(CODE + 0x48);
  });
});

describe("a compiled write of the status register", () => {
  const registers = Array.from({ length: 15 }, (_, n) => n);

  it("changes flags in user mode, and nothing else", () => {
    const trial = { words: [0xe129f000], cpsr: 0x10, registers: [0xf80000d3, ...registers.slice(1)] };
    expect(tryInstruction(trial)).toEqual({ outcome: "compiled", differences: [] });
    expect(afterTrial().cpsr).toBe(0xf8000010);
  });

  it("changes the masks in a privileged mode, and leaves a change of mode to the interpreter", () => {
    const trial = (value: number) => ({ words: [0xe121f000], cpsr: 0xdf, registers: [value, ...registers.slice(1)] });
    expect(tryInstruction(trial(0x5f))).toEqual({ outcome: "compiled", differences: [] });
    expect(afterTrial().cpsr).toBe(0x5f);
    expect(tryInstruction(trial(0x13))).toEqual({ outcome: "left", differences: [] });
    expect(afterTrial()).toMatchObject({ cpsr: 0xdf, pc: CODE });
  });
});
