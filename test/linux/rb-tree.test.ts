import { describe, expect, it } from "vitest";
import { walkRbTree } from "../../src/linux/rb-tree.ts";
import { Arena } from "./arena.ts";

const LOWEST = 0xbf000000;
const BLACK = 1;

/** A tree of `count` nodes in ascending order, and the address of its root. */
function tree(arena: Arena, count: number): { root: number; nodes: number[] } {
  const nodes = Array.from({ length: count }, () => arena.take(16));
  const build = (from: number, to: number, parent: number): number => {
    if (from >= to) return 0;
    const middle = (from + to) >> 1;
    const node = nodes[middle];
    arena.words(node, [parent | BLACK, build(middle + 1, to, node), build(from, middle, node)]);
    return node;
  };
  const root = arena.take(4);
  arena.words(root, [build(0, count, 0)]);
  return { root, nodes };
}

describe("walkRbTree", () => {
  it("gives every node, leftmost first, whatever the shape", () => {
    for (const count of [0, 1, 2, 3, 10, 100]) {
      const arena = new Arena();
      const { root, nodes } = tree(arena, count);
      expect(walkRbTree(arena.space, root, LOWEST)).toEqual({ nodes, damage: [] });
    }
    const arena = new Arena();
    const [first, second, third] = [arena.take(16), arena.take(16), arena.take(16)];
    arena.words(first, [BLACK, second, 0]);
    arena.words(second, [first, third, 0]);
    arena.words(third, [second, 0, 0]);
    const root = arena.take(4);
    arena.words(root, [first]);
    expect(walkRbTree(arena.space, root, LOWEST).nodes).toEqual([first, second, third]);
  });

  it("ends at a child that names another parent, at a cycle, at a wild pointer and at too many nodes", () => {
    const kinds = (damaged: (arena: Arena, root: number, nodes: number[]) => void, limit?: number): string[] => {
      const arena = new Arena();
      const { root, nodes } = tree(arena, 7);
      damaged(arena, root, nodes);
      return walkRbTree(arena.space, root, LOWEST, limit).damage.map(({ kind }) => kind);
    };
    expect(kinds((arena, _, [, first]) => arena.words(first, [0xc0000010]))).toEqual(["wrong-back-link"]);
    // A leaf whose left child is the root of all, which names no parent, or itself.
    expect(kinds((arena, _, [leaf, , , top]) => arena.words(leaf + 8, [top]))).toEqual(["cycle"]);
    expect(kinds((arena, _, [leaf]) => arena.words(leaf + 8, [leaf]))).toEqual(["cycle"]);
    for (const wild of [0x1000, 0xc0000001, 0xfffffffc]) {
      expect(kinds((arena, root) => arena.words(root, [wild]))).toEqual(["wild-pointer"]);
    }
    expect(kinds(() => undefined, 6)).toEqual(["too-long"]);
    expect(kinds(() => undefined, 7)).toEqual([]);
  });

  it("does not go down a chain that is deeper than any balanced tree", () => {
    const arena = new Arena();
    const nodes = Array.from({ length: 200 }, () => arena.take(16));
    for (const [index, node] of nodes.entries()) {
      arena.words(node, [(index === 0 ? 0 : nodes[index - 1]) | BLACK, 0, nodes[index + 1] ?? 0]);
    }
    const root = arena.take(4);
    arena.words(root, [nodes[0]]);
    expect(walkRbTree(arena.space, root, LOWEST).damage).toMatchObject([{ kind: "too-long" }]);
  });
});
