import { describe, expect, it } from "vitest";
import { HvError } from "../../src/base/index.ts";
import { openKernel } from "../../src/linux/index.ts";
import { ImageSource } from "../../src/memory/index.ts";
import { randomFrom, SyntheticKernel } from "./synthetic-kernel.ts";

describe("opening a kernel", () => {
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
