import { describe, expect, it } from "vitest";
import { Heap } from "../../src/vm/index.ts";

const givenHeap = (): Heap => {
  const region = { name: "normal" as const, physicalAddress: 0x10000, virtualAddress: 0xff000000, sizeBytes: 0x40000 };
  return new Heap(region, new Uint8Array(0x60000));
};

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
