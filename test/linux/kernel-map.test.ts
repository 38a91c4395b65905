import { describe, expect, it } from "vitest";
import { findKernelMap } from "../../src/linux/kernel-map.ts";
import { ImageSource } from "../../src/memory/index.ts";
import { SyntheticKernel } from "./synthetic-kernel.ts";

describe("the kernel's map", () => {
  it("finds the linear map at any physical and virtual start", () => {
    for (const physOffset of [0, 0x10000000, 0x80000000]) {
      for (const pageOffset of [0xc0000000, 0x80000000]) {
        const map = findKernelMap(new SyntheticKernel({ physOffset, pageOffset }).source);
        expect(map).toMatchObject({ physOffset, pageOffset, tableAddress: physOffset + 0x4000 });
      }
    }
  });

  it("says that there is none in empty memory", () => {
    const memory = new ImageSource(new Uint8Array(1 << 20));
    expect(() => findKernelMap({ memory })).toThrowError(expect.objectContaining({ code: "kernel-not-found" }));
  });

  it("says that there is none while the MMU is off", () => {
    const { memory } = new SyntheticKernel().source;
    const registers = { ttbr0: 0, sctlr: 0x78, dacr: 0 };
    expect(() => findKernelMap({ memory, registers })).toThrowError(
      expect.objectContaining({ code: "kernel-not-found", message: expect.stringContaining("MMU is off") }),
    );
  });

  it("takes the flat map of the boot-time decompressor for no kernel", () => {
    const image = new Uint8Array(1 << 20);
    const view = new DataView(image.buffer);
    for (let index = 0; index < 4096; index++) view.setUint32(0x4000 + index * 4, ((index << 20) | 0xc12) >>> 0, true);
    expect(() => findKernelMap({ memory: new ImageSource(image) })).toThrowError(
      expect.objectContaining({ code: "kernel-not-found" }),
    );
  });

  it("names big-endian and LPAE guests", () => {
    const { memory } = new SyntheticKernel().source;
    const registers = { ttbr0: 0x4000, sctlr: 0x02000001, dacr: 0 };
    expect(() => findKernelMap({ memory, registers })).toThrowError(
      expect.objectContaining({ code: "kernel-layout-unsupported", message: expect.stringContaining("big-endian") }),
    );
    const image = new Uint8Array(1 << 20);
    const view = new DataView(image.buffer);
    for (let index = 0; index < 4; index++) view.setUint32(0x3000 + index * 8, 0x4003 + index * 0x1000, true);
    expect(() => findKernelMap({ memory: new ImageSource(image) })).toThrowError(
      expect.objectContaining({ code: "kernel-layout-unsupported", message: expect.stringContaining("LPAE") }),
    );
  });

  it("is not taken from a process's table, which maps user addresses too", () => {
    const guest = new SyntheticKernel();
    // The kernel's own table gets a user mapping, so that it looks like one.
    guest.view.setUint32(0x4000 + 0x001 * 4, 0x00100c1e, true);
    expect(() => findKernelMap(guest.source)).toThrowError(expect.objectContaining({ code: "kernel-not-found" }));
  });
});
