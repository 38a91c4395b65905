import { describe, expect, it } from "vitest";
import { showProfile, sizeText } from "../../src/board/index.ts";
import { versatilepb } from "./samples.ts";

describe("showProfile", () => {
  const lines = showProfile(versatilepb()).split("\n");
  const map = lines
    .slice(lines.findIndex((line) => line.startsWith("Guest physical address")) + 1)
    .filter((l) => l !== "");

  it("lists memory, devices and the unused ranges in the order of their addresses, without a gap", () => {
    let next = 0;
    for (const line of map) {
      const [, start, end] = /^0x([0-9A-F]{8})-0x([0-9A-F]{8}) /.exec(line) ?? [];
      expect(Number.parseInt(start, 16)).toBe(next);
      next = Number.parseInt(end, 16) + 1;
    }
    expect(next).toBe(2 ** 32);
  });

  it("shows sizes, models and wiring", () => {
    expect(map[0]).toMatch(/^0x00000000-0x05FFFFFF +96 MiB {2}mem0 +alloced_ram$/);
    expect(map.find((line) => line.includes(" uart0 "))).toMatch(/ 4 KiB {2}uart0 +pl011 \(serial\) +pic:12$/);
    expect(map.find((line) => line.includes(" pic "))).toMatch(/ pl190 +cpu:irq cpu:fiq$/);
  });
});

describe("sizeText", () => {
  it("takes the largest unit that divides the size", () => {
    expect([2 ** 30, 96 * 2 ** 20, 1025 * 1024, 4096, 1000].map(sizeText)).toEqual([
      "1 GiB",
      "96 MiB",
      "1025 KiB",
      "4 KiB",
      "1000 B",
    ]);
  });
});
