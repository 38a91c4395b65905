/** Bounded walks over `struct list_head` rings (include/linux/list.h) whose pointers may be anything. */
import type { AddressSpace } from "./address-space.ts";

/** PID_MAX_LIMIT is 32768 on 32-bit kernels; twice that leaves room for every list of tasks. */
export const MAX_LIST_ELEMENTS = 65_536;

export type ListDamage =
  /** A link that is not mapped, not aligned, or not in kernel memory. */
  | { readonly kind: "wild-pointer"; readonly at: number; readonly value: number }
  /** The ring comes back to an element that is not its head. */
  | { readonly kind: "cycle"; readonly at: number; readonly value: number }
  /** `next->prev` is not the element it came from. */
  | { readonly kind: "wrong-back-link"; readonly at: number; readonly value: number }
  /** More elements than any kernel has. */
  | { readonly kind: "too-long"; readonly at: number; readonly value: number };

export interface ListWalk {
  /** Addresses of the `list_head`s, head excluded, in order. */
  readonly elements: readonly number[];
  readonly damage: readonly ListDamage[];
  /**
   * Elements whose successor points back past them: what `list_add` and `list_del` leave between their two stores.
   * The kernel was stopped inside an update; a moment later the list is whole.
   */
  readonly inUpdate: readonly number[];
}

interface Direction {
  /** Offset of the link that is followed, and of the one that must lead back. */
  readonly forward: number;
  readonly back: number;
}

const FORWARD: Direction = { forward: 0, back: 4 };
const BACKWARD: Direction = { forward: 4, back: 0 };

function walk(
  space: AddressSpace,
  { head, lowest, limit }: { head: number; lowest: number; limit: number },
  { forward, back }: Direction,
): ListWalk {
  const elements: number[] = [];
  const damage: ListDamage[] = [];
  const inUpdate: number[] = [];
  const seen = new Set<number>();
  let at = head;
  for (;;) {
    const next = space.readU32(at + forward);
    const backLink = next === undefined ? undefined : space.readU32(next + back);
    if (next === undefined || backLink === undefined || (next & 3) !== 0 || next < lowest) {
      damage.push({ kind: "wild-pointer", at, value: next ?? 0 });
      break;
    }
    if (backLink !== at) {
      if (backLink === space.readU32(at + back)) inUpdate.push(at);
      else damage.push({ kind: "wrong-back-link", at: next, value: backLink });
    }
    if (next === head) break;
    if (seen.has(next)) {
      damage.push({ kind: "cycle", at, value: next });
      break;
    }
    if (elements.length >= limit) {
      damage.push({ kind: "too-long", at, value: next });
      break;
    }
    seen.add(next);
    elements.push(next);
    at = next;
  }
  return { elements, damage, inUpdate };
}

/** Walks `next` from `head` at virtual address; links below `lowest` are wild. */
export const walkList = (space: AddressSpace, head: number, lowest: number, limit = MAX_LIST_ELEMENTS): ListWalk =>
  walk(space, { head, lowest, limit }, FORWARD);

/** Walks `prev`; what lies behind a broken `next` is still found this way. */
export const walkListBackward = (space: AddressSpace, head: number, lowest: number): ListWalk =>
  walk(space, { head, lowest, limit: MAX_LIST_ELEMENTS }, BACKWARD);
