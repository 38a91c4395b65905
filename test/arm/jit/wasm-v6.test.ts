import { describe, expect, it } from "vitest";
import { EXCLUSIVE, EXCLUSIVE_ADDRESS, FLAG_A, FLAG_F, FLAG_I } from "../../../src/arm/core/index.ts";
import { afterTrial, CODE, DATA, type Trial, tryInstruction } from "./instruction-trial.ts";

const COMPILED = { outcome: "compiled", differences: [] };
const LEFT = { outcome: "left", differences: [] };
const LDREX = 0xe1912f9f; /* ldrex r2, [r1] */
const STREX = 0xe1813f90; /* strex r3, r0, [r1] */
const registers = [0x11223344, DATA, 9, 9, 0x7fffffff, 0x80000000, 0xff7f0180, 0, 1, 2, 3, 4, 5, 6, 7];

const given = (words: readonly number[], more: Partial<Trial> = {}): Trial => {
  return { words, registers, architecture: 6, data: [0xaabbccdd, 2, 3, 4], ...more };
};

describe("a compiled exclusive pair", () => {
  it("stores where nothing came between", () => {
    expect(tryInstruction(given([LDREX, STREX]))).toEqual(COMPILED);
    expect(tryInstruction(given([LDREX, STREX, STREX]))).toEqual(COMPILED);
    expect(tryInstruction(given([0xe1d12f9f, 0xe1c13f90]))).toEqual(COMPILED);
    expect(tryInstruction(given([0xe1f12f9f, 0xe1e13f90]))).toEqual(COMPILED);
  });

  it("does not store at another address, or after CLREX", () => {
    expect(tryInstruction(given([LDREX, 0xe2811004 /* add r1, r1, #4 */, STREX]))).toEqual(COMPILED);
    expect(tryInstruction(given([LDREX, 0xf57ff01f /* clrex */, STREX]))).toEqual(COMPILED);
  });

  it("is left at what is not aligned or not RAM, with the monitor as it was", () => {
    const unaligned = { registers: [1, DATA + 2, ...registers.slice(2)] };
    expect(tryInstruction(given([LDREX], unaligned))).toEqual(LEFT);
    const state = { [EXCLUSIVE]: 1, [EXCLUSIVE_ADDRESS]: 0x100 };
    expect(tryInstruction(given([STREX], { registers: [1, 0x100, ...registers.slice(2)], state }))).toEqual(LEFT);
  });

  it("fails without access where no memory is, when nothing is watched", () => {
    const state = { [EXCLUSIVE]: 0, [EXCLUSIVE_ADDRESS]: 0x100 };
    expect(tryInstruction(given([STREX], { registers: [1, 0x100, ...registers.slice(2)], state }))).toEqual(COMPILED);
  });
});

describe("compiled saturation", () => {
  it.each([
    ["ssat r0, #1", 0xe6a00010],
    ["ssat r0, #32", 0xe6bf0010],
    ["ssat r0, #16", 0xe6af0010],
    ["usat r0, #0", 0xe6e00010],
    ["usat r0, #31", 0xe6ff0010],
  ])("%s holds the limits, and tells by Q", (_text, word) => {
    for (const register of [4, 5, 6, 7, 8]) expect(tryInstruction(given([word | register]))).toEqual(COMPILED);
  });
});

describe("compiled GE flags", () => {
  it("are what SEL goes by, and what MRS shows", () => {
    const words = [0xe6512f96 /* uadd8 r2, r1, r6 */, 0xe6843fb5 /* sel r3, r4, r5 */, 0xe10f7000 /* mrs r7, CPSR */];
    expect(tryInstruction(given(words))).toEqual(COMPILED);
    expect(tryInstruction(given([words[1]], { cpsr: 0x00050010 }))).toEqual(COMPILED);
  });
});

describe("compiled CPS", () => {
  it("sets and clears masks in a privileged mode, and none in user mode", () => {
    expect(tryInstruction(given([0xf10c01c0 /* cpsid aif */], { cpsr: 0x13 }))).toEqual(COMPILED);
    expect(tryInstruction(given([0xf10801c0 /* cpsie aif */], { cpsr: 0x1d3 }))).toEqual(COMPILED);
    expect(afterTrial()).toMatchObject({ cpsr: 0x13, pc: CODE + 4 });
    const state = { [FLAG_A]: 1, [FLAG_I]: 1, [FLAG_F]: 1 };
    expect(tryInstruction(given([0xf10801c0], { cpsr: 0x10, state }))).toEqual(COMPILED);
    expect(afterTrial().cpsr).toBe(0x1d0);
  });

  it("leaves a change of mode to the interpreter", () => {
    expect(tryInstruction(given([0xf10a0090 /* cpsie i, #16 */], { cpsr: 0x93 }))).toEqual(LEFT);
  });
});
