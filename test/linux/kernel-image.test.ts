import { describe, expect, it } from "vitest";
import { SegmentSource } from "../../src/dump/index.ts";
import { AddressSpace } from "../../src/linux/index.ts";
import { KernelImage, viewKernelImage } from "../../src/linux/kernel-image.ts";
import { findKernelMap } from "../../src/linux/kernel-map.ts";
import { SyntheticKernel } from "./synthetic-kernel.ts";

const START = 0xc0008000;
const given = (text: string): KernelImage => new KernelImage(START, Uint8Array.from(Buffer.from(text, "latin1")));

describe("a copy of the kernel's image", () => {
  it("finds every place of a text, overlapping ones too", () => {
    expect([...given("aXaaXaaa").find("aa")]).toEqual([2, 5, 6]);
    expect([...given("abc").find("d")]).toEqual([]);
  });

  it("finds aligned words only", () => {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    view.setUint32(4, 0xdeadbeef, true);
    view.setUint32(9, 0xdeadbeef, true);
    expect([...new KernelImage(START, bytes).findWord(0xdeadbeef)]).toEqual([4]);
  });

  it("reads text up to its end and not beyond a limit", () => {
    const image = given("one\0two");
    expect(image.cString(0, 10)).toBe("one");
    expect([image.cString(0, 3), image.cString(4, 10), image.cString(-1, 4), image.cString(7, 4)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("knows which addresses it holds", () => {
    const image = given("12345678");
    expect([START - 1, START, START + 7, START + 8].map((va) => image.contains(va))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it("is copied from behind swapper_pg_dir as far as asked, memory and mapping go", () => {
    const { memory } = new SyntheticKernel().source;
    const map = findKernelMap({ memory });
    const space = new AddressSpace(memory, map.tableAddress, map.format);
    const image = viewKernelImage(space, map, 0x1000);
    expect([image.startAddress, image.bytes.length]).toEqual([START, 0x1000]);
    const whole = viewKernelImage(space, map, 1 << 30);
    expect(whole.bytes.length).toBe((4 << 20) - 0x8000);
    const direct = new Uint8Array(64);
    memory.read(0x9000, direct);
    expect(whole.bytes.slice(0x1000, 0x1040)).toEqual(direct);
  });

  it("is searched in a file at whatever offset its memory begins there", () => {
    const kernel = new SyntheticKernel();
    for (let offset = 0; offset < 4; offset++) {
      const file = new Uint8Array(kernel.image.length + offset);
      file.set(kernel.image, offset);
      const memory = new SegmentSource([{ startAddress: 0, bytes: file.subarray(offset) }]);
      const map = findKernelMap({ memory });
      const image = viewKernelImage(new AddressSpace(memory, map.tableAddress, map.format), map, 0x1000);
      const expected = new DataView(kernel.image.buffer, kernel.image.byteOffset).getUint32(0x8000, true);
      expect([image.bytes.length, image.words[0]]).toEqual([0x1000, expected]);
    }
  });
});
