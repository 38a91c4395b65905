import { describe, expect, it } from "vitest";
import { tryInstruction } from "./instruction-trial.ts";

const values = [0, 1, 0x80000000, 0x80000001, 0x7ffffffe, 0xffffffff, 0x12345678];
const types = ["lsl", "lsr", "asr", "ror"].map((name, type) => ({ name, type }));

/** Runs `words` with each value in r1 and `amount` in r2, with carry and without. */
function differencesOf(words: readonly number[], amount = 0): string[] {
  return values.flatMap((value) =>
    [0x10, 0x30000010].flatMap((cpsr) => {
      const registers = [0, value, amount, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
      const { outcome, differences } = tryInstruction({ words, cpsr, registers });
      return outcome === "compiled" ? differences : [`${outcome}, not compiled`];
    }),
  );
}

describe("compiled shifts", () => {
  it.each(types)("$name by every constant, with the carry", ({ type }) => {
    for (let amount = 0; amount < 32; amount++) {
      // movs r0, r1, <shift> #amount
      expect(differencesOf([0xe1b00001 | (type << 5) | (amount << 7)]), `by ${amount}`).toEqual([]);
    }
  });

  it.each(types)("$name by a register: none, inside, at and beyond the word, and only its low byte", ({ type }) => {
    for (const amount of [
      0, 1, 2, 30, 31, 32, 33, 34, 63, 64, 65, 95, 96, 127, 128, 255, 256, 257, 0xffffff00, 0xffffff20,
    ]) {
      // movs r0, r1, <shift> r2
      expect(differencesOf([0xe1b00211 | (type << 5)], amount), `by ${amount}`).toEqual([]);
    }
  });

  it.each(types)("$name as operand of an addition, which takes no carry from it", ({ type }) => {
    expect(differencesOf([0xe0b10281 | (type << 5)])).toEqual([]); // adcs r0, r1, r1, <shift> #5
    expect(differencesOf([0xe0b10211 | (type << 5)], 7)).toEqual([]); // adcs r0, r1, r1, <shift> r2
  });

  it("an immediate that is rotated sets the carry to its top bit, one that is not leaves it", () => {
    for (const immediate of [0x0ff, 0x1ff, 0x2ff, 0x47f, 0x480, 0xf01]) {
      expect(differencesOf([0xe3b00000 | immediate]), immediate.toString(16)).toEqual([]); // movs r0, #
      expect(differencesOf([0xe3110000 | immediate]), immediate.toString(16)).toEqual([]); // tst r1, #
    }
  });

  it("rrx takes the carry in that the instruction itself replaces", () => {
    expect(differencesOf([0xe1b00061, 0xe1b03060])).toEqual([]); // movs r0, r1, rrx; movs r3, r0, rrx
  });
});
