import { describe, expect, it } from "vitest";
import { ConsoleBench } from "./console-bench.ts";

describe("heap", () => {
  it("shows numbers that follow what the hypervisor allocates", async () => {
    const bench = new ConsoleBench();
    const before = (await bench.data("heap info")) as { usedBytes: number; freeBytes: number };
    const text = await bench.text("heap info");
    expect(text).toMatch(
      /^Base Virtual Addr {2}: 0xFF400000\nBase Physical Addr : 0x00400000\nHouse-Keeping Size : 512\.000 KB\n/,
    );
    await bench.text("guest destroy guest0");
    const after = (await bench.data("heap info")) as { usedBytes: number; freeBytes: number };
    expect(after.usedBytes).toBeLessThan(before.usedBytes);
    expect(after.usedBytes + after.freeBytes).toBe(3584 * 1024);
  });

  it("shows bins from 32 bytes to 4 KB", async () => {
    const lines = (await new ConsoleBench().text("heap dma_state")).split("\n");
    expect(lines[1]).toMatch(/^ {2}\[BLOCK {3}32B\]: {5}0 area\(s\), {5}0 free block\(s\)$/);
    expect(lines[8]).toMatch(/^ {2}\[BLOCK {4}4K\]: {5}1 area\(s\), {3}112 free block\(s\)$/);
    expect(lines[10]).toBe("  Buddy Areas: 2047 free out of 2048");
  });
});
