/**
 * Finds symbols by name without a string for each: a hash table of their numbers.
 *
 * A kernel has 60,000 names and more, in pieces that repeat (kallsyms tokens), so the hash of a name is made of those of its
 * pieces. What a name is, is asked only where hashes agree.
 */
const MULTIPLIER = 31;
/** Hashes that are chosen to collide would make a search long: then there is no index. */
const MAX_PROBES = 256;
const EMPTY = -1;

/** A piece of names: appending it to a name with hash `h` gives `h * factor + hash`, in 32 bits. */
export interface NamePiece {
  readonly hash: number;
  readonly factor: number;
}

export function namePiece(text: string): NamePiece {
  let hash = 0;
  let factor = 1;
  for (let at = 0; at < text.length; at++) {
    hash = (Math.imul(hash, MULTIPLIER) + text.charCodeAt(at)) | 0;
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
  private readonly slots: Int32Array;
  private readonly hashes: Int32Array;

  private constructor(source: NameSource) {
    this.source = source;
    const { hashes } = source;
    const size = 2 ** Math.ceil(Math.log2(Math.max(2, hashes.length * 2)));
    this.slots = new Int32Array(size).fill(EMPTY);
    this.hashes = hashes;
  }

  /** `undefined` when too many hashes collide. */
  static of(source: NameSource): NameIndex | undefined {
    const index = new NameIndex(source);
    for (let i = 0; i < source.hashes.length; i++) if (!index.add(i)) return undefined;
    return index;
  }

  private slotOf(hash: number): number {
    return (hash ^ (hash >>> 15)) & (this.slots.length - 1);
  }

  private add(i: number): boolean {
    const { hashes, slots, source } = this;
    let slot = this.slotOf(hashes[i]);
    for (let probes = 0; probes < MAX_PROBES; probes++) {
      const other = slots[slot];
      if (other === EMPTY) {
        slots[slot] = i;
        return true;
      }
      // The first of several symbols with one name is found.
      if (hashes[other] === hashes[i] && source.nameOf(other) === source.nameOf(i)) return true;
      slot = (slot + 1) & (slots.length - 1);
    }
    return false;
  }

  /** Number of the first symbol of that name, or -1. */
  find(name: string): number {
    const { hashes, slots, source } = this;
    const { hash } = namePiece(name);
    for (let slot = this.slotOf(hash); slots[slot] !== EMPTY; slot = (slot + 1) & (slots.length - 1)) {
      const index = slots[slot];
      if (hashes[index] === hash && source.nameOf(index) === name) return index;
    }
    return -1;
  }
}
