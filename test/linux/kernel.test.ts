import { describe, expect, it } from "vitest";
import { HvError } from "../../src/base/index.ts";
import { openKernel } from "../../src/linux/index.ts";
import { ImageSource } from "../../src/memory/index.ts";
import { randomFrom, SyntheticKernel } from "./synthetic-kernel.ts";

describe("opening a kernel", () => {
  it("finds the linear map at any physical and virtual start", () => {
    for (const physOffset of [0, 0x10000000, 0x80000000]) {
      for (const pageOffset of [0xc0000000, 0x80000000]) {
        const { map } = openKernel(new SyntheticKernel({ physOffset, pageOffset }).source);
        expect(map).toMatchObject({ physOffset, pageOffset, tableAddress: physOffset + 0x4000 });
      }
    }
  });

  it("says that there is none in empty memory", () => {
    const memory = new ImageSource(new Uint8Array(1 << 20));
    expect(() => openKernel({ memory })).toThrowError(expect.objectContaining({ code: "kernel-not-found" }));
  });

  it("says that there is none while the MMU is off", () => {
    const { memory } = new SyntheticKernel().source;
    const registers = { ttbr0: 0, sctlr: 0x78, dacr: 0 };
    expect(() => openKernel({ memory, registers })).toThrowError(
      expect.objectContaining({ code: "kernel-not-found", message: expect.stringContaining("MMU is off") }),
    );
  });

  it("takes the flat map of the boot-time decompressor for no kernel", () => {
    const image = new Uint8Array(1 << 20);
    const view = new DataView(image.buffer);
    for (let index = 0; index < 4096; index++) view.setUint32(0x4000 + index * 4, ((index << 20) | 0xc12) >>> 0, true);
    expect(() => openKernel({ memory: new ImageSource(image) })).toThrowError(
      expect.objectContaining({ code: "kernel-not-found" }),
    );
  });

  it("names big-endian and LPAE guests", () => {
    const { memory } = new SyntheticKernel().source;
    const registers = { ttbr0: 0x4000, sctlr: 0x02000001, dacr: 0 };
    expect(() => openKernel({ memory, registers })).toThrowError(
      expect.objectContaining({ code: "kernel-layout-unsupported", message: expect.stringContaining("big-endian") }),
    );
    const image = new Uint8Array(1 << 20);
    const view = new DataView(image.buffer);
    for (let index = 0; index < 4; index++) view.setUint32(0x3000 + index * 8, 0x4003 + index * 0x1000, true);
    expect(() => openKernel({ memory: new ImageSource(image) })).toThrowError(
      expect.objectContaining({ code: "kernel-layout-unsupported", message: expect.stringContaining("LPAE") }),
    );
  });

  it("is current until the memory is another", () => {
    const guest = new SyntheticKernel();
    const kernel = openKernel(guest.source);
    expect(kernel.isCurrent()).toBe(true);
    guest.image.fill(0);
    expect(kernel.isCurrent()).toBe(false);
  });

  it("does not change the guest", () => {
    const guest = new SyntheticKernel();
    const before = guest.image.slice();
    const kernel = openKernel(guest.source);
    kernel.walkTasks();
    expect(Buffer.compare(before, guest.image)).toBe(0);
  });

  it("opens or gives an error with a code for 300 random corruptions, and ends", () => {
    const random = randomFrom(0x5eed);
    const pristine = new SyntheticKernel();
    const guest = new SyntheticKernel();
    const codes = new Set<string>();
    for (let round = 0; round < 300; round++) {
      guest.image.set(pristine.image);
      const areas = [0x4000 + 0x3000, 0x101000, 0x180000, 0x200000, 0x210800];
      for (let word = 0; word < 8; word++) {
        const at = areas[random(areas.length)] + random(0x200) * 4;
        guest.view.setUint32(at, [0, 0xffffffff, guest.initTask, random(2 ** 32)][random(4)], true);
      }
      try {
        const kernel = openKernel(guest.source);
        for (const task of kernel.tasks()) codes.add(typeof task.name);
      } catch (error) {
        if (!(error instanceof HvError)) throw error;
        codes.add(error.code);
      }
    }
    expect([...codes].sort()).toEqual(["kernel-not-found", "string"]);
  });

  it("reads what a truncated image still holds and says what it cannot tell", () => {
    const guest = new SyntheticKernel();
    const memory = new ImageSource(guest.image.slice(0, 0x1f0000));
    const kernel = openKernel({ memory });
    expect(kernel.symbols.kallsyms.known).toBe(true);
    expect(kernel.field("task_struct.pid")).toMatchObject({ known: false, reason: "init_task is not mapped" });
    expect([...kernel.tasks()]).toEqual([]);
  });
});
