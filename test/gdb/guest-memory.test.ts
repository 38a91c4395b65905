import { describe, expect, it } from "vitest";
import { type MemoryView, readVirtual, writeVirtual } from "../../src/gdb/guest-memory.ts";

/** Pages of virtual memory, each somewhere else in 64 KiB of physical memory; a hole where there is none. */
function givenMemory(pages: ReadonlyMap<number, number>): MemoryView & { bytes: Uint8Array } {
  const bytes = Uint8Array.from({ length: 0x10000 }, (_, at) => at * 7 + (at >> 8));
  const isInside = (at: number, length: number) => at + length <= bytes.length;
  return {
    bytes,
    translate: (va) => {
      const page = pages.get(va >>> 12);
      return page === undefined ? undefined : page * 0x1000 + (va & 0xfff);
    },
    read: (at, target) => {
      if (!isInside(at, target.length)) return false;
      target.set(bytes.subarray(at, at + target.length));
      return true;
    },
    write: (at, data) => {
      if (!isInside(at, data.length)) return false;
      bytes.set(data, at);
      return true;
    },
  };
}

const pages = new Map([
  [0xc0000, 5],
  [0xc0001, 2],
  [0xc0003, 99],
  [0xfffff, 7],
]);

describe("guest memory by virtual address", () => {
  it("is read across pages that do not follow each other", () => {
    const memory = givenMemory(pages);
    const read = readVirtual(memory, 0xc0000f00, 0x200);
    expect([...read.subarray(0, 0x100)]).toEqual([...memory.bytes.subarray(0x5f00, 0x6000)]);
    expect([...read.subarray(0x100)]).toEqual([...memory.bytes.subarray(0x2000, 0x2100)]);
  });

  it("is read up to where nothing is mapped, or no memory is", () => {
    const memory = givenMemory(pages);
    expect(readVirtual(memory, 0xc0001ff0, 0x20).length).toBe(0x10);
    expect(readVirtual(memory, 0xc0002000, 4).length).toBe(0);
    expect(readVirtual(memory, 0xc0003000, 4).length).toBe(0);
    expect(readVirtual(memory, 0xfffffff0, 0x20).length).toBe(0x10);
  });

  it("is written whole or not at all", () => {
    const memory = givenMemory(pages);
    const before = [...memory.bytes];
    expect(writeVirtual(memory, 0xc0001ffe, Uint8Array.of(1, 2, 3, 4))).toBe(false);
    expect([...memory.bytes]).toEqual(before);
    expect(writeVirtual(memory, 0xc0000ffe, Uint8Array.of(1, 2, 3, 4))).toBe(true);
    expect([...memory.bytes.subarray(0x5ffe, 0x6000), ...memory.bytes.subarray(0x2000, 0x2002)]).toEqual([1, 2, 3, 4]);
  });
});
