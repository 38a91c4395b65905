/** "Did you mean": the known name nearest to a misspelt one, by edit distance (Levenshtein 1966). */

function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const change = from[row - 1] === to[column - 1] ? 0 : 1;
      current.push(Math.min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + change));
    }
    previous = current;
  }
  return previous[to.length];
}

/** The nearest of `names` if it is near enough to be what was meant. */
export function closestName(name: string, names: readonly string[]): string | undefined {
  const wanted = name.slice(0, 64).toLowerCase();
  let best: string | undefined;
  // Two neighbouring letters exchanged count as two edits, so a name of four letters may have two.
  let bestDistance = (wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3))) + 1;
  for (const candidate of names) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** ` Did you mean "x"?` with the known names behind it. */
export function nameHint(kind: string, name: string, names: readonly string[]): string {
  const closest = closestName(name, names);
  const question = closest === undefined ? "" : `Did you mean "${closest}"? `;
  return `${question}Known ${kind}: ${names.length === 0 ? "none" : [...names].sort().join(", ")}.`;
}
