import { describe, expect, it } from "vitest";
import { cleanLoops } from "../../../src/arm/jit/loops.ts";

const loopsOf = (successors: number[][], dispatched: number[] = [0]) => cleanLoops(successors, new Set(dispatched));

describe("clean loops", () => {
  it("are runs of blocks that begin where a backward branch goes and end with it", () => {
    expect(loopsOf([[1], [2], [1, 3], []])).toEqual([{ first: 1, last: 2 }]);
  });

  it("may be one block, or begin with the entry", () => {
    expect(loopsOf([[0, 1], []])).toEqual([{ first: 0, last: 0 }]);
  });

  it("with several backward branches to one block reach to the last of them", () => {
    expect(loopsOf([[1], [1, 2], [1, 3], []])).toEqual([{ first: 1, last: 2 }]);
  });

  it("are none when somebody jumps into the middle", () => {
    expect(loopsOf([[1, 2], [2], [1, 3], []])).toEqual([]);
    expect(loopsOf([[1], [2], [1, 3], [2]])).not.toContainEqual({ first: 1, last: 2 });
  });

  it("are none when the dispatch table leads into the middle, but it may lead to the first block", () => {
    expect(loopsOf([[1], [2], [1, 3], []], [0, 2])).toEqual([]);
    expect(loopsOf([[1], [2], [1, 3], []], [0, 1])).toEqual([{ first: 1, last: 2 }]);
  });

  it("nest, the outer one first", () => {
    expect(loopsOf([[1], [2], [2, 3], [1, 4], []])).toEqual([
      { first: 1, last: 3 },
      { first: 2, last: 2 },
    ]);
  });

  it("that cross are not both kept, so that what is left nests properly", () => {
    // 1..3 and 2..4: a branch from 4 goes into the first, one from 3 leaves the second backwards.
    const loops = loopsOf([[1], [2], [3], [1, 4], [2, 5], []]);
    for (const a of loops) {
      for (const b of loops) expect(a.first < b.first && b.first <= a.last && a.last < b.last).toBe(false);
    }
    expect(loops).not.toContainEqual({ first: 1, last: 3 });
  });
});
