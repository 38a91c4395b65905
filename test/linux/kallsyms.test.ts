import { describe, expect, it } from "vitest";
import { openKernel } from "../../src/linux/index.ts";
import type { KallsymsLayout } from "./synthetic-kernel.ts";
import { LONG_NAME, SyntheticKernel } from "./synthetic-kernel.ts";

const layouts: KallsymsLayout[] = ["4.5", "4.6", "6.1", "6.4", "7.0"];

describe("kallsyms in memory", () => {
  for (const layout of layouts) {
    for (const alignment of [4, 16] as const) {
      it(`every symbol of layout ${layout} with labels aligned to ${alignment} is read back`, () => {
        const guest = new SyntheticKernel({ layout, alignment });
        const { kallsyms } = openKernel(guest.source).symbols;
        if (!kallsyms.known) throw new Error(kallsyms.reason);
        expect([...kallsyms.value]).toEqual(guest.symbols);
        expect(kallsyms.confidence).toBe("proved");
      });
    }
  }

  it("finds a name whose length takes two bytes", () => {
    const { symbols } = openKernel(new SyntheticKernel().source);
    expect(symbols.find(LONG_NAME)).toBe(0xc0030000);
  });

  it("gives the function an address lies in, and all names of one address", () => {
    const { symbols } = openKernel(new SyntheticKernel().source);
    const first = symbols.find("sys_call0") ?? 0;
    expect(symbols.at(first + 8)).toMatchObject({ offset: 8, symbol: { address: first } });
    expect(symbols.namesAt(first)).toEqual(["__se_sys_call0", "sys_call0"]);
    expect(symbols.namesAt(first + 8)).toEqual([]);
    expect(symbols.at(0x1000)).toBeUndefined();
  });

  it("is unknown, with a reason, when one token offset is wrong", () => {
    const guest = new SyntheticKernel();
    const at = Buffer.from(guest.image.buffer).indexOf(Buffer.from("0\x001\x002\x003\x004\x00", "latin1"));
    guest.image[at + 1] = 0x41;
    const { kallsyms } = openKernel(guest.source).symbols;
    expect(kallsyms).toMatchObject({ known: false, reason: expect.stringContaining("token table") });
  });

  it("is unknown when a name has an impossible length", () => {
    const guest = new SyntheticKernel();
    const firstName = Buffer.from(guest.image.buffer).indexOf(Buffer.from("\x07T_stext", "latin1"));
    expect(firstName).toBeGreaterThan(0);
    guest.image[firstName] = 0;
    expect(openKernel(guest.source).symbols.kallsyms).toMatchObject({
      known: false,
      reason: expect.stringContaining("no names"),
    });
  });

  it("is unknown when the addresses do not ascend", () => {
    const guest = new SyntheticKernel({ layout: "7.0" });
    const lowest = Buffer.alloc(4);
    lowest.writeUInt32LE(0xc0008000);
    const at = Buffer.from(guest.image.buffer).indexOf(lowest, 0x101000);
    guest.view.setUint32(at, 0xffffffff, true);
    expect(openKernel(guest.source).symbols.kallsyms).toMatchObject({
      known: false,
      reason: expect.stringContaining("ascending"),
    });
  });
});
