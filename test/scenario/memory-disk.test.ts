import { describe, expect, it } from "vitest";
import { MemoryDisk } from "../../src/scenario/memory-disk.ts";

describe("MemoryDisk", () => {
  it("keeps what was written, and goes back to a copy", () => {
    const disk = new MemoryDisk(4 * 512);
    expect(disk.sectorCount).toBe(4);
    disk.write(2, new Uint8Array(512).fill(7));
    const copy = disk.copy();
    disk.write(2, new Uint8Array(512).fill(9));
    const target = new Uint8Array(1024).fill(1);
    disk.read(1, target);
    expect([target[0], target[512]]).toEqual([0, 9]);
    disk.put(copy);
    disk.read(2, target);
    expect([target[0], target[512]]).toEqual([7, 0]);
  });
});
