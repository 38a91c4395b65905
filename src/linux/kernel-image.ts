/** The kernel image's memory for searching; thrown away when the search is over, before the guest goes on. */
import type { AddressSpace } from "./address-space.ts";
import { type KernelMap, PG_DIR_SIZE_BYTES } from "./kernel-map.ts";

/** Most kernels end below the first size; the second is larger than any 32-bit kernel in use. */
export const IMAGE_SIZES_BYTES = [16 << 20, 48 << 20];

export class KernelImage {
  /** Virtual address of the first byte. */
  readonly startAddress: number;
  readonly bytes: Uint8Array;
  /** The same memory as little-endian words. */
  readonly words: Uint32Array;
  private readonly search: Buffer;

  constructor(startAddress: number, bytes: Uint8Array) {
    this.startAddress = startAddress;
    this.bytes = bytes;
    this.words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
    this.search = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get endAddress(): number {
    return this.startAddress + this.bytes.length;
  }

  contains(va: number): boolean {
    return va >= this.startAddress && va < this.endAddress;
  }

  /** Offsets at which `pattern` occurs, in order. */
  *find(pattern: Uint8Array | string): Generator<number> {
    const needle = typeof pattern === "string" ? Buffer.from(pattern, "latin1") : pattern;
    for (let at = this.search.indexOf(needle); at >= 0; at = this.search.indexOf(needle, at + 1)) yield at;
  }

  /** Offsets of the aligned words that equal `word`, in order. */
  *findWord(word: number): Generator<number> {
    for (let at = this.words.indexOf(word); at >= 0; at = this.words.indexOf(word, at + 1)) yield at * 4;
  }

  /** Text at `offset` up to a NUL within `maxBytes`, else `undefined`. */
  cString(offset: number, maxBytes: number): string | undefined {
    if (offset < 0 || offset >= this.bytes.length) return undefined;
    const { bytes } = this;
    const limit = Math.min(bytes.length, offset + maxBytes);
    let end = offset;
    while (end < limit && bytes[end] !== 0) end++;
    return end === limit ? undefined : this.search.toString("latin1", offset, end);
  }
}

/** What is mapped from `_text` on, `maxBytes` at most. */
export function viewKernelImage(space: AddressSpace, map: KernelMap, maxBytes: number): KernelImage {
  const range = space.memory.ranges.find(
    (r) => map.tableAddress >= r.startAddress && map.tableAddress < r.startAddress + r.sizeBytes,
  );
  const textPhysical = map.tableAddress + PG_DIR_SIZE_BYTES;
  const available = range === undefined ? 0 : range.startAddress + range.sizeBytes - textPhysical;
  const bytes = space.viewPrefix(map.textAddress, Math.max(0, Math.min(maxBytes, available)));
  const whole = bytes.subarray(0, bytes.length & ~3);
  // Memory in a file may begin anywhere in it; words are looked at where words can be.
  return new KernelImage(map.textAddress, whole.byteOffset % 4 === 0 ? whole : whole.slice());
}
