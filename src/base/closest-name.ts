/** "Did you mean": the known name nearest to a misspelt one, by edit distance (Damerau 1964, Levenshtein 1966). */

/** Longer words are no misspelt names, and would make the search slow. */
const MAX_LENGTH = 64;

/** Edits (insert, delete, replace, swap of neighbours) between two words. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const change = from[i - 1] === to[j - 1] ? 0 : 1;
      let best = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + change);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        best = Math.min(best, beforeLast[j - 2] + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length];
}

/**
 * The nearest of `names`, or `undefined` when none is near: at most two edits, or a third of a long word, and never
 * more than half the name. A name that begins with what was typed counts as one edit. Case does not matter.
 */
export function closestName(word: string, names: readonly string[]): string | undefined {
  if (word.length > MAX_LENGTH) return undefined;
  const wanted = word.toLowerCase();
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const name of names) {
    const known = name.toLowerCase();
    const isBeginning = wanted.length >= 2 && known !== wanted && known.startsWith(wanted);
    const distance = isBeginning ? 1 : editDistance(wanted, known);
    if (distance * 2 > name.length || distance >= bestDistance) continue;
    best = name;
    bestDistance = distance;
  }
  return best;
}

/** `Did you mean "x"?` with the known names behind it. */
export function nameHint(kind: string, name: string, names: readonly string[]): string {
  const closest = closestName(name, names);
  const question = closest === undefined ? "" : `Did you mean "${closest}"? `;
  return `${question}Known ${kind}: ${names.length === 0 ? "none" : [...names].sort().join(", ")}.`;
}
