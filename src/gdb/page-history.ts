/**
 * The content of host RAM at several moments, each kept as the pages that changed since the moment before it.
 *
 * What changed is known from page traps: the first store to a page after a moment is noted, the others cost nothing. Pages
 * that the hypervisor writes itself, past the traps, are given and count as changed always. The first moment has every page
 * that holds anything: a page that it lacks was empty.
 */
import type { HostMemory, PageTraps } from "../memory/index.ts";
import { PAGE_SHIFT, PAGE_SIZE, RAM_OFFSET, TRAP_CHECKPOINT } from "../memory/index.ts";
import { ContentHistory } from "./content-history.ts";

const RAM_PAGE = RAM_OFFSET >> PAGE_SHIFT;

export class PageHistory extends ContentHistory {
  private readonly pageCount: number;
  private readonly traps: PageTraps;

  constructor(host: HostMemory, traps: PageTraps) {
    super({
      unitSizeBytes: PAGE_SIZE,
      read: (page) => host.ram().slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE),
      write: (page, content) => {
        if (content === undefined) host.ram().fill(0, page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
        else host.ram().set(content, page * PAGE_SIZE);
      },
      watch: (page) => traps.set(RAM_PAGE + page, TRAP_CHECKPOINT),
    });
    this.pageCount = host.ramSizeBytes / PAGE_SIZE;
    this.traps = traps;
    traps.listen(TRAP_CHECKPOINT, (hostOffset) => {
      this.changed((hostOffset - RAM_OFFSET) >> PAGE_SHIFT);
      traps.clear(hostOffset >>> PAGE_SHIFT, TRAP_CHECKPOINT);
    });
  }

  /** Forgets all moments, and makes the present the first one. `usedPages` are the pages that hold anything. */
  beginPages({ usedPages, untrappedPages }: { usedPages: Iterable<number>; untrappedPages: readonly number[] }): void {
    this.begin(usedPages, untrappedPages);
    for (let page = 0; page < this.pageCount; page++) this.traps.set(RAM_PAGE + page, TRAP_CHECKPOINT);
  }

  /** No stores are noted any more. */
  end(): void {
    this.clear();
    for (let page = 0; page < this.pageCount; page++) this.traps.clear(RAM_PAGE + page, TRAP_CHECKPOINT);
  }
}
