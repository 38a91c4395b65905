import { describe, expect, it } from "vitest";
import { openKernel } from "../../src/linux/index.ts";
import { SyntheticKernel } from "./synthetic-kernel.ts";

describe("the export table", () => {
  for (const exportBytes of [8, 12] as const) {
    it(`with entries of ${exportBytes} bytes gives data symbols that kallsyms lacks`, () => {
      const guest = new SyntheticKernel({ exportBytes });
      const { exports, kallsyms } = openKernel(guest.source).symbols;
      if (!exports.known || !kallsyms.known) throw new Error("both tables are found");
      expect(kallsyms.value.find("init_task")).toBeUndefined();
      expect(exports.value.find("init_task")).toBe(guest.initTask);
      expect(exports.value.size).toBe(31);
    });
  }

  it("is not needed: init_task is found as the task that is its own parent", () => {
    const guest = new SyntheticKernel({ exports: false });
    const kernel = openKernel(guest.source);
    expect(kernel.symbols.exports.known).toBe(false);
    expect([...kernel.tasks()].map(({ pid }) => pid)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it("has no entry whose name does not end", () => {
    const guest = new SyntheticKernel({ exportBytes: 12 });
    const { exports } = openKernel(guest.source).symbols;
    if (!exports.known) throw new Error("the table is found");
    const name = Buffer.from(guest.image).indexOf("init_task\0");
    guest.image.fill(0x61, name, guest.image.length);
    expect(openKernel(guest.source).symbols.exports.known).toBe(false);
  });
});
