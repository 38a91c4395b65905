/** The pages of host RAM that hold anything, one by one and as runs. */
import { type HostMemory, PAGE_SIZE } from "../memory/index.ts";

const ZERO_PAGE = Buffer.alloc(PAGE_SIZE);

/** Pages that follow each other. */
export interface PageRun {
  readonly page: number;
  readonly count: number;
}

/** Calls `visit` for every page of host RAM that is not all zero, by ascending page number. */
export function forEachUsedPage(
  { memory, ramSizeBytes, u8 }: HostMemory,
  visit: (page: number, bytes: Uint8Array) => void,
): void {
  const start = u8.length - ramSizeBytes;
  for (let page = 0; page < ramSizeBytes / PAGE_SIZE; page++) {
    const bytes = Buffer.from(memory.buffer, start + page * PAGE_SIZE, PAGE_SIZE);
    if (!bytes.equals(ZERO_PAGE)) visit(page, bytes);
  }
}

/** The same pages as runs, each as long as it can be. */
export function usedPageRuns(memory: HostMemory): PageRun[] {
  const runs: { page: number; count: number }[] = [];
  let last = { page: -1, count: 0 };
  forEachUsedPage(memory, (page) => {
    if (last.page + last.count === page) {
      last.count++;
      return;
    }
    last = { page, count: 1 };
    runs.push(last);
  });
  return runs;
}
