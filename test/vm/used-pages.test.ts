import { describe, expect, it } from "vitest";
import { HostMemory, PAGE_SIZE } from "../../src/memory/index.ts";
import { forEachUsedPage, usedPageRuns } from "../../src/vm/used-pages.ts";

const given = (...used: readonly number[]) => {
  const host = new HostMemory(64 * PAGE_SIZE);
  for (const [i, page] of used.entries()) host.ram()[page * PAGE_SIZE + ((i * 997) % PAGE_SIZE)] = 1 + i;
  // The engine's own area lies in front of RAM and does not count.
  host.u8[0x100] = 1;
  return host;
};

describe("pages in use", () => {
  it("are those that are not all zero, in order, with their bytes", () => {
    const pages: [number, number][] = [];
    forEachUsedPage(given(7, 3, 63), (page, bytes) => pages.push([page, bytes.reduce((sum, byte) => sum + byte, 0)]));
    expect(pages).toEqual([
      [3, 2],
      [7, 1],
      [63, 3],
    ]);
  });

  it("make runs that are as long as they can be", () => {
    expect(usedPageRuns(given(0, 1, 2, 5, 62, 63))).toEqual([
      { page: 0, count: 3 },
      { page: 5, count: 1 },
      { page: 62, count: 2 },
    ]);
    expect(usedPageRuns(given())).toEqual([]);
  });
});
