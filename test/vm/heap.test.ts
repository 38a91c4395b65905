import { describe, expect, it } from "vitest";
import { BuddyAllocator, Heap } from "../../src/vm/index.ts";

const givenHeap = (): Heap => {
  const region = { name: "normal" as const, physicalAddress: 0x10000, virtualAddress: 0xff000000, sizeBytes: 0x40000 };
  return new Heap(region, new Uint8Array(0x60000));
};

describe("the buddy allocator", () => {
  it("joins freed buddies again, in any order", () => {
    const buddy = new BuddyAllocator(0x4000, 5, 12);
    const before = buddy.bins();
    const offsets = Array.from({ length: 64 }, (_, i) => buddy.allocate(32 + (i % 7) * 40));
    // 37 is prime to 64, so this visits each block once, out of order.
    for (let i = 0; i < 64; i++) buddy.free(offsets[(i * 37) % 64]);
    expect(buddy.bins()).toEqual(before);
    expect(buddy.usedBytes).toBe(0);
  });

  it("never gives overlapping blocks", () => {
    const buddy = new BuddyAllocator(0x4000, 5, 12);
    const used = new Set<number>();
    for (let i = 0; i < 40; i++) {
      const offset = buddy.allocate(100 + i);
      if (offset < 0) break;
      for (let at = offset; at < offset + buddy.blockBytes(offset); at += 32) {
        expect(used.has(at)).toBe(false);
        used.add(at);
      }
    }
  });

  it("takes a run of largest blocks for a large request and gives it back whole", () => {
    const buddy = new BuddyAllocator(0x4000, 5, 12);
    const offset = buddy.allocate(0x2800);
    expect(buddy.usedBytes).toBe(0x3000);
    expect(buddy.allocate(0x2000)).toBe(-1);
    buddy.free(offset);
    expect(buddy.freeBytes).toBe(0x4000);
  });

  it("covers a pool whose size is not a power of two", () => {
    const buddy = new BuddyAllocator(0xc00000, 12, 23);
    expect(buddy.reserve(0, 0x310000)).toBe(true);
    expect(buddy.reserve(0x300000, 0x1000)).toBe(false);
    expect(buddy.freeBytes).toBe(0xc00000 - 0x310000);
    expect(buddy.allocate(0x400000)).toBe(0x400000);
  });
});

describe("the heap", () => {
  it("hands out zeroed bytes of host RAM behind its house-keeping", () => {
    const heap = givenHeap();
    const block = heap.allocate(100, "test");
    expect(block.physicalAddress).toBe(0x10000 + heap.houseKeepingBytes);
    block.bytes.fill(7);
    heap.free(block);
    expect(heap.allocate(100, "again").bytes.every((byte) => byte === 0)).toBe(true);
  });

  it("counts used and free bytes in whole blocks and leaks none", () => {
    const heap = givenHeap();
    const { freeBytes, freeRecordCount } = heap;
    for (let i = 0; i < 20; i++) heap.allocate(33 + i * 50, "leak test");
    expect(heap.usedBytes).toBeGreaterThan(0);
    expect(heap.usedBytes + heap.freeBytes).toBe(freeBytes);
    heap.release("leak test");
    expect(heap.freeBytes).toBe(freeBytes);
    expect(heap.freeRecordCount).toBe(freeRecordCount);
  });

  it("says how much was asked and how much is left when it is exhausted", () => {
    const heap = givenHeap();
    expect(() => heap.allocate(0x100000, "large")).toThrow(
      expect.objectContaining({ code: "heap-exhausted", facts: expect.objectContaining({ sizeBytes: 0x100000 }) }),
    );
  });

  it("goes on with the same addresses after a restore", () => {
    const heap = givenHeap();
    const blocks = [40, 5000, 64, 4096, 3000].map((sizeBytes, i) => heap.allocate(sizeBytes, `owner ${i}`));
    heap.free(blocks[2]);
    const copy = givenHeap();
    copy.restore(heap.save());
    expect(copy.bins).toEqual(heap.bins);
    expect(copy.allocate(64, "next").physicalAddress).toBe(heap.allocate(64, "next").physicalAddress);
    expect(copy.blockOf("owner 1")?.sizeBytes).toBe(5000);
  });
});
