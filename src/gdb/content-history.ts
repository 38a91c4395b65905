/**
 * The content of something large at several moments, each kept as the units (pages, blocks) that changed since the moment
 * before it. Who changes a unit says so first; the rest costs nothing.
 */

/** What the history is of, in units of equal size. */
export interface ContentStore {
  readonly unitSizeBytes: number;
  /** A copy of what is in a unit now. */
  read(unit: number): Uint8Array;
  /** Puts a unit back to what it was; `undefined` is what no moment knows of. */
  write(unit: number, content: Uint8Array | undefined): void;
  /** The next change of a unit is to be told of. */
  watch?(unit: number): void;
}

/** The units that changed since the moment before, with what was in them at the moment. */
type Delta = Map<number, Uint8Array>;

export class ContentHistory {
  /** One for each moment. The first has what is known of its own moment. */
  private readonly deltas: Delta[] = [];
  /** Units changed since moment `base`, which the store was equal to last. */
  private readonly dirty = new Set<number>();
  private base = 0;
  private readonly store: ContentStore;
  /** Units that change without being told of. */
  private alwaysDirty: readonly number[] = [];

  constructor(store: ContentStore) {
    this.store = store;
  }

  get count(): number {
    return this.deltas.length;
  }

  get sizeBytes(): number {
    return this.deltas.reduce((sum, delta) => sum + delta.size * this.store.unitSizeBytes, 0);
  }

  /** Forgets all moments, and makes the present the first one, of which `units` are known. */
  begin(units: Iterable<number>, alwaysDirty: readonly number[] = []): void {
    this.clear();
    this.alwaysDirty = alwaysDirty;
    this.deltas.push(this.copyOf(units));
  }

  clear(): void {
    this.deltas.length = 0;
    this.dirty.clear();
    this.base = 0;
  }

  /** A unit has changed since the store was equal to a moment. */
  changed(unit: number): void {
    this.dirty.add(unit);
  }

  /** A unit is about to change: its content is that of the first moment, unless a later one says otherwise. */
  willChange(unit: number): void {
    if (this.dirty.has(unit)) return;
    if (this.contentAt(this.base, unit) === undefined) this.deltas[0]?.set(unit, this.store.read(unit));
    this.dirty.add(unit);
  }

  /** Makes the present a moment at `index`: behind those before it in time, in front of those after it. */
  insert(index: number): void {
    const changed = new Set([...this.dirty, ...this.alwaysDirty]);
    // The store was equal to an earlier moment than the one before this: what changed between them has changed too.
    for (let between = this.base + 1; between < index; between++) {
      for (const unit of this.deltas[between].keys()) changed.add(unit);
    }
    this.deltas.splice(index, 0, this.copyOf(changed));
    this.settle(index);
  }

  /** Brings the store to moment `index`. */
  restore(index: number): void {
    const changed = new Set([...this.dirty, ...this.alwaysDirty]);
    const [low, high] = index < this.base ? [index, this.base] : [this.base, index];
    for (let between = low + 1; between <= high; between++) {
      for (const unit of this.deltas[between].keys()) changed.add(unit);
    }
    for (const unit of changed) this.store.write(unit, this.contentAt(index, unit));
    this.settle(index);
  }

  /** Forgets moment `index`; what changed up to it goes to the moment behind it. There is one behind it. */
  remove(index: number): void {
    const [delta] = this.deltas.splice(index, 1);
    const next = this.deltas[index];
    for (const [unit, content] of delta) if (!next.has(unit)) next.set(unit, content);
    if (this.base < index) return;
    if (this.base > index) {
      this.base--;
      return;
    }
    // The store was equal to the forgotten moment last: it differs from the one before it by that one's units too.
    this.base = Math.max(0, index - 1);
    for (const unit of delta.keys()) this.dirty.add(unit);
    if (index === 0) for (const unit of next.keys()) this.dirty.add(unit);
  }

  /** Forgets every moment from `count` on; the store was equal to an earlier one last. */
  truncate(count: number): void {
    this.deltas.length = count;
  }

  /** Forgets of the first moment what has not changed since: the store itself has it. */
  forgetUnchanged(): void {
    const [first, ...later] = this.deltas;
    for (const unit of first.keys()) {
      if (!this.dirty.has(unit) && !later.some((delta) => delta.has(unit))) first.delete(unit);
    }
  }

  private settle(base: number): void {
    for (const unit of this.dirty) this.store.watch?.(unit);
    this.dirty.clear();
    this.base = base;
  }

  private contentAt(index: number, unit: number): Uint8Array | undefined {
    for (let at = index; at >= 0; at--) {
      const content = this.deltas[at]?.get(unit);
      if (content !== undefined) return content;
    }
    return undefined;
  }

  private copyOf(units: Iterable<number>): Delta {
    return new Map([...units].map((unit) => [unit, this.store.read(unit)]));
  }
}
