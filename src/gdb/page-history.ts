/**
 * The content of host RAM at several moments, each kept as the pages that changed since the moment before it.
 *
 * What changed is known from page traps: the first store to a page after a moment is noted, the others cost nothing. Pages
 * that the hypervisor writes itself, past the traps, are given and count as changed always.
 */
import type { HostMemory, PageTraps } from "../memory/index.ts";
import { PAGE_SHIFT, PAGE_SIZE, RAM_OFFSET, TRAP_CHECKPOINT } from "../memory/index.ts";

/** The pages that changed since the moment before, by page of host RAM. */
export type PageDelta = Map<number, Uint8Array>;

export class PageHistory {
  /** One for each moment; the first has every page that holds anything. */
  private readonly deltas: PageDelta[] = [];
  /** Pages stored to since moment `base`, which RAM was equal to last. */
  private readonly dirty = new Set<number>();
  private base = 0;
  private readonly host: HostMemory;
  private readonly traps: PageTraps;
  private untrappedPages: readonly number[] = [];

  constructor(host: HostMemory, traps: PageTraps) {
    this.host = host;
    this.traps = traps;
    traps.listen(TRAP_CHECKPOINT, (hostOffset) => {
      this.dirty.add((hostOffset - RAM_OFFSET) >> PAGE_SHIFT);
      traps.clear(hostOffset >>> PAGE_SHIFT, TRAP_CHECKPOINT);
    });
  }

  get count(): number {
    return this.deltas.length;
  }

  get sizeBytes(): number {
    return this.deltas.reduce((sum, delta) => sum + delta.size * PAGE_SIZE, 0);
  }

  /** Forgets all moments, and makes the present the first one. `usedPages` are the pages that hold anything. */
  begin({ usedPages, untrappedPages }: { usedPages: Iterable<number>; untrappedPages: readonly number[] }): void {
    this.untrappedPages = untrappedPages;
    this.deltas.length = 0;
    this.deltas.push(this.copyOf(usedPages));
    this.dirty.clear();
    this.base = 0;
    for (let page = 0; page < this.host.ramSizeBytes / PAGE_SIZE; page++) this.trap(page);
  }

  /** No stores are noted any more. */
  end(): void {
    this.deltas.length = 0;
    this.dirty.clear();
    for (let page = 0; page < this.host.ramSizeBytes / PAGE_SIZE; page++) {
      this.traps.clear((RAM_OFFSET >> PAGE_SHIFT) + page, TRAP_CHECKPOINT);
    }
  }

  /** Makes the present a moment at `index`: behind those before it in time, in front of those after it. */
  insert(index: number): void {
    const changed = new Set([...this.dirty, ...this.untrappedPages]);
    // RAM was equal to an earlier moment than the one before this: what changed between them has changed too.
    for (let between = this.base + 1; between < index; between++) {
      for (const page of this.deltas[between].keys()) changed.add(page);
    }
    this.deltas.splice(index, 0, this.copyOf(changed));
    this.settle(index);
  }

  /** Brings RAM to moment `index`. */
  restore(index: number): void {
    const changed = new Set([...this.dirty, ...this.untrappedPages]);
    const [low, high] = index < this.base ? [index, this.base] : [this.base, index];
    for (let between = low + 1; between <= high; between++) {
      for (const page of this.deltas[between].keys()) changed.add(page);
    }
    const ram = this.host.ram();
    for (const page of changed) {
      const bytes = this.contentAt(index, page);
      if (bytes === undefined) ram.fill(0, page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
      else ram.set(bytes, page * PAGE_SIZE);
    }
    this.settle(index);
  }

  /** Forgets moment `index`; what changed up to it goes to the moment behind it. There is one behind it. */
  remove(index: number): void {
    const [delta] = this.deltas.splice(index, 1);
    const next = this.deltas[index];
    for (const [page, bytes] of delta) if (!next.has(page)) next.set(page, bytes);
    if (this.base < index) return;
    if (this.base > index) {
      this.base--;
      return;
    }
    // RAM was equal to the forgotten moment last: it differs from the one before it by that one's pages too.
    this.base = Math.max(0, index - 1);
    for (const page of delta.keys()) this.dirty.add(page);
    if (index === 0) for (const page of next.keys()) this.dirty.add(page);
  }

  /** Forgets every moment from `count` on; RAM was equal to an earlier one last. */
  truncate(count: number): void {
    this.deltas.length = count;
  }

  private settle(base: number): void {
    for (const page of this.dirty) this.trap(page);
    this.dirty.clear();
    this.base = base;
  }

  private trap(page: number): void {
    this.traps.set((RAM_OFFSET >> PAGE_SHIFT) + page, TRAP_CHECKPOINT);
  }

  private contentAt(index: number, page: number): Uint8Array | undefined {
    for (let at = index; at >= 0; at--) {
      const bytes = this.deltas[at].get(page);
      if (bytes !== undefined) return bytes;
    }
    return undefined;
  }

  private copyOf(pages: Iterable<number>): PageDelta {
    const ram = this.host.ram();
    const delta: PageDelta = new Map();
    for (const page of pages) delta.set(page, ram.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE));
    return delta;
  }
}
