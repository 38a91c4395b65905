import { describe, expect, it } from "vitest";
import type { Pattern, Row } from "../../../src/arm/decode/index.ts";
import { patterns, rowIndex, rows } from "../../../src/arm/decode/index.ts";

/** True when some word matches both. */
const overlap = (a: Pattern, b: Pattern) => ((a.value ^ b.value) & a.mask & b.mask) === 0;
const spaceOf = (row: Row) =>
  row.isThumb ? "thumb" : row.pattern.startsWith("1111") ? "unconditional" : "conditional";

/** The placeholders that `row.ts` documents. */
const placeholder =
  /^(S|c|imm|shift|y|offset|#offset|target|literal|mode|list|psr|psrFields|option|rotation|aif|[ndmsth]|c[dkm]|#?[a-zA-Z]|[a-zA-Z]\?[^:]*(:[^:]*)?|singles|doubles|vfpSystem|(single|double|singlePair) [dnm]|(half|hex|braces) [a-z])$/;

describe("the row table", () => {
  it("has a pattern of 32 bits for ARM and of 16 for Thumb in every row", () => {
    for (const row of rows) expect([row.name, row.pattern.length]).toEqual([row.name, row.isThumb ? 16 : 32]);
  });

  it("starts every ARM pattern with the condition or with 1111", () => {
    for (const row of rows) if (!row.isThumb) expect(row.pattern).toMatch(/^(cccc|1111)/);
  });

  it("names every row once and knows its place", () => {
    expect(new Set(rows.map((row) => row.name)).size).toBe(rows.length);
    for (const [index, row] of rows.entries()) expect([row.index, rowIndex(row.name)]).toEqual([index, index]);
    expect(() => rowIndex("no such row")).toThrow(/no such row/);
  });

  it("never leaves the choice between two rows open", () => {
    const doubtful: string[] = [];
    for (const a of rows) {
      for (const b of rows.slice(a.index + 1)) {
        if (spaceOf(a) !== spaceOf(b)) continue;
        const [left, right] = [patterns[a.index], patterns[b.index]];
        if (left.specificity === right.specificity && overlap(left, right)) doubtful.push(`${a.name} ${b.name}`);
      }
    }
    expect(doubtful).toEqual([]);
  });

  it("lets a row shadow another only where it is wholly inside it", () => {
    const crossing: string[] = [];
    for (const a of rows) {
      for (const b of rows) {
        const [inner, outer] = [patterns[a.index], patterns[b.index]];
        if (spaceOf(a) !== spaceOf(b) || inner.specificity <= outer.specificity || !overlap(inner, outer)) continue;
        if ((inner.mask & outer.mask) !== outer.mask) crossing.push(`${a.name} ${b.name}`);
      }
    }
    expect(crossing).toEqual([]);
  });

  it("writes its syntax in the documented language", () => {
    for (const row of rows) {
      const used = [...row.syntax.matchAll(/\{([^}]*)\}/g)].map((match) => match[1]);
      for (const each of used) expect(each, row.name).toMatch(placeholder);
      expect(row.syntax.includes("{c}"), row.name).toBe(row.pattern.includes("c") && !row.syntax.startsWith("<"));
    }
  });
});
