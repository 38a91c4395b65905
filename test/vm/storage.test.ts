import { describe, expect, it } from "vitest";
import type { State } from "../../src/base/index.ts";
import { VirtualDisk } from "../../src/vm/storage.ts";
import { memoryDisk } from "./hypervisor-bench.ts";

const sector = (value: number): Uint8Array => new Uint8Array(512).fill(value);

describe("a virtual disk", () => {
  it("passes reads and writes on to its block device", () => {
    const device = memoryDisk("disk0", 4);
    const disk = new VirtualDisk("guest0/blk", device);
    disk.write(2, sector(7));
    disk.flush();
    const target = sector(0);
    disk.read(2, target);
    expect([disk.sectorCount, disk.isReadOnly, target]).toEqual([4, false, sector(7)]);
  });

  it("without a block device has no sectors, reads as zeros and drops writes", () => {
    const disk = new VirtualDisk("guest0/blk");
    const target = sector(9);
    disk.write(0, sector(7));
    disk.read(0, target);
    expect([disk.sectorCount, disk.isReadOnly, target]).toEqual([0, true, sector(0)]);
  });

  it("tells when a device is attached or detached", () => {
    const disk = new VirtualDisk("guest0/blk");
    const seen: number[] = [];
    disk.onChange = () => seen.push(disk.sectorCount);
    disk.attach(memoryDisk("disk0", 4));
    disk.detach();
    expect(seen).toEqual([4, 0]);
  });

  it("takes along what its device keeps in memory, and nothing of one that is a file", () => {
    const device = memoryDisk("disk0", 4);
    let written: State = { blocks: 1 };
    const keeping = {
      ...device,
      backend: {
        ...device.backend,
        saveWritten: () => written,
        restoreWritten: (state: State) => {
          written = state;
        },
      },
    };
    const disk = new VirtualDisk("guest0/blk", keeping);
    const state = structuredClone(disk.save());
    expect(state).toEqual({ device: "disk0", written: { blocks: 1 } });
    written = { blocks: 2 };
    disk.restore(state, [keeping]);
    expect(written).toEqual({ blocks: 1 });
    expect(new VirtualDisk("guest0/blk", device).save()).toEqual({ device: "disk0" });
  });

  it("finds its device again after a restore, by name", () => {
    const device = memoryDisk("disk0", 4);
    const state = structuredClone(new VirtualDisk("guest0/blk", device).save());
    const copy = new VirtualDisk("guest0/blk");
    copy.restore(state, [memoryDisk("other", 1), device]);
    expect(copy.attached).toBe(device);
    copy.restore(state, []);
    expect(copy.attached).toBeUndefined();
  });
});
