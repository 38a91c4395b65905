import { describe, expect, it } from "vitest";
import { BuddyAllocator } from "../../src/vm/buddy.ts";

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

  it("gives the same addresses for the same requests", () => {
    const requests = [100, 4000, 32, 64, 5000, 33];
    const offsets = () => {
      const buddy = new BuddyAllocator(0x10000, 5, 12);
      return requests.map((sizeBytes) => buddy.allocate(sizeBytes));
    };
    expect(offsets()).toEqual(offsets());
    expect(offsets()[0]).toBe(0);
  });

  it("takes a block again at the address it had, unless it is in use", () => {
    const buddy = new BuddyAllocator(0x4000, 5, 12);
    const offset = buddy.allocate(100);
    const other = buddy.allocate(0x2800);
    expect(buddy.allocateAt(offset, 100)).toBe(false);
    buddy.free(offset);
    buddy.free(other);
    expect(buddy.allocateAt(offset + 32, 100)).toBe(false);
    expect([buddy.allocateAt(offset, 100), buddy.allocateAt(other, 0x2800)]).toEqual([true, true]);
    expect([buddy.blockBytes(offset), buddy.blockBytes(other)]).toEqual([128, 0x3000]);
  });

  it("counts runs of adjacent free blocks as one area", () => {
    const buddy = new BuddyAllocator(0x4000, 12, 12);
    expect(buddy.bins()).toEqual([{ blockSizeBytes: 0x1000, areaCount: 1, freeBlockCount: 4 }]);
    buddy.reserve(0x1000, 0x1000);
    expect(buddy.bins()).toEqual([{ blockSizeBytes: 0x1000, areaCount: 2, freeBlockCount: 3 }]);
    expect([buddy.isFree(0x1800), buddy.isFree(0x2800)]).toEqual([false, true]);
    expect(buddy.areaRecordCount).toBe(3);
  });
});
