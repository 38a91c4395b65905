import { describe, expect, it } from "vitest";
import { CP15_CPACR, VFP_FPEXC, VFP_FPSCR, VFP_S0 } from "../../../src/arm/core/index.ts";
import type { Row } from "../../../src/arm/decode/index.ts";
import { makeRandom, mixSeeds } from "../fuzz/random.ts";
import { BASE, makeInstruction, makeStatus, makeVfp, type Plan, STATUS, vfpRows } from "../fuzz/vfp-case-generator.ts";
import { alwaysInterpreted } from "./always-interpreted.table.ts";
import { DATA, DATA_BYTES, type Trial, tryInstruction } from "./instruction-trial.ts";

const seed = Number(process.env.FUZZ_SEED ?? 1);
const TRIALS = Number(process.env.VFP_TRIALS ?? 20);
const INEXACT = 0x10;

const on = { [CP15_CPACR]: 0x00f00000, [VFP_FPEXC]: 0x40000000 };
const stateOf = (vfp: readonly number[]) =>
  Object.fromEntries(vfp.map((word, n) => [VFP_S0 + n, word >> 0] as const)) as Record<number, number>;

/** A trial of the rows; its FPSCR lets most of them run compiled. */
function randomTrial(wanted: readonly Row[], number: number): Trial {
  const random = makeRandom(mixSeeds(seed, number));
  const isDouble = wanted[0].fixed?.B === 1;
  const plan: Plan = { random, isDouble, isVector: random.oneIn(6) };
  const vfp = makeVfp(plan);
  if (!random.oneIn(4)) vfp[VFP_FPSCR - VFP_S0] = ((random.word() & 0xf200009f) | INEXACT) >>> 0;
  const registers = Array.from({ length: 15 }, () => random.word());
  registers[BASE] = DATA + 0x800 + 4 * random.below(256);
  registers[STATUS] = makeStatus(plan);
  return {
    words: wanted.map((row) => makeInstruction(row, plan)),
    architecture: 6,
    cpsr: (random.word() & 0xf8000000) | random.pick([0x10, 0x13, 0x1f]),
    registers,
    state: { ...on, ...stateOf(vfp) },
    data: Array.from({ length: DATA_BYTES / 4 }, () => random.word()),
  };
}

describe(`a compiled VFP instruction leaves what the interpreter leaves, seed ${seed}`, () => {
  it.each(vfpRows.map(({ name }, number) => ({ name, number })))("$name", ({ name, number }) => {
    let compiled = 0;
    for (let each = 0; each < TRIALS; each++) {
      const trial = randomTrial([vfpRows[number]], number * TRIALS + each);
      const { outcome, differences } = tryInstruction(trial);
      const shown = JSON.stringify({ ...trial, data: [] });
      expect(differences, `${trial.words[0].toString(16)} with ${shown}`).toEqual([]);
      if (outcome === "compiled") compiled++;
    }
    if (alwaysInterpreted.has(name)) expect(compiled).toBe(0);
    else expect(compiled).toBeGreaterThan(0);
  });
});

describe("compiled VFP code", () => {
  it(`leaves what the interpreter leaves also after several instructions, seed ${seed}`, () => {
    const compilable = vfpRows.filter(({ name }) => !alwaysInterpreted.has(name));
    let compiled = 0;
    for (let number = 0; number < TRIALS * 10; number++) {
      const random = makeRandom(mixSeeds(seed ^ 0x77777777, number));
      const wanted = Array.from({ length: 6 }, () => random.pick(compilable));
      const trial = randomTrial(wanted, 1_000_000 + number);
      const { outcome, differences } = tryInstruction(trial);
      const shown = JSON.stringify({ ...trial, data: [] });
      expect(differences, `${trial.words.map((word) => word.toString(16)).join(" ")} with ${shown}`).toEqual([]);
      if (outcome === "compiled") compiled++;
    }
    expect(compiled).toBeGreaterThan(TRIALS / 2);
  });

  const registers = Array.from({ length: 15 }, (_, n) => n);
  const fadds = 0xee300a81; // vadd.f32 s0, s1, s2
  const numbers = { [VFP_S0 + 1]: 0x3f800000, [VFP_S0 + 2]: 0x40000000, [VFP_FPSCR]: INEXACT };
  const attempt = (state: Record<number, number>, cpsr = 0x10) =>
    tryInstruction({ words: [fadds], architecture: 6, registers, cpsr, state: { ...on, ...numbers, ...state } });

  it("adds where nothing but the sum can come of it", () => {
    expect(attempt({})).toEqual({ outcome: "compiled", differences: [] });
  });

  const refused: { what: string; state: Record<number, number> }[] = [
    { what: "the VFP is off", state: { [VFP_FPEXC]: 0 } },
    { what: "user mode has no access", state: { [CP15_CPACR]: 0x00500000 } },
    { what: "nothing was inexact yet", state: { [VFP_FPSCR]: 0 } },
    { what: "the rounding mode is another", state: { [VFP_FPSCR]: INEXACT | (1 << 22) } },
    { what: "results are flushed to zero", state: { [VFP_FPSCR]: INEXACT | (1 << 24) } },
    { what: "vectors are on", state: { [VFP_FPSCR]: INEXACT | (1 << 16) } },
    { what: "an operand is no number", state: { [VFP_S0 + 1]: 0x7fc00000 } },
    { what: "the sum overflows", state: { [VFP_S0 + 1]: 0x7f7fffff, [VFP_S0 + 2]: 0x7f7fffff } },
  ];
  it.each(refused)("leaves the sum to the interpreter when $what", ({ state }) => {
    expect(attempt(state)).toEqual({ outcome: "left", differences: [] });
  });

  it("lets privileged modes in where user mode is not", () => {
    expect(attempt({ [CP15_CPACR]: 0x00500000 }, 0x13).outcome).toBe("compiled");
  });
});
