import { describe, expect, it } from "vitest";
import { HostRam } from "../../src/vm/index.ts";

const MEBIBYTE = 1 << 20;
const givenRam = (): HostRam => new HostRam([{ address: 0, sizeBytes: 16 * MEBIBYTE }]);

describe("host RAM", () => {
  it("gives the lowest free run that fits the alignment", () => {
    const ram = givenRam();
    ram.reserve(0x10000, 0x1000, "image");
    expect(ram.allocate(0x3000, 12, "a").address).toBe(0);
    expect(ram.allocate(MEBIBYTE, 20, "b").address).toBe(MEBIBYTE);
    expect(ram.allocate(0x1000, 16, "c").address).toBe(0x20000);
  });

  it("rounds reservations out to whole frames and counts them", () => {
    const ram = givenRam();
    const free = ram.freeFrames;
    ram.reserve(0x1800, 0x1000, "two frames");
    expect(ram.freeFrames).toBe(free - 2);
    expect(ram.banks[0].frames.text(0, 4)).toBe("0110");
  });

  it("gives everything back on free", () => {
    const ram = givenRam();
    const allocation = ram.allocate(5 * MEBIBYTE, 21, "guest");
    ram.free(allocation);
    expect(ram.freeFrames).toBe(ram.totalFrames);
    expect(ram.allocations).toEqual([]);
  });

  it("refuses frames that are taken, frames outside the banks, and requests larger than any run", () => {
    const ram = givenRam();
    ram.reserve(0x2000, 0x1000, "first");
    const code = (action: () => unknown): string => {
      try {
        action();
        return "no error";
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(code(() => ram.reserve(0x2000, 1, "second"))).toBe("ram-reserved");
    expect(code(() => ram.reserve(16 * MEBIBYTE, 1, "outside"))).toBe("ram-reserved");
    expect(code(() => ram.allocate(16 * MEBIBYTE, 12, "all"))).toBe("ram-exhausted");
  });

  it("restores which frames are in use", () => {
    const ram = givenRam();
    ram.allocate(0x5000, 12, "a");
    const copy = givenRam();
    copy.restore(ram.save());
    expect(copy.allocations).toEqual(ram.allocations);
    expect(copy.allocate(0x1000, 12, "b")).toEqual(ram.allocate(0x1000, 12, "b"));
  });
});
