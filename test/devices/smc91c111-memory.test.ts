import { describe, expect, it } from "vitest";
import { PAGE_COUNT, PacketMemory } from "../../src/devices/smc91c111-memory.ts";

describe("smc91c111 packet memory", () => {
  it("gives out the lowest free page until none is left", () => {
    const memory = new PacketMemory();
    expect([0, 1, 2, 3, 4].map(() => memory.allocate())).toEqual([0, 1, 2, 3, undefined]);
    memory.free(2);
    memory.free(1);
    expect([memory.freeCount, memory.allocate(), memory.isAllocated(2)]).toEqual([2, 1, false]);
  });

  it("keeps pages apart and wraps within one", () => {
    const memory = new PacketMemory();
    memory.writeByte(1, 2048 + 5, 0xaa);
    expect([memory.readByte(1, 5), memory.readByte(0, 5), memory.readByte(2, 5)]).toEqual([0xaa, 0, 0]);
  });

  it("has nothing behind its last page", () => {
    const memory = new PacketMemory();
    memory.free(63);
    memory.writeByte(PAGE_COUNT, 0, 1);
    expect([memory.readByte(PAGE_COUNT, 0), memory.isAllocated(63), memory.freeCount]).toEqual([0, false, PAGE_COUNT]);
  });

  it("goes on from a saved state", () => {
    const memory = new PacketMemory();
    memory.allocate();
    memory.writeByte(0, 7, 9);
    const copy = new PacketMemory();
    copy.restore(structuredClone(memory.save()));
    expect([copy.readByte(0, 7), copy.allocate()]).toEqual([9, 1]);
  });
});
