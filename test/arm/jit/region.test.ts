import { describe, expect, it } from "vitest";
import { Decoder, rows } from "../../../src/arm/decode/index.ts";
import { type CodeView, RegionFinder } from "../../../src/arm/jit/region.ts";
import { WasmOps } from "../../../src/arm/jit/wasm-ops.ts";
import { WasmWriter } from "../../../src/arm/jit/wasm-writer.ts";

const CODE = 0x10000;
const NOP = 0xe1a00000;
const SVC = 0xef000000;
const BX_LR = 0xe12fff1e;
const LIMITS = { maxBlocks: 96, maxInstructions: 1200 };
const decoder = new Decoder<unknown>(rows.map(() => () => {}));
const branch = (from: number, to: number, opcode = 0xea000000): number => (opcode | ((to - from - 2) & 0xffffff)) >>> 0;

interface Given {
  readonly words: readonly number[];
  /** Word indices that the interpreter has not seen. */
  readonly cold?: readonly number[];
  readonly limits?: typeof LIMITS;
  readonly unmappedPages?: readonly number[];
}

/** Code in memory as the core shows it: frame = page number + 0x100. */
function findRegion({ words, cold = [], limits = LIMITS, unmappedPages = [] }: Given, entry = 0) {
  const view: CodeView = {
    frameOf: (pc) => (unmappedPages.includes(pc >>> 12) ? -1 : (pc >>> 12) + 0x100),
    executed: (frame, pc) => {
      const index = ((frame - 0x100) * 0x1000 + (pc & 0xfff) - CODE) / 4;
      return index < words.length && !cold.includes(index);
    },
    decode: (_frame, pc) => decoder.arm(words[(pc - CODE) / 4]),
    classify: (insn, pc) => {
      const ops = new WasmOps(new WasmWriter(), false, true);
      ops.instruction(insn, pc, 1);
      const { needsInterpreter, branchTarget, isExchange, isCall } = ops;
      const branches = branchTarget !== undefined;
      return { needsInterpreter, branches, target: branchTarget?.constant, isExchange, isCall };
    },
  };
  return new RegionFinder(view, false, limits).find(CODE + entry * 4);
}

/** Start and length of each block, in words. */
const shapeOf = (given: Given, entry?: number) =>
  findRegion(given, entry)?.blocks.map(({ pc, insns, end }) => [(pc - CODE) / 4, insns.length, end.kind]);

describe("a region", () => {
  it("follows branches both ways and what they fall into, and lists its blocks by address", () => {
    // 0: nop; 1: beq 4; 2: nop; 3: b 0; 4: nop; 5: bx lr
    const words = [NOP, branch(1, 4, 0x0a000000), NOP, branch(3, 0), NOP, BX_LR];
    expect(shapeOf({ words })).toEqual([
      [0, 2, "branch"],
      [2, 2, "branch"],
      [4, 2, "branch"],
    ]);
  });

  it("leaves paths out that were never taken", () => {
    const words = [NOP, branch(1, 4, 0x0a000000), NOP, branch(3, 0), NOP, BX_LR];
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

  it("cuts a block where another one begins in its middle", () => {
    // 0: nop; 1: nop; 2: subs r0; 3: bne 1; 4: bx lr
    const words = [NOP, NOP, 0xe2500001, branch(3, 1, 0x1a000000), BX_LR];
    expect(shapeOf({ words })).toEqual([
      [0, 1, "fall"],
      [1, 3, "branch"],
      [4, 1, "branch"],
    ]);
  });

  it("knows where calls come back, and goes on there", () => {
    // 0: bl 3; 1: nop; 2: b 0; 3: nop; 4: bx lr
    const words = [branch(0, 3, 0xeb000000), NOP, branch(2, 0), NOP, BX_LR];
    const region = findRegion({ words });
    expect(region?.blocks.map(({ pc, returnPc }) => [(pc - CODE) / 4, returnPc])).toEqual([
      [0, CODE + 4],
      [1, undefined],
      [3, undefined],
    ]);
  });

  it("takes blocks of several pages, and tells on which frames it depends", () => {
    const words = new Array<number>(0x404).fill(NOP);
    words[0x3fe] = NOP;
    words[0x402] = BX_LR;
    const region = findRegion({ words }, 0x3fe);
    expect(region?.blocks.map(({ pc, insns }) => [(pc - CODE) / 4, insns.length])).toEqual([
      [0x3fe, 2],
      [0x400, 3],
    ]);
    expect([...(region?.pages ?? [])]).toEqual([
      [0x10000, 0x110],
      [0x11000, 0x111],
    ]);
    expect(shapeOf({ words, unmappedPages: [0x11] }, 0x3fe)).toEqual([[0x3fe, 2, "fall"]]);
  });

  it("stops at its limits", () => {
    const words = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? NOP : branch(i, i + 1, 0x0a000000)));
    expect(findRegion({ words, limits: { maxBlocks: 3, maxInstructions: 1200 } })?.blocks.length).toBe(3);
    const region = findRegion({ words, limits: { maxBlocks: 96, maxInstructions: 5 } });
    expect(region?.blocks.reduce((sum, { insns }) => sum + insns.length, 0)).toBe(6);
    const straight = new Array<number>(500).fill(NOP);
    for (const { insns } of findRegion({ words: straight })?.blocks ?? []) expect(insns.length).toBeLessThanOrEqual(64);
  });
});
