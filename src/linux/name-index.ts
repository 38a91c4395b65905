/**
 * Finds symbols by name without a string for each: by hashes of the names, and a hash table of their numbers where many are
 * asked for.
 *
 * A kernel has 60,000 names and more, in pieces that repeat (kallsyms tokens), so the hash of a name is made of those of its
 * pieces. What a name is, is asked only where hashes agree.
 */
const MULTIPLIER = 31;
/** Searches through all hashes that take no longer together than making the table. */
const PLAIN_SEARCHES = 64;
/** Hashes that are chosen to collide would make a search long: then there is no index. */
const MAX_PROBES = 256;
const EMPTY = -1;

/** A piece of names: appending it to a name with hash `h` gives `h * factor + hash`, in 32 bits. */
export interface NamePiece {
  readonly hash: number;
  readonly factor: number;
}

/** The hash of a name with one more character. */
export const hashWith = (hash: number, character: number): number => (Math.imul(hash, MULTIPLIER) + character) | 0;

export function namePiece(text: string): NamePiece {
  let hash = 0;
  let factor = 1;
  for (let at = 0; at < text.length; at++) {
    hash = hashWith(hash, text.charCodeAt(at));
    factor = Math.imul(factor, MULTIPLIER);
  }
  return { hash, factor };
}

export interface NameSource {
  /** Hash of each name, as `namePiece` has it. */
  readonly hashes: Int32Array;
  nameOf(index: number): string;
}

export class NameIndex {
  private readonly source: NameSource;
  private searches = 0;
  /** Numbers of the symbols by their hashes, `EMPTY` where none is; `undefined` until it is worth its making. */
  private slots: Int32Array | undefined;
  private isCrowded = false;

  constructor(source: NameSource) {
    this.source = source;
  }

  /** Number of the first symbol of that name, or -1; `undefined` when too many hashes collide to be searched. */
  find(name: string): number | undefined {
    const { hash } = namePiece(name);
    if (this.searches++ < PLAIN_SEARCHES) return this.search(hash, name);
    if (this.slots === undefined && !this.isCrowded) this.fill();
    return this.slots === undefined ? undefined : this.lookUp(this.slots, hash, name);
  }

  private search(hash: number, name: string): number | undefined {
    const { hashes, nameOf } = this.source;
    let index = hashes.indexOf(hash);
    for (let probes = 0; index >= 0; index = hashes.indexOf(hash, index + 1)) {
      if (nameOf(index) === name) return index;
      if (++probes >= MAX_PROBES) return undefined;
    }
    return -1;
  }

  private lookUp(slots: Int32Array, hash: number, name: string): number {
    const { hashes, nameOf } = this.source;
    const last = slots.length - 1;
    for (let slot = slotOf(hash, last); slots[slot] !== EMPTY; slot = (slot + 1) & last) {
      const index = slots[slot];
      if (hashes[index] === hash && nameOf(index) === name) return index;
    }
    return -1;
  }

  private fill(): void {
    const { hashes } = this.source;
    const size = 2 ** Math.ceil(Math.log2(Math.max(2, hashes.length * 2)));
    const slots = new Int32Array(size).fill(EMPTY);
    for (let index = 0; index < hashes.length; index++) {
      if (this.put(slots, index)) continue;
      this.isCrowded = true;
      return;
    }
    this.slots = slots;
  }

  private put(slots: Int32Array, index: number): boolean {
    const { hashes, nameOf } = this.source;
    const last = slots.length - 1;
    let slot = slotOf(hashes[index], last);
    for (let probes = 0; probes < MAX_PROBES; probes++) {
      const other = slots[slot];
      if (other === EMPTY) {
        slots[slot] = index;
        return true;
      }
      // The first of several symbols with one name is found.
      if (hashes[other] === hashes[index] && nameOf(other) === nameOf(index)) return true;
      slot = (slot + 1) & last;
    }
    return false;
  }
}

const slotOf = (hash: number, last: number): number => (hash ^ (hash >>> 15)) & last;
