/** The line that comes nearest to what was expected, for a person who wonders why a step failed. */
import { isRegularExpression } from "./pattern.ts";

const MAX_LINE_CHARACTERS = 200;
/** Below this share of common characters a line is no hint. */
const LEAST_LIKENESS = 0.5;

/** What a regular expression says literally: letters, digits and spaces of it, escapes taken off. */
function literalOf(source: string): string {
  if (!isRegularExpression(source)) return source;
  const body = source.slice(1, source.lastIndexOf("/"));
  return body
    .replace(/\\([dDwWsSbB])/g, "")
    .replace(/\\(.)/g, "$1")
    .replace(/\[[^\]]*\]|\(\?[:=!<]*|\{\d*,?\d*\}|[()^$*+?|.]/g, "");
}

/** Characters to insert, delete or replace to make `wanted` out of some part of `line`: Sellers 1980. */
function distanceWithin(wanted: string, line: string): number {
  let row: number[] = new Array(line.length + 1).fill(0);
  for (let i = 1; i <= wanted.length; i++) {
    const next = [i];
    for (let j = 1; j <= line.length; j++) {
      const change = wanted[i - 1] === line[j - 1] ? 0 : 1;
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + change));
    }
    row = next;
  }
  return Math.min(...row);
}

/** The nearest of `lines`, the later one of two as near; `undefined` when none is near. */
export function nearestLine<L extends { readonly text: string }>(source: string, lines: readonly L[]): L | undefined {
  const wanted = literalOf(source).trim().slice(0, MAX_LINE_CHARACTERS);
  if (wanted.length < 3) return undefined;
  let best: L | undefined;
  let bestDistance = wanted.length * (1 - LEAST_LIKENESS);
  for (const line of lines) {
    const distance = distanceWithin(wanted.toLowerCase(), line.text.slice(0, MAX_LINE_CHARACTERS).toLowerCase());
    if (distance > bestDistance) continue;
    best = line;
    bestDistance = distance;
  }
  return best;
}
