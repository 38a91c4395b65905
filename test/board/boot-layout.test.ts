import { describe, expect, it } from "vitest";
import { bootRam, DECOMPRESSOR_BYTES, type LayoutWishes, layOut } from "../../src/board/boot-layout.ts";

const MiB = 2 ** 20;
const wishes: LayoutWishes = {
  ram: { address: 0, sizeBytes: 96 * MiB },
  kernel: { address: 0x8000, sizeBytes: 7 * MiB },
  initrdBytes: 3 * MiB + 5,
  deviceTreeBytes: 9000,
  zImageBytes: undefined,
  initrdAddress: undefined,
  deviceTreeAddress: undefined,
};

describe("layOut", () => {
  it("puts the device tree last in memory and the initrd before it, both on pages", () => {
    const { deviceTree, initrd, zImage } = layOut(wishes);
    expect(deviceTree).toMatchObject({ address: 96 * MiB - 3 * 4096, sizeBytes: 9000 });
    expect((initrd?.address ?? 1) % 4096).toBe(0);
    expect((initrd?.address ?? 0) + 3 * MiB + 5).toBeLessThanOrEqual(deviceTree.address);
    expect(zImage).toBeUndefined();
  });

  it("puts a zImage where what it unpacks does not reach it", () => {
    const { zImage, initrd } = layOut({ ...wishes, zImageBytes: 3 * MiB });
    expect(zImage?.address).toBe(8 * MiB);
    expect(8 * MiB + 3 * MiB + DECOMPRESSOR_BYTES).toBeLessThan(initrd?.address ?? 0);
  });

  it("takes the addresses it is given", () => {
    const given = layOut({ ...wishes, deviceTreeAddress: 32 * MiB, initrdAddress: 33 * MiB });
    expect(given.deviceTree.address).toBe(32 * MiB);
    expect(given.initrd?.address).toBe(33 * MiB);
  });

  it("names the sizes when a kernel is too large for the memory", () => {
    expect(() => layOut({ ...wishes, ram: { address: 0, sizeBytes: 4 * MiB } })).toThrow(
      "kernel: expected at most 4161536 bytes between 0x00008000 and the end of guest RAM at 0x00400000, found 7340032",
    );
  });

  it("names the sizes when initrd and tree do not fit behind the kernel", () => {
    expect(() => layOut({ ...wishes, initrdBytes: 90 * MiB })).toThrow(
      expect.objectContaining({
        code: "image-too-large",
        message: expect.stringMatching(/^initrd and device tree: expected at most \d+ bytes .* found 94380840$/),
      }),
    );
  });

  it("refuses given addresses that overlap or leave the memory", () => {
    expect(() => layOut({ ...wishes, initrdAddress: 4 * MiB })).toThrow("found that kernel overlaps initrd");
    expect(() => layOut({ ...wishes, deviceTreeAddress: 96 * MiB - 100 })).toThrow(
      "device tree: expected at most 100 bytes",
    );
    expect(() => layOut({ ...wishes, zImageBytes: 90 * MiB, initrdAddress: 50 * MiB })).toThrow(
      "zImage: expected at most",
    );
  });
});

describe("bootRam", () => {
  it("is the region that holds the kernel, cut to the memory the kernel maps early", () => {
    const memory = [
      { address: 0, sizeBytes: MiB },
      { address: 0x80000000, sizeBytes: 1024 * MiB },
    ];
    expect(bootRam(memory, 0x80008000)).toEqual({ address: 0x80000000, sizeBytes: 760 * MiB });
    expect(bootRam(memory, 0x8000)).toEqual({ address: 0, sizeBytes: MiB });
    expect(() => bootRam(memory, 0x10000000)).toThrow("no RAM at that address");
  });
});
