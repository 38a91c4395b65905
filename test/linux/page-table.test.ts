import { describe, expect, it } from "vitest";
import { type DescriptorFormat, UNMAPPED, walkPageTable } from "../../src/linux/index.ts";
import { mappedAlikeBytes } from "../../src/linux/page-table.ts";
import { ImageSource } from "../../src/memory/index.ts";

const TABLE = 0x4000;

/** A table at 0x4000 with one first-level entry and, at 0x8000, one second-level entry. */
function walk(va: number, first: number, second: number | undefined, format: DescriptorFormat): number {
  const image = new Uint8Array(0x10000);
  const view = new DataView(image.buffer);
  view.setUint32(TABLE + (va >>> 20) * 4, first, true);
  if (second !== undefined) {
    const fine = (first & 3) === 3;
    const index = fine ? (va >>> 10) & 0x3ff : (va >>> 12) & 0xff;
    view.setUint32(0x8000 + index * 4, second, true);
  }
  return walkPageTable(new ImageSource(image), TABLE, va, format);
}

describe("short-descriptor page tables", () => {
  it("translate a section", () => {
    expect(walk(0xc0123456, 0x80100c1e, undefined, "v5")).toBe(0x80123456);
  });

  it("translate a supersection from ARMv6 on, and a section with the same bits on ARMv5", () => {
    expect(walk(0xc1234567, 0x8104041e, undefined, "v6")).toBe(0x81234567);
    expect(walk(0xc1234567, 0x8104041e, undefined, "v5")).toBe(0x81034567);
  });

  it("do not follow a supersection beyond 32 bits", () => {
    expect(walk(0xc1234567, 0x8114041e, undefined, "v6")).toBe(UNMAPPED);
  });

  it("translate large, small and never-executed small pages", () => {
    expect(walk(0xbf012345, 0x8001, 0x5678_0ff1, "v6")).toBe(0x56782345);
    expect(walk(0xbf012345, 0x8001, 0x56789ffe, "v5")).toBe(0x56789345);
    expect(walk(0xbf012345, 0x8001, 0x56789fff, "v6")).toBe(0x56789345);
    expect(walk(0xbf012345, 0x8001, 0x56789fff, "v5")).toBe(UNMAPPED);
  });

  it("translate tiny pages of a fine table on ARMv5 only", () => {
    expect(walk(0xbf012745, 0x8013, 0x56789c33, "v5")).toBe(0x56789f45);
    expect(walk(0xbf012745, 0x8013, 0x56789c33, "v6")).toBe(UNMAPPED);
  });

  it("tell how far the mapping of an address goes on for certain", () => {
    const alike = (va: number, first: number) => {
      const image = new Uint8Array(0x10000);
      new DataView(image.buffer).setUint32(TABLE + (va >>> 20) * 4, first, true);
      return mappedAlikeBytes(new ImageSource(image), TABLE, va);
    };
    expect(alike(0xc0123456, 0x80100c1e)).toBe(0x100000 - 0x23456);
    expect(alike(0xbf012345, 0x8001)).toBe(0x400 - 0x345);
    expect(alike(0xbf012400, 0)).toBe(0x400);
  });

  it("give nothing for a fault entry or a table outside memory", () => {
    expect(walk(0xc0000000, 0, undefined, "v6")).toBe(UNMAPPED);
    expect(walk(0xbf012345, 0x90000001, undefined, "v6")).toBe(UNMAPPED);
    expect(walk(0xbf012345, 0x8001, 0, "v6")).toBe(UNMAPPED);
  });
});
