import { describe, expect, it } from "vitest";
import { findPidLinks, pidEntries, pidTable } from "../../src/linux/pid-table.ts";
import { CodeBench, PAGE_OFFSET } from "./code-bench.ts";

const NAMESPACE = 0xc0200000;
const ROOT = 0xc0201000;
const LEAF = 0xc0202000;
const SECOND_LEAF = 0xc0203000;
const LINK = 0x2c0;

const pidAt = (pid: number): number => 0xc0210000 + pid * 0x80;
const taskAt = (pid: number): number => 0xc0240000 + pid * 0x800;

/** PIDs 1, 2, 3 and 70, in a tree of two levels. */
function givenTable(): CodeBench {
  const bench = new CodeBench();
  bench.words(NAMESPACE, 0, 0x04000000, ROOT + 2);
  bench.words(ROOT, 6, 0, NAMESPACE, 0, 0, LEAF + 2, SECOND_LEAF + 2);
  bench.words(LEAF, 0, ROOT, NAMESPACE);
  bench.words(SECOND_LEAF, 0, ROOT, NAMESPACE);
  for (const pid of [1, 2, 3, 70]) {
    const [leaf, slot] = pid < 64 ? [LEAF, pid] : [SECOND_LEAF, pid - 64];
    bench.words(leaf + 20 + slot * 4, pidAt(pid));
    bench.words(pidAt(pid) + 8, taskAt(pid) + LINK, taskAt(pid) + LINK + 8);
  }
  return bench;
}

describe("the table of PIDs", () => {
  const listed = new Map([1, 2, 3].map((pid) => [pid, taskAt(pid)]));

  it("leads from every PID to its task, one that no list has included", () => {
    const { space } = givenTable();
    const entries = pidEntries(space, NAMESPACE, PAGE_OFFSET) ?? [];
    expect(entries.map(({ pid }) => pid)).toEqual([1, 2, 3, 70]);
    const links = findPidLinks(space, entries, listed);
    expect(links).toMatchObject({ known: true, value: { tasks: 8, link: LINK } });
    if (links.known) expect(pidTable(space, entries, links.value).get(70)).toBe(taskAt(70));
  });

  it("ends where a tree leads back into itself", () => {
    const bench = givenTable();
    bench.words(LEAF + 20 + 5 * 4, ROOT + 2);
    expect(pidEntries(bench.space, NAMESPACE, PAGE_OFFSET)?.map(({ pid }) => pid)).toEqual([1, 2, 3, 70]);
  });

  it("ends in a tree whose branches all lead to the same nodes", () => {
    const bench = givenTable();
    const nodes = [ROOT, 0xc0204000, 0xc0205000, 0xc0206000, LEAF];
    for (const [level, node] of nodes.entries()) {
      const next = nodes[level + 1];
      bench.words(node, 24 - level * 6, 0, NAMESPACE, 0, 0);
      for (let slot = 0; slot < 64; slot++)
        bench.words(node + 20 + slot * 4, next === undefined ? pidAt(slot) : next + 2);
    }
    expect(pidEntries(bench.space, NAMESPACE, PAGE_OFFSET)?.length).toBeLessThanOrEqual(65_536 * 4);
    expect(bench.space.loads).toBeLessThan(1_000_000);
  });

  it("cannot tell from too few processes, or without a tree", () => {
    const { space } = givenTable();
    const entries = pidEntries(space, NAMESPACE, PAGE_OFFSET) ?? [];
    expect(findPidLinks(space, entries, new Map([[1, taskAt(1)]])).known).toBe(false);
    expect(pidEntries(new CodeBench().space, NAMESPACE, PAGE_OFFSET)).toBeUndefined();
  });
});
