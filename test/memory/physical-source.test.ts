import { describe, expect, it } from "vitest";
import { ImageSource } from "../../src/memory/index.ts";

describe("a memory image", () => {
  const image = new ImageSource(Uint8Array.of(1, 2, 3, 4, 5, 0xff), 0x80000000);

  it("reads by guest-physical address", () => {
    const target = new Uint8Array(2);
    expect([image.read(0x80000004, target), [...target]]).toEqual([true, [5, 0xff]]);
    expect(image.readU32(0x80000002)).toBe(0xff050403);
    expect(image.ranges).toEqual([{ startAddress: 0x80000000, sizeBytes: 6 }]);
  });

  it("refuses what lies outside in part or in whole", () => {
    const target = new Uint8Array(2);
    for (const address of [0, 0x7fffffff, 0x80000005, 0xffffffff]) expect(image.read(address, target)).toBe(false);
    for (const address of [0x7fffffff, 0x80000003]) expect(image.readU32(address)).toBeUndefined();
  });

  it("reads a part of a larger buffer as its own", () => {
    const part = new ImageSource(Uint8Array.of(9, 9, 1, 0, 0, 0).subarray(2));
    expect(part.readU32(0)).toBe(1);
  });
});
