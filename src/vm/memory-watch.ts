/**
 * Tells who writes to chosen bytes of guest memory, by the page traps: a store to their page takes the slow path, every
 * other store costs nothing.
 */
import { type HostMemory, PAGE_SHIFT, type PageTraps, TRAP_WATCH } from "../memory/index.ts";

/** One store to watched bytes, at the instruction that did it. */
export interface ObservedWrite {
  /** Bytes from the start of the watched range. */
  readonly offset: number;
  readonly sizeBytes: number;
  /** What is there now, of the bytes that were stored. */
  readonly value: number;
  readonly pc: number;
  /** Instructions retired when it was stored. */
  readonly instructions: number;
}

export type OnWrite = (write: ObservedWrite) => void;

interface Range {
  readonly hostOffset: number;
  readonly sizeBytes: number;
  /** Of its first byte, in the whole that is watched. */
  readonly start: number;
  readonly onWrite: OnWrite;
}

export class MemoryWatch {
  private readonly host: HostMemory;
  private readonly traps: PageTraps;
  private readonly where: () => { pc: number; instructions: number };
  private readonly ranges = new Set<Range>();

  constructor(host: HostMemory, traps: PageTraps, where: () => { pc: number; instructions: number }) {
    this.host = host;
    this.traps = traps;
    this.where = where;
    traps.listen(TRAP_WATCH, (hostOffset, sizeBytes) => this.stored(hostOffset, sizeBytes));
  }

  /** Watches pieces of host memory that make up one whole, in order; answers what ends it. */
  watch(pieces: readonly { hostOffset: number; sizeBytes: number }[], onWrite: OnWrite): () => void {
    let start = 0;
    const added = pieces.map(({ hostOffset, sizeBytes }): Range => {
      const range = { hostOffset, sizeBytes, start, onWrite };
      start += sizeBytes;
      return range;
    });
    for (const range of added) {
      this.ranges.add(range);
      for (const frame of framesOf(range)) this.traps.set(frame, TRAP_WATCH);
    }
    return () => this.remove(added);
  }

  /** Ends every watch: the memory is no longer the guest's. */
  clear(): void {
    this.remove([...this.ranges]);
  }

  private remove(removed: readonly Range[]): void {
    for (const range of removed) this.ranges.delete(range);
    const left = new Set([...this.ranges].flatMap(framesOf));
    for (const frame of removed.flatMap(framesOf)) if (!left.has(frame)) this.traps.clear(frame, TRAP_WATCH);
  }

  private stored(hostOffset: number, sizeBytes: number): void {
    for (const range of this.ranges) {
      const offset = hostOffset - range.hostOffset;
      if (offset >= range.sizeBytes || offset + sizeBytes <= 0) continue;
      const value = this.valueAt(hostOffset, sizeBytes);
      range.onWrite({ offset: range.start + offset, sizeBytes, value, ...this.where() });
    }
  }

  /** The first four of the bytes, as a little-endian number. */
  private valueAt(hostOffset: number, sizeBytes: number): number {
    let value = 0;
    for (let at = Math.min(sizeBytes, 4) - 1; at >= 0; at--) value = (value << 8) | this.host.u8[hostOffset + at];
    return value >>> 0;
  }
}

function framesOf({ hostOffset, sizeBytes }: { hostOffset: number; sizeBytes: number }): number[] {
  const first = hostOffset >>> PAGE_SHIFT;
  const last = (hostOffset + sizeBytes - 1) >>> PAGE_SHIFT;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
