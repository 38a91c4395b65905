import { describe, expect, it } from "vitest";
import { Bench, benchFacts, MEBIBYTE } from "./hypervisor-bench.ts";

describe("the hypervisor", () => {
  it("lays out host RAM as Xvisor does on this board", () => {
    const { hv, guest } = new Bench();
    expect(hv.heap.region).toMatchObject({ physicalAddress: 0x400000, virtualAddress: 0xff400000 });
    expect(hv.dmaHeap.region.physicalAddress).toBe(0x800000);
    expect(guest.regionNamed("mem0")?.allocation?.address).toBe(0xa00000);
    expect(guest.regionNamed("nor_flash0")?.allocation?.address).toBe(0x6a00000);
  });

  it("gives regions Xvisor's flags and mappings", () => {
    const { guest } = new Bench();
    const flags = guest.regions.map((region) => [region.name, region.flags]);
    expect(flags).toEqual([
      ["mem0", 0x1169],
      ["uart0", 0x40a],
      ["nor_flash0", 0x1289],
    ]);
    expect(guest.regionNamed("nor_flash0")?.mappings).toHaveLength(16);
    expect(guest.regionNamed("mem0")?.mappings[47]).toEqual({
      guestAddress: 94 * MEBIBYTE,
      hostAddress: 0xa00000 + 94 * MEBIBYTE,
      sizeBytes: 2 * MEBIBYTE,
    });
    expect(guest.regionNamed("uart0")?.mappings).toEqual([]);
  });

  it("leaks neither RAM nor heap nor VCPUs when a guest is destroyed and created again", () => {
    const { hv, guest } = new Bench();
    const numbers = () => [hv.ram.freeFrames, hv.heap.freeBytes, hv.heap.freeRecordCount, hv.scheduler.vcpus.length];
    const before = numbers();
    const addresses = guest.regions.map((region) => region.allocation?.address);
    hv.destroyGuest(guest);
    expect(numbers()).not.toEqual(before);
    const again = hv.createGuest(benchFacts.guest);
    expect(numbers()).toEqual(before);
    expect(again.regions.map((region) => region.allocation?.address)).toEqual(addresses);
    expect(again.vcpus[0].id).toBe(guest.vcpus[0].id);
  });

  it("leaves nothing behind when a guest does not fit", () => {
    const { hv, guest } = new Bench();
    hv.destroyGuest(guest);
    const free = hv.ram.freeFrames;
    const { regions } = benchFacts.guest;
    const tooLarge = { ...regions[2], name: "huge", sizeBytes: 200 * MEBIBYTE };
    expect(() => hv.createGuest({ ...benchFacts.guest, regions: [...regions, tooLarge] })).toThrow(
      expect.objectContaining({ code: "ram-exhausted" }),
    );
    expect(hv.ram.freeFrames).toBe(free);
  });

  it("builds a device tree with the guest under /guests", () => {
    const { hv } = new Bench();
    const tree = hv.deviceTree;
    expect(tree.find("/chosen")?.attributes.get("console")).toEqual({
      kind: "strings",
      strings: ["/motherboard/amba/uart0"],
    });
    expect(tree.find("/guests/guest0/vcpus/vcpu0")?.path).toBe("/guests/guest0/vcpus/vcpu0");
    expect(tree.find("/guests/guest0/aspace/mem0")?.text(true)).toContain("\tphysical_size = <0x6000000>;");
    expect(tree.find("/nowhere")).toBeUndefined();
  });

  it("copies a node below itself without end", () => {
    const { hv } = new Bench();
    const node = hv.deviceTree.ensure("/a/b");
    node.parent?.addCopy("copy", node.parent);
    expect(hv.deviceTree.find("/a")?.text(false)).toBe("a {\n\tb;\n\tcopy {\n\t\tb;\n\t};\n};\n");
  });

  it("writes host RAM only inside a bank and tells the machine", () => {
    const bench = new Bench();
    expect(bench.hv.writeHost(0xa00000, Uint8Array.of(1, 2))).toBe(true);
    expect(bench.hv.writeHost(256 * MEBIBYTE - 1, Uint8Array.of(1, 2))).toBe(false);
    expect(bench.asked).toEqual(["host written a00000+2"]);
  });

  it("goes on from a saved state", () => {
    const bench = new Bench();
    bench.guest.kick();
    bench.nowNs = 5e9;
    bench.hv.wallClock.set(1_000_000);
    bench.hv.deviceTree.ensure("/chosen/added");
    bench.hv.host.irqNamed("uart0")?.raise();
    bench.hv.stdio.logLevel = 3;
    const copy = new Bench();
    copy.nowNs = 5e9;
    copy.hv.restore(bench.hv.save());
    expect(copy.hv.save()).toEqual(bench.hv.save());
    expect(copy.hv.wallClock.epochSeconds).toBe(1_000_000);
    expect(copy.guest.vcpus[0].stateName).toBe("Ready");
    expect(copy.hv.deviceTree.find("/chosen/added")).toBeDefined();
  });

  it("marks the console's thread as running only while a command runs", () => {
    const { hv } = new Bench();
    expect(hv.consoleThread.state).toBe("Sleeping");
    hv.consoleTurn(true);
    expect([hv.consoleThread.vcpu.stateName, hv.scheduler.idle.stateName]).toEqual(["Running", "Ready"]);
    hv.consoleTurn(false);
    expect([hv.consoleThread.state, hv.scheduler.running.name]).toEqual(["Sleeping", "idle/0"]);
  });
});
