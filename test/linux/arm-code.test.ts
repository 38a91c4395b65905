import { describe, expect, it } from "vitest";
import {
  branchTarget,
  isBranchWithLink,
  jumpTarget,
  loadedLiteral,
  modifiedImmediate,
} from "../../src/linux/arm-code.ts";

const at = 0xc0100000;
const reader = (words: readonly number[]) => (address: number) => words[(address - at) >> 2];

describe("branchTarget", () => {
  it("follows a branch forward and backward, and no other instruction", () => {
    expect(branchTarget(0xea000000, at)).toBe(at + 8);
    expect(branchTarget(0xebfffffe, at)).toBe(at);
    expect(branchTarget(0xe1a00000, at)).toBeUndefined();
    // The unconditional space holds BLX, which leaves ARM state.
    expect(branchTarget(0xfa000000, at)).toBeUndefined();
    expect([isBranchWithLink(0xeb000000), isBranchWithLink(0xea000000)]).toEqual([true, false]);
  });
});

describe("loadedLiteral", () => {
  it("reads the word that a load relative to PC reads", () => {
    const read = reader([0xe59f3000, 0, 0xc0de]);
    expect(loadedLiteral(0xe59f3000, at, read)).toEqual({ register: 3, value: 0xc0de });
    expect(loadedLiteral(0xe5903000, at, read)).toBeUndefined();
  });
});

describe("modifiedImmediate", () => {
  it("rotates the byte to the right by twice the field", () => {
    expect(modifiedImmediate(0xe28f8b01)).toBe(0x400);
    expect(modifiedImmediate(0xe3570e19)).toBe(400);
  });
});

describe("jumpTarget", () => {
  it.each([
    ["a branch", [0xea000ffe], at + 0x4000],
    ["a load of PC", [0xe51ff004, 0xbf001000], 0xbf001000],
    ["a literal and BX", [0xe59fc000, 0xe12fff1c, 0xbf002000], 0xbf002000],
    ["MOVW, MOVT and BX", [0xe303c000, 0xe34bcf00, 0xe12fff1c], 0xbf003000],
    ["code that does something", [0xe92d4010, 0xea000000], undefined],
  ])("follows %s", (_what, words, target) => {
    expect(jumpTarget(at, reader(words))).toBe(target);
  });
});
