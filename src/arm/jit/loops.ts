/** Which runs of blocks can be wasm loops of their own: entered only at their first block, properly nested. */

/** Blocks `first` .. `last`, whose backward branches all go to `first`. */
export interface Loop {
  readonly first: number;
  readonly last: number;
}

/**
 * @param successors direct successors of each block, by index in address order
 * @param dispatched blocks that control reaches through the dispatch table
 */
export function cleanLoops(successors: readonly (readonly number[])[], dispatched: ReadonlySet<number>): Loop[] {
  const lastOf = new Map<number, number>();
  for (const [from, targets] of successors.entries()) {
    for (const to of targets) if (to <= from) lastOf.set(to, Math.max(from, lastOf.get(to) ?? 0));
  }
  const candidates = [...lastOf].map(([first, last]) => ({ first, last }));
  const isClosed = ({ first, last }: Loop): boolean => {
    for (let block = first + 1; block <= last; block++) if (dispatched.has(block)) return false;
    for (const [from, targets] of successors.entries()) {
      const isInside = from >= first && from <= last;
      for (const to of targets) {
        if (!isInside && to > first && to <= last) return false;
      }
    }
    return true;
  };
  const crosses = (a: Loop, b: Loop): boolean => a.first < b.first && b.first <= a.last && a.last < b.last;
  let loops = candidates.filter(isClosed);
  // Of two that cross, the outer start stays: its backward branches reach further.
  loops = loops.filter((loop) => !loops.some((other) => crosses(other, loop)));
  return loops.sort((a, b) => a.first - b.first || b.last - a.last);
}
