import { describe, expect, it } from "vitest";
import { SegmentSource } from "../../src/dump/index.ts";

describe("SegmentSource", () => {
  const source = new SegmentSource([
    { startAddress: 0x2000, bytes: new Uint8Array([5, 6, 7, 8]) },
    { startAddress: 0x1ffc, bytes: new Uint8Array([1, 2, 3, 4]) },
    { startAddress: 0x8000, bytes: new Uint8Array([9, 9, 9, 9]) },
  ]);

  it("reads across pieces that touch, and nothing over a gap", () => {
    const bytes = new Uint8Array(6);
    expect(source.read(0x1ffd, bytes)).toBe(true);
    expect([...bytes]).toEqual([2, 3, 4, 5, 6, 7]);
    expect(source.read(0x2002, bytes)).toBe(false);
    expect(source.ranges.map(({ startAddress }) => startAddress)).toEqual([0x1ffc, 0x2000, 0x8000]);
  });

  it("reads little-endian words, none at an end or where nothing is", () => {
    expect(source.readU32(0x2000)).toBe(0x08070605);
    expect([source.readU32(0x2002), source.readU32(0x4000), source.readU32(0)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
