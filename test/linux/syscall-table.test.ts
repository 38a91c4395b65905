import { describe, expect, it } from "vitest";
import { openKernel } from "../../src/linux/index.ts";
import { SYSCALLS, SyntheticKernel } from "./synthetic-kernel.ts";

describe("the system call table", () => {
  it("is proved when its symbol and the entry code agree on its size", () => {
    const guest = new SyntheticKernel();
    const kernel = openKernel(guest.source);
    expect(kernel.syscallTable).toMatchObject({
      known: true,
      confidence: "proved",
      value: { address: guest.syscallTable, count: SYSCALLS },
    });
    expect(kernel.syscallEntry()).toEqual({ tableAddress: guest.syscallTable, count: SYSCALLS });
  });

  it("is likely, by its symbol, when the entry code cannot be decoded", () => {
    const guest = new SyntheticKernel();
    for (const at of [0x8bf8, 0x8bfc]) guest.word(guest.va(at), 0xbf00bf00);
    const kernel = openKernel(guest.source);
    expect(kernel.syscallEntry()).toEqual({ tableAddress: undefined, count: undefined });
    expect(kernel.syscallTable).toMatchObject({ known: true, confidence: "likely", value: { count: SYSCALLS } });
  });

  it("is found in the entry code as it is now, by add, sub or a literal", () => {
    const guest = new SyntheticKernel();
    const kernel = openKernel(guest.source);
    guest.word(guest.va(0x8bf8), 0xe24f8b01);
    expect(kernel.syscallEntry().tableAddress).toBe(guest.va(0x8c00 - 0x400));
    guest.word(guest.va(0x8bf8), 0xe59f8010);
    guest.word(guest.va(0x8c10), 0xbf001234);
    expect(kernel.syscallEntry().tableAddress).toBe(0xbf001234);
  });
});
