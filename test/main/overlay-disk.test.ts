import { describe, expect, it } from "vitest";
import { OverlayDisk } from "../../src/main/overlay-disk.ts";
import { memoryDisk } from "../vm/hypervisor-bench.ts";

const SECTOR = 512;
const sectors = (count: number, value: number): Uint8Array => new Uint8Array(count * SECTOR).fill(value);

/** A disk of 20 sectors, each filled with its number: no whole number of the overlay's blocks. */
function givenDisk(identity = "a") {
  const below = memoryDisk("disk0", 20).backend;
  for (let i = 0; i < 20; i++) below.write(i, sectors(1, i));
  const overlay = new OverlayDisk(below, identity);
  const read = (disk: { read(sector: number, target: Uint8Array): void }, from = 0, count = 20): number[] => {
    const target = sectors(count, 0xff);
    disk.read(from, target);
    return Array.from({ length: count }, (_, i) => target[i * SECTOR + (SECTOR - 1)]);
  };
  return { below, overlay, read };
}

const untouched = Array.from({ length: 20 }, (_, i) => i);

describe("a disk whose writes stay in memory", () => {
  it("reads as what is below it until something is written, also across blocks and at the end", () => {
    const { below, overlay, read } = givenDisk();
    expect(read(overlay)).toEqual(untouched);
    overlay.write(6, sectors(4, 77));
    overlay.write(19, sectors(1, 88));
    const written = untouched.map((i) => (i >= 6 && i < 10 ? 77 : i === 19 ? 88 : i));
    expect(read(overlay)).toEqual(written);
    expect(read(overlay, 9, 2)).toEqual([77, 10]);
    overlay.flush();
    expect(read(below)).toEqual(untouched);
    expect([overlay.sectorCount, overlay.isReadOnly]).toEqual([20, false]);
  });

  it("takes what was written along with the machine's state, and forgets what came later", () => {
    const { overlay, read } = givenDisk();
    overlay.write(3, sectors(1, 55));
    const state = structuredClone(overlay.saveWritten());
    overlay.write(12, sectors(1, 66));
    const other = givenDisk();
    for (const disk of [overlay, other.overlay]) {
      disk.restoreWritten(state);
      expect(read(disk)).toEqual(untouched.map((i) => (i === 3 ? 55 : i)));
      expect(disk.saveWritten()).toEqual(state);
    }
  });

  it.each([
    ["of another disk", { identity: "b" }],
    ["with a block past the end", { numbers: [3] }],
    ["with a negative block", { numbers: [-1] }],
    ["with too few bytes", { content: new Uint8Array(4095) }],
    ["without a list of blocks", { numbers: 1 }],
  ])("refuses a state %s", (_what, change) => {
    const { overlay } = givenDisk();
    overlay.write(3, sectors(1, 55));
    const state = { ...overlay.saveWritten(), ...change };
    expect(() => overlay.restoreWritten(state)).toThrow(expect.objectContaining({ code: "state-invalid" }));
  });
});
