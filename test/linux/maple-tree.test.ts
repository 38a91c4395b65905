import { describe, expect, it } from "vitest";
import { isMapleNode, walkMapleTree } from "../../src/linux/maple-tree.ts";
import { Arena } from "./arena.ts";

const LEAF = 1;
const ARANGE = 3;
const coded = (node: number, type: number): number => node | (type << 3) | 2;

/** A leaf of 32 slots: pivots, then entries. */
function leaf(arena: Arena, ranges: readonly (readonly [last: number, value: number])[]): number {
  const node = arena.take(256);
  for (const [slot, [last, value]] of ranges.entries()) {
    arena.words(node + 4 + slot * 4, [last]);
    arena.words(node + 128 + slot * 4, [value]);
  }
  return node;
}

describe("walkMapleTree", () => {
  it("gives the entries of two levels with the ranges they cover, empty slots left out", () => {
    const arena = new Arena();
    const low = leaf(arena, [
      [0xfff, 0],
      [0x1fff, 0xc0001000],
      [0x7fff, 0],
    ]);
    const high = leaf(arena, [
      [0x8fff, 0xc0002000],
      [0xffffffff, 0],
    ]);
    const root = arena.take(256);
    arena.words(root + 4, [0x7fff, 0xffffffff]);
    arena.words(root + 84, [coded(low, LEAF), coded(high, LEAF)]);
    const { entries, damage } = walkMapleTree(arena.space, coded(root, ARANGE));
    expect(damage).toBeUndefined();
    expect(entries).toEqual([
      { first: 0x1000, last: 0x1fff, value: 0xc0001000 },
      { first: 0x8000, last: 0x8fff, value: 0xc0002000 },
    ]);
  });

  it("takes a last pivot of 0 for the end of what the node covers", () => {
    const arena = new Arena();
    const node = leaf(arena, [
      [0xfff, 0],
      [0, 0xc0001000],
    ]);
    expect(walkMapleTree(arena.space, coded(node, LEAF)).entries).toEqual([
      { first: 0x1000, last: 0xffffffff, value: 0xc0001000 },
    ]);
  });

  it("says what is wrong: a node that is none, one met twice, pivots that do not ascend", () => {
    const arena = new Arena();
    const inner = arena.take(256);
    arena.words(inner + 4, [0x7fff, 0xffffffff]);
    const cyclic = coded(inner, ARANGE);
    arena.words(inner + 84, [cyclic, cyclic]);
    expect(walkMapleTree(arena.space, cyclic).damage).toBe("a node that is met twice");
    expect(walkMapleTree(arena.space, coded(0x40000000, LEAF)).damage).toBe("a node that is none");
    const descending = leaf(arena, [
      [0x8fff, 0],
      [0x1000, 0xc0001000],
    ]);
    expect(walkMapleTree(arena.space, coded(descending, LEAF)).damage).toBe("pivots that do not ascend");
    expect(walkMapleTree(arena.space, 0x1234).damage).toBe("a root that is no node");
    expect(walkMapleTree(arena.space, 0)).toEqual({ entries: [], damage: undefined });
    expect([isMapleNode(coded(inner, LEAF)), isMapleNode(0xc0001000), isMapleNode(coded(inner, 9))]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
