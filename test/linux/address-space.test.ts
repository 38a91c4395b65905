import { describe, expect, it } from "vitest";
import { SegmentSource } from "../../src/dump/index.ts";
import { AddressSpace } from "../../src/linux/index.ts";
import { ImageSource } from "../../src/memory/index.ts";

const TABLE = 0x4000;

describe("an address space", () => {
  /** Two pages, next to each other in virtual memory and swapped in physical memory, then a hole. */
  function givenSpace(): { space: AddressSpace; image: Uint8Array } {
    const image = new Uint8Array(0x20000);
    const view = new DataView(image.buffer);
    view.setUint32(TABLE + 0xbf0 * 4, 0x8001, true);
    view.setUint32(0x8000 + 0, 0x11ffe, true);
    view.setUint32(0x8000 + 4, 0x10ffe, true);
    return { space: new AddressSpace(new ImageSource(image), TABLE, "v5"), image };
  }

  it("reads across a page border page by page", () => {
    const { space, image } = givenSpace();
    image.set(Buffer.from("across\0", "latin1").subarray(0, 3), 0x11ffd);
    image.set(Buffer.from("oss\0", "latin1"), 0x10000);
    expect(space.readCString(0xbf000ffd, 64)).toBe("across");
    expect(space.readU32(0xbf000ffe)).toBe(readWord("cros"));
  });

  it("gives nothing for what is not mapped, not ended or wraps around", () => {
    const { space, image } = givenSpace();
    image.fill(0x41, 0x10000, 0x11000);
    expect(space.readU32(0xbf002000)).toBeUndefined();
    expect(space.readBytes(0xbf001ffc, 8)).toBeUndefined();
    expect(space.readCString(0xbf001ff0, 64)).toBeUndefined();
    expect(space.readBytes(0xfffffffe, 8)).toBeUndefined();
    expect(space.readPrefix(0xbf001ffc, new Uint8Array(8))).toBe(4);
  });
});

describe("memory in one virtual piece", () => {
  /** A section whose physical memory is in two pieces and ends within it. */
  function givenSection(): AddressSpace {
    const table = new Uint8Array(0x8000);
    new DataView(table.buffer).setUint32(TABLE + 0xbf0 * 4, 0x00100c02, true);
    const first = new Uint8Array(0x1400).fill(1);
    const second = new Uint8Array(0x2000).fill(2);
    const segments = [
      { startAddress: 0, bytes: table },
      { startAddress: 0x100000, bytes: first },
      { startAddress: 0x101400, bytes: second },
    ];
    return new AddressSpace(new SegmentSource(segments), TABLE, "v5");
  }

  it("is read as far as there is physical memory, whatever pieces that has", () => {
    const space = givenSection();
    const bytes = new Uint8Array(0x10000);
    expect(space.readPrefix(0xbf000000, bytes)).toBe(0x3400);
    expect([bytes[0x13ff], bytes[0x1400], bytes[0x33ff], bytes[0x3400]]).toEqual([1, 2, 2, 0]);
    expect(space.readPrefix(0xbf0013fe, bytes.subarray(0, 4))).toBe(4);
    expect(Array.from(bytes.subarray(0, 4))).toEqual([1, 1, 2, 2]);
  });

  it("is viewed as it is read, without a copy where it is one piece", () => {
    const space = givenSection();
    const read = (va: number, limitBytes: number): Uint8Array => {
      const bytes = new Uint8Array(limitBytes);
      return bytes.subarray(0, space.readPrefix(va, bytes));
    };
    for (const [va, limitBytes] of [
      [0xbf000000, 0x1400],
      [0xbf000000, 0x10000],
      [0xbf001400, 0x2000],
      [0xbf001000, 0x800],
      [0xbf001400, 0x2001],
      [0xbe000000, 16],
    ]) {
      expect(space.viewPrefix(va, limitBytes)).toEqual(read(va, limitBytes));
    }
    const view = space.viewPrefix(0xbf001400, 0x2000);
    expect(view.buffer).toBe(space.viewPrefix(0xbf001404, 4).buffer);
    expect(view.buffer).not.toBe(space.viewPrefix(0xbf000000, 0x10000).buffer);
  });
});

const readWord = (text: string): number => Buffer.from(text, "latin1").readUInt32LE(0);
