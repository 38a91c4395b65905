/**
 * Red-black trees (include/linux/rbtree_types.h, lib/rbtree.c): a node holds its parent with its colour in the lowest bit,
 * then the right and the left child. Everything read may be anything: nodes and depth are bounded, each child must name its
 * parent.
 */
import type { AddressSpace } from "./address-space.ts";
import { type ListDamage, MAX_LIST_ELEMENTS } from "./list-walk.ts";

export interface RbWalk {
  /** Addresses of the nodes in the tree's order. */
  readonly nodes: readonly number[];
  /** In the words of lists; `wrong-back-link` is a child that names another parent. */
  readonly damage: readonly ListDamage[];
}

const RIGHT = 4;
const LEFT = 8;
const COLOUR_MASK = 3;
/** A tree of 2^32 nodes is at most twice as deep as a balanced one. */
const MAX_DEPTH = 64;

/** Address of the parent; `undefined` when the node is not mapped. */
function parentOf(space: AddressSpace, node: number): number | undefined {
  const word = space.readU32(node);
  return word === undefined ? undefined : (word & ~COLOUR_MASK) >>> 0;
}

/** All nodes below the `struct rb_root` at `root`, leftmost first; pointers below `lowest` are wild. */
export function walkRbTree(space: AddressSpace, root: number, lowest: number, limit = MAX_LIST_ELEMENTS): RbWalk {
  const nodes: number[] = [];
  const damage: ListDamage[] = [];
  const seen = new Set<number>();
  /** Nodes whose left side was walked, and their right side is yet to be. */
  const pending: number[] = [];
  let parent = 0;
  let link = root;
  for (;;) {
    const value = space.readU32(link);
    if (value === undefined || (value !== 0 && ((value & 3) !== 0 || value < lowest))) {
      damage.push({ kind: "wild-pointer", at: link, value: value ?? 0 });
      return { nodes, damage };
    }
    if (value !== 0) {
      const kind = problemOf(space, value, { parent, seen, limit, depth: pending.length });
      if (kind !== undefined) {
        damage.push({ kind, at: link, value });
        return { nodes, damage };
      }
      seen.add(value);
      pending.push(value);
      parent = value;
      link = value + LEFT;
      continue;
    }
    const next = pending.pop();
    if (next === undefined) return { nodes, damage };
    nodes.push(next);
    parent = next;
    link = next + RIGHT;
  }
}

function problemOf(
  space: AddressSpace,
  node: number,
  { parent, seen, limit, depth }: { parent: number; seen: ReadonlySet<number>; limit: number; depth: number },
): ListDamage["kind"] | undefined {
  if (seen.has(node)) return "cycle";
  if (seen.size >= limit || depth >= MAX_DEPTH) return "too-long";
  const named = parentOf(space, node);
  if (named === undefined) return "wild-pointer";
  return named === parent ? undefined : "wrong-back-link";
}
