import { describe, expect, it } from "vitest";
import { loadBoard } from "../../src/board/index.ts";
import { deviceModels } from "../../src/devices/index.ts";
import { machineFacts } from "../../src/vm/profile-facts.ts";

const { profile } = loadBoard("versatilepb", { models: deviceModels });
const facts = machineFacts(profile, "console=ttyAMA0");

describe("the facts of a profile", () => {
  it("are the board's own numbers", () => {
    expect(facts).toMatchObject({
      hostName: "ARM VersatilePB",
      cpu: { instructionsPerSecond: 200e6 },
      ramBanks: [{ address: 0, sizeBytes: 256 << 20 }],
      guest: { name: "guest0", startPc: 0x8000, bootArguments: "console=ttyAMA0", disks: ["virtio_blk0"] },
    });
    expect([...facts.guest.serialPorts].sort()).toEqual(["uart0", "uart1", "uart2", "uart3"]);
  });

  it("give the guest a region for its memory and for every device", () => {
    const region = (name: string) => facts.guest.regions.find((candidate) => candidate.name === name);
    expect(facts.guest.regions).toHaveLength(1 + profile.devices.length);
    expect(region("mem0")).toMatchObject({ kind: "ram", sizeBytes: 96 << 20, alignOrder: 21 });
    expect(region("uart0")).toMatchObject({ kind: "device", guestAddress: 0x101f1000, irqLines: [12] });
    expect(region("pic")?.irqLines).toEqual([]);
  });

  it("give the host the devices it shares with the guest, and not those that are only the guest's", () => {
    const names = facts.hostDevices.map(({ path }) => path.split("/").at(-1));
    expect(names).toContain("uart0");
    for (const name of ["virtio_blk0", "nor_flash0", "pci"]) expect(names).not.toContain(name);
    expect(facts.hostDevices.find(({ path }) => path === facts.consolePath)).toMatchObject({
      address: 0x101f1000,
      irq: { line: 12, chip: "VIC" },
    });
    expect(facts.hostDevices.find(({ path }) => path.endsWith("/kmi0"))?.irq).toEqual({ line: 3, chip: "FPGA" });
  });

  it("name CPU, device folder and disks of a Raspberry Pi, the card before the virtio disk", () => {
    const pi = machineFacts(loadBoard("raspberrypi", { models: deviceModels }).profile, "quiet");
    expect(pi.guest).toMatchObject({ vcpuCompatible: "armv6,arm1176", disks: ["sdhost", "virtio_blk0"] });
    expect(pi.guest.regions.filter(({ kind }) => kind === "ram").map(({ name }) => name)).toEqual(["mem0", "vcram"]);
    expect(pi.hostDevices.find(({ path }) => path === pi.consolePath)).toMatchObject({
      path: "/soc/uart0",
      address: 0x20201000,
      irq: { line: 89, chip: "BCM2835" },
    });
    // The host's memory ends where its devices begin.
    const [ram] = pi.ramBanks;
    for (const { address } of pi.hostDevices) expect(address).toBeGreaterThanOrEqual(ram.address + ram.sizeBytes);
  });
});
