import { describe, expect, it } from "vitest";
import { TLB_ENTRIES } from "../../../src/arm/core/index.ts";
import { BL, BX_LR, branch, CODE, findRegion, frameOf, type GivenCode, NOP, SVC } from "./given-code.ts";

const BEQ = 0x0a000000;
const BNE = 0x1a000000;
const BLEQ = 0x0b000000;
const SUBS_R0 = 0xe2500001;

/** Start and length of each block, in words. */
const shapeOf = (given: GivenCode, entry?: number) =>
  findRegion(given, entry)?.blocks.map(({ pc, insns, end }) => [(pc - CODE) / 4, insns.length, end.kind]);

describe("a region", () => {
  it("follows branches both ways and what they fall into, and lists its blocks by address", () => {
    // 0: nop; 1: beq 4; 2: nop; 3: b 0; 4: nop; 5: bx lr
    const words = [NOP, branch(1, 4, BEQ), NOP, branch(3, 0), NOP, BX_LR];
    expect(shapeOf({ words })).toEqual([
      [0, 2, "branch"],
      [2, 2, "branch"],
      [4, 2, "branch"],
    ]);
  });

  it("leaves paths out that were never taken", () => {
    const words = [NOP, branch(1, 4, BEQ), NOP, branch(3, 0), NOP, BX_LR];
    expect(shapeOf({ words, cold: [4, 5] })).toEqual([
      [0, 2, "branch"],
      [2, 2, "branch"],
    ]);
  });

  it("is none where its first instruction was not executed, or is the interpreter's", () => {
    expect(findRegion({ words: [NOP, BX_LR], cold: [0] })).toBeUndefined();
    expect(findRegion({ words: [SVC, NOP] })).toBeUndefined();
    expect(findRegion({ words: [NOP], unmappedPages: [CODE >>> 12] })).toBeUndefined();
  });

  it("ends a block before an instruction of the interpreter", () => {
    expect(shapeOf({ words: [NOP, NOP, SVC, NOP] })).toEqual([[0, 2, "interpret"]]);
  });

  it("goes on behind an instruction of the interpreter that has a condition, and knows it", () => {
    // 0: nop; 1: svceq; 2: nop; 3: bx lr
    const words = [NOP, 0x0f000000, NOP, BX_LR];
    const region = findRegion({ words });
    expect(shapeOf({ words })).toEqual([[0, 4, "branch"]]);
    expect([...(region?.blocks[0].escapes ?? [])].map(({ raw }) => raw >>> 0)).toEqual([0x0f000000]);
  });

  it("cuts a block where another one begins in its middle", () => {
    // 0: nop; 1: nop; 2: subs r0; 3: bne 1; 4: bx lr
    const words = [NOP, NOP, SUBS_R0, branch(3, 1, BNE), BX_LR];
    expect(shapeOf({ words })).toEqual([
      [0, 1, "fall"],
      [1, 3, "branch"],
      [4, 1, "branch"],
    ]);
  });

  it("knows where calls come back, and goes on there", () => {
    // 0: bl 3; 1: nop; 2: b 0; 3: nop; 4: bx lr
    const words = [branch(0, 3, BL), NOP, branch(2, 0), NOP, BX_LR];
    const region = findRegion({ words });
    expect(region?.blocks.map(({ pc, returnPc }) => [(pc - CODE) / 4, returnPc])).toEqual([
      [0, CODE + 4],
      [1, undefined],
      [3, undefined],
    ]);
  });

  it("takes what it calls, on a condition too", () => {
    // 0: nop; 1: bl 4; 2: nop; 3: b 0; 4: nop; 5: bx lr
    for (const call of [BL, BLEQ]) {
      const words = [NOP, branch(1, 4, call), NOP, branch(3, 0), NOP, BX_LR];
      expect(shapeOf({ words })).toContainEqual([4, 2, "branch"]);
    }
  });

  it("stops at its limits", () => {
    const words = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? NOP : branch(i, i + 1, BEQ)));
    expect(findRegion({ words, limits: { maxBlocks: 3 } })?.blocks.length).toBe(3);
    const region = findRegion({ words, limits: { maxInstructions: 5 } });
    expect(region?.blocks.reduce((sum, { insns }) => sum + insns.length, 0)).toBe(6);
    const straight = new Array<number>(500).fill(NOP);
    for (const { insns } of findRegion({ words: straight })?.blocks ?? []) expect(insns.length).toBeLessThanOrEqual(64);
  });
});

describe("the pages of a region", () => {
  /** Words of so many pages, a branch from word 0 to another, and `bx lr` there. */
  const jumpTo = (target: number): number[] => {
    const words = new Array<number>(target + 1).fill(NOP);
    words[0] = branch(0, target);
    words[target] = BX_LR;
    return words;
  };

  it("are those that code was taken from, each with its frame", () => {
    const words = new Array<number>(0x404).fill(NOP);
    words[0x402] = BX_LR;
    const region = findRegion({ words }, 0x3fe);
    expect(region?.blocks.map(({ pc, insns }) => [(pc - CODE) / 4, insns.length])).toEqual([
      [0x3fe, 2],
      [0x400, 3],
    ]);
    expect([...(region?.pages ?? [])]).toEqual([
      [0x10000, frameOf(0x10000)],
      [0x11000, frameOf(0x11000)],
    ]);
    expect(shapeOf({ words, unmappedPages: [0x11] }, 0x3fe)).toEqual([[0x3fe, 2, "fall"]]);
  });

  it("never share a TLB entry: a branch to such a page leaves the region", () => {
    const wordsOfTlb = (TLB_ENTRIES * 4096) / 4;
    expect(shapeOf({ words: jumpTo(wordsOfTlb + 8) })).toEqual([[0, 1, "branch"]]);
    expect(shapeOf({ words: jumpTo(wordsOfTlb + 0x400) })).toEqual([
      [0, 1, "branch"],
      [wordsOfTlb + 0x400, 1, "branch"],
    ]);
  });

  it("are not more than a region checks at its entry", () => {
    const words = new Array<number>(40 * 0x400).fill(NOP);
    for (let page = 0; page < 39; page++) words[page * 0x400] = branch(page * 0x400, (page + 1) * 0x400);
    const region = findRegion({ words });
    expect(region?.pages.size).toBe(12);
    expect(region?.blocks.length).toBe(12);
  });
});
