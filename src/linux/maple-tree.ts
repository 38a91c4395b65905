/**
 * Maple trees (lib/maple_tree.c, Linux 6.1 and later) as 32-bit kernels have them: nodes of 256 bytes, aligned to their
 * size, that map ranges of addresses to entries. Everything read may be anything: depth, nodes and entries are bounded.
 */
import type { AddressSpace } from "./address-space.ts";

export interface MapleEntry {
  readonly first: number;
  readonly last: number;
  readonly value: number;
}

export interface MapleWalk {
  readonly entries: readonly MapleEntry[];
  /** What is wrong with the tree, in words; the entries are those before. */
  readonly damage: string | undefined;
}

const NODE_BYTES = 256;
const NODE_MASK = NODE_BYTES - 1;
const LEAF_64 = 1;
const RANGE_64 = 2;
const ARANGE_64 = 3;
/** Slots of a node by its type; a pivot fewer stands before them, behind the parent pointer. */
const SLOTS: Record<number, number> = { [LEAF_64]: 32, [RANGE_64]: 32, [ARANGE_64]: 21 };
const MAX_DEPTH = 8;
const MAX_NODES = 16_384;
export const MAX_MAPLE_ENTRIES = 65_536;

/** Whether a word is the coded pointer to a node. */
export const isMapleNode = (entry: number): boolean => (entry & 3) === 2 && SLOTS[(entry >>> 3) & 0xf] !== undefined;

class MapleWalker {
  readonly entries: MapleEntry[] = [];
  damage: string | undefined;
  private readonly space: AddressSpace;
  private readonly seen = new Set<number>();

  constructor(space: AddressSpace) {
    this.space = space;
  }

  visit(entry: number, first: number, last: number, depth: number): void {
    const type = (entry >>> 3) & 0xf;
    const slots = SLOTS[type];
    const node = (entry & ~NODE_MASK) >>> 0;
    const bytes = slots === undefined || depth > MAX_DEPTH ? undefined : this.space.readBytes(node, NODE_BYTES);
    if (bytes === undefined || this.seen.has(node) || this.seen.size >= MAX_NODES) {
      this.damage ??= bytes === undefined ? "a node that is none" : "a node that is met twice";
      return;
    }
    this.seen.add(node);
    const words = new Uint32Array(bytes.buffer);
    let start = first;
    for (let slot = 0; slot < slots && this.damage === undefined; slot++) {
      const pivot = slot < slots - 1 ? words[1 + slot] : 0;
      const end = pivot === 0 && (slot > 0 || slots === 1) ? last : pivot;
      if (end < start || end > last) {
        this.damage = "pivots that do not ascend";
        return;
      }
      this.take(type, words[slots + slot], start, end, depth);
      if (end === last) return;
      start = end + 1;
    }
  }

  private take(type: number, value: number, first: number, last: number, depth: number): void {
    if (type !== LEAF_64) {
      if (isMapleNode(value)) this.visit(value, first, last, depth + 1);
      else this.damage = "an inner node whose child is no node";
    } else if (value !== 0) {
      if (this.entries.length >= MAX_MAPLE_ENTRIES) this.damage = "more entries than a process can have";
      else this.entries.push({ first, last, value });
    }
  }
}

/** All entries below `root`, the content of `ma_root`, in ascending order. */
export function walkMapleTree(space: AddressSpace, root: number): MapleWalk {
  if (root === 0) return { entries: [], damage: undefined };
  // A tree of one entry that begins at 0 has no node.
  if (!isMapleNode(root)) return { entries: [], damage: "a root that is no node" };
  const walker = new MapleWalker(space);
  walker.visit(root, 0, 0xffffffff, 0);
  return { entries: walker.entries, damage: walker.damage };
}
