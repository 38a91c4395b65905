import { describe, expect, it } from "vitest";
import { BlockHistory, needsHistory } from "../../src/gdb/block-history.ts";
import { OverlayDisk } from "../../src/main/overlay-disk.ts";
import { MemoryDisk } from "../../src/scenario/memory-disk.ts";
import { SECTOR_SIZE_BYTES } from "../../src/vm/index.ts";

/** The last block is a short one. */
const SECTORS = 8 * 7 + 3;

function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
}

function given() {
  const disk = new MemoryDisk(SECTORS * SECTOR_SIZE_BYTES);
  const history = new BlockHistory(disk);
  const write = (sector: number, count: number, value: number) => {
    history.willWrite(sector, count * SECTOR_SIZE_BYTES);
    disk.write(sector, new Uint8Array(count * SECTOR_SIZE_BYTES).fill(value));
  };
  return { disk, history, write, image: () => Buffer.from(disk.copy()).toString("latin1") };
}

describe("the content of a disk at several moments", () => {
  it("is found again from any other, after moments were put in between and removed", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = seeded(seed);
      const { history, write, image } = given();
      const images = [image()];
      for (let step = 0; step < 80; step++) {
        const action = random(4);
        if (action < 2) {
          for (let i = random(4); i >= 0; i--) {
            const sector = random(SECTORS);
            write(sector, 1 + random(Math.min(12, SECTORS - sector)), random(256));
          }
          history.insert(history.count);
          images.push(image());
        } else if (action === 2 && history.count > 2) {
          const index = random(history.count - 1);
          history.remove(index);
          images.splice(index, 1);
        } else {
          const index = random(history.count);
          history.restore(index);
          expect(image()).toBe(images[index]);
          history.restore(history.count - 1);
          expect(image()).toBe(images[history.count - 1]);
        }
      }
      expect(history.count).toBe(images.length);
    }
  });

  it("takes no more memory for being long, when the beginning is forgotten", () => {
    const { history, write } = given();
    for (let block = 0; block < 7; block++) {
      write(block * 8, 8, block);
      history.insert(history.count);
    }
    const most = history.sizeBytes;
    while (history.count > 2) history.remove(0);
    // What stays is the last block that was written: before and after.
    expect(history.sizeBytes).toBe(2 * 4096);
    expect(most).toBe(14 * 4096);
  });
});

describe("needsHistory", () => {
  it("is so for a disk that can be written, wherever that goes", () => {
    const disk = new MemoryDisk(SECTOR_SIZE_BYTES);
    expect(needsHistory(disk)).toBe(true);
    expect(needsHistory({ ...disk, isReadOnly: true, sectorCount: 1, read() {}, write() {}, flush() {} })).toBe(false);
    expect(needsHistory(new OverlayDisk(disk, "x"))).toBe(true);
  });
});
