/**
 * A buddy allocator over a range of addresses: blocks of 2^minOrder to 2^maxOrder bytes, halved and joined in pairs.
 *
 * A request above the largest block takes a run of adjacent largest blocks. Of equal choices the lowest address is
 * taken, so that the same requests give the same addresses.
 */
import { assert } from "../base/index.ts";

export interface BuddyBin {
  readonly blockSizeBytes: number;
  /** Runs of adjacent free blocks of this size. */
  readonly areaCount: number;
  readonly freeBlockCount: number;
}

interface Taken {
  readonly order: number;
  /** More than one only for a run of largest blocks. */
  readonly blockCount: number;
}

/** Index of the first element that is not below `value` in an ascending list. */
function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class BuddyAllocator {
  readonly sizeBytes: number;
  readonly minOrder: number;
  readonly maxOrder: number;
  /** Offsets of free blocks by order, ascending. */
  private readonly freeBlocks: number[][] = [];
  private readonly taken = new Map<number, Taken>();

  constructor(sizeBytes: number, minOrder: number, maxOrder: number) {
    assert(sizeBytes % 2 ** minOrder === 0, `a pool of ${sizeBytes} bytes is whole blocks of 2^${minOrder}`);
    this.sizeBytes = sizeBytes;
    this.minOrder = minOrder;
    this.maxOrder = maxOrder;
    for (let order = 0; order <= maxOrder; order++) this.freeBlocks.push([]);
    for (let offset = 0; offset < sizeBytes; ) {
      let order = maxOrder;
      while (offset % 2 ** order !== 0 || offset + 2 ** order > sizeBytes) order--;
      this.freeBlocks[order].push(offset);
      offset += 2 ** order;
    }
  }

  get freeBytes(): number {
    return this.freeBlocks.reduce((sum, blocks, order) => sum + blocks.length * 2 ** order, 0);
  }

  get usedBytes(): number {
    return this.sizeBytes - this.freeBytes;
  }

  /** Records the allocator needs now: one for each block in use and each free area. */
  get areaRecordCount(): number {
    return this.bins().reduce((sum, bin) => sum + bin.areaCount, this.taken.size);
  }

  /** Offset of a block that holds `sizeBytes`, or -1. */
  allocate(sizeBytes: number): number {
    if (sizeBytes > 2 ** this.maxOrder) return this.allocateRun(Math.ceil(sizeBytes / 2 ** this.maxOrder));
    const order = this.orderFor(sizeBytes);
    let from = order;
    while (from <= this.maxOrder && this.freeBlocks[from].length === 0) from++;
    if (from > this.maxOrder) return -1;
    const offset = this.freeBlocks[from].shift()!;
    this.splitDown(offset, from, order);
    this.taken.set(offset, { order, blockCount: 1 });
    return offset;
  }

  /** Takes the block that a request of `sizeBytes` got at `offset` before; false when it is not free. */
  allocateAt(offset: number, sizeBytes: number): boolean {
    const order = Math.min(this.maxOrder, this.orderFor(sizeBytes));
    const blockCount = Math.max(1, Math.ceil(sizeBytes / 2 ** order));
    const offsets = Array.from({ length: blockCount }, (_, i) => offset + i * 2 ** order);
    if (offset % 2 ** order !== 0) return false;
    if (!offsets.every((at) => (this.freeBlockAt(at)?.order ?? -1) >= order)) return false;
    for (const at of offsets) this.carve(at, order);
    this.taken.set(offset, { order, blockCount });
    return true;
  }

  /** Takes a range for ever, as the fewest blocks that cover it; false when a part of it is in use. */
  reserve(offset: number, sizeBytes: number): boolean {
    const blockBytes = 2 ** this.minOrder;
    assert(offset % blockBytes === 0 && sizeBytes % blockBytes === 0, "a reservation is whole smallest blocks");
    const end = offset + sizeBytes;
    for (let at = offset; at < end; at += blockBytes) if (this.freeBlockAt(at) === undefined) return false;
    for (let at = offset; at < end; ) {
      const holder = this.freeBlockAt(at)!;
      let order = holder.order;
      while (at % 2 ** order !== 0 || at + 2 ** order > end) order--;
      this.carve(at, order);
      this.taken.set(at, { order, blockCount: 1 });
      at += 2 ** order;
    }
    return true;
  }

  /** Bytes that the block at `offset` really takes. */
  blockBytes(offset: number): number {
    const taken = this.taken.get(offset);
    return taken === undefined ? 0 : taken.blockCount * 2 ** taken.order;
  }

  free(offset: number): void {
    const taken = this.taken.get(offset);
    assert(taken !== undefined, `the block at offset ${offset} was allocated`);
    this.taken.delete(offset);
    for (let i = 0; i < taken.blockCount; i++) this.join(offset + i * 2 ** taken.order, taken.order);
  }

  isFree(offset: number): boolean {
    return this.freeBlockAt(offset) !== undefined;
  }

  bins(): BuddyBin[] {
    const bins: BuddyBin[] = [];
    for (let order = this.minOrder; order <= this.maxOrder; order++) {
      const blocks = this.freeBlocks[order];
      const size = 2 ** order;
      const areaCount = blocks.filter((offset, i) => i === 0 || blocks[i - 1] + size !== offset).length;
      bins.push({ blockSizeBytes: size, areaCount, freeBlockCount: blocks.length });
    }
    return bins;
  }

  private allocateRun(blockCount: number): number {
    const blocks = this.freeBlocks[this.maxOrder];
    const size = 2 ** this.maxOrder;
    const first = blocks.findIndex((offset, i) => blocks[i + blockCount - 1] === offset + (blockCount - 1) * size);
    if (first < 0) return -1;
    const [offset] = blocks.splice(first, blockCount);
    this.taken.set(offset, { order: this.maxOrder, blockCount });
    return offset;
  }

  /** Cuts the block of 2^`order` bytes at `offset` out of the free block that holds it. */
  private carve(offset: number, order: number): void {
    const holder = this.freeBlockAt(offset)!;
    const blocks = this.freeBlocks[holder.order];
    blocks.splice(lowerBound(blocks, holder.offset), 1);
    this.splitAround(holder, offset, order);
  }

  private orderFor(sizeBytes: number): number {
    return Math.max(this.minOrder, Math.ceil(Math.log2(Math.max(1, sizeBytes))));
  }

  private splitAround(holder: { offset: number; order: number }, offset: number, order: number): void {
    let at = holder.offset;
    for (let current = holder.order - 1; current >= order; current--) {
      const half = at + 2 ** current;
      if (offset >= half) {
        this.insert(at, current);
        at = half;
      } else this.insert(half, current);
    }
  }

  private splitDown(offset: number, from: number, to: number): void {
    for (let order = from - 1; order >= to; order--) this.insert(offset + 2 ** order, order);
  }

  private freeBlockAt(offset: number): { offset: number; order: number } | undefined {
    for (let order = this.minOrder; order <= this.maxOrder; order++) {
      const start = offset - (offset % 2 ** order);
      const blocks = this.freeBlocks[order];
      if (blocks[lowerBound(blocks, start)] === start) return { offset: start, order };
    }
    return undefined;
  }

  private insert(offset: number, order: number): void {
    const blocks = this.freeBlocks[order];
    blocks.splice(lowerBound(blocks, offset), 0, offset);
  }

  private join(offset: number, order: number): void {
    let at = offset;
    let current = order;
    while (current < this.maxOrder) {
      const blocks = this.freeBlocks[current];
      const size = 2 ** current;
      const buddy = at % (size * 2) === 0 ? at + size : at - size;
      const index = lowerBound(blocks, buddy);
      if (blocks[index] !== buddy) break;
      blocks.splice(index, 1);
      at = Math.min(at, buddy);
      current++;
    }
    this.insert(at, current);
  }
}
