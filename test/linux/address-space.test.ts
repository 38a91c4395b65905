import { describe, expect, it } from "vitest";
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

const readWord = (text: string): number => Buffer.from(text, "latin1").readUInt32LE(0);
