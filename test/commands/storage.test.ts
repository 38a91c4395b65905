import { describe, expect, it } from "vitest";
import { ConsoleBench } from "./console-bench.ts";

describe("disks", () => {
  it("attaches and detaches block devices", async () => {
    const bench = new ConsoleBench();
    expect(await bench.data("vdisk info guest0/virtio-blk0")).toEqual({
      name: "guest0/virtio-blk0",
      capacityBytes: 8192,
      blockDevice: "disk0",
    });
    await bench.text("vdisk detach guest0/virtio-blk0");
    expect(bench.hv.disks[0].sectorCount).toBe(0);
    expect(await bench.text("vdisk info guest0/virtio-blk0")).toContain("Block Device  : NONE\n");
    await bench.text("vdisk attach guest0/virtio-blk0 disk0");
    expect((await bench.run("vdisk attach guest0/virtio-blk0 nosuch")).code).toBe(-8);
    expect((await bench.run("vdisk info nosuch")).code).toBe(-8);
  });

  it("dumps bytes across sectors, eight a line", async () => {
    const bench = new ConsoleBench();
    bench.hv.disks[0].write(1, new Uint8Array(512).fill(0xab));
    expect(await bench.text("blockdev dump8 disk0 8 508")).toBe("508: 0x00 0x00 0x00 0x00 0xab 0xab 0xab 0xab\n");
    expect((await bench.run("blockdev dump8 disk0 64 8190")).code).toBe(-18);
    expect(await bench.text("blockdev list")).toContain(
      " disk0            ---              0                512         16\n",
    );
  });
});
