/** A hypervisor over a small VersatilePB-like board, with a clock moved by hand and a machine that records what it is asked. */
import { createHash } from "node:crypto";
import { Logger, type LogRecord } from "../../src/base/index.ts";
import { HostMemory } from "../../src/memory/index.ts";
import type {
  BlockDevice,
  Guest,
  GuestCopy,
  GuestDisplay,
  GuestHashes,
  LoadedKernel,
  MachineControl,
  MachineFacts,
  OnWrite,
} from "../../src/vm/index.ts";
import { armv5Layout, Hypervisor } from "../../src/vm/index.ts";

export const MEBIBYTE = 1 << 20;

export const benchFacts: MachineFacts = {
  hostName: "versatile-pb",
  cpu: { type: "arm32", hardwareId: 0, instructionsPerSecond: 100e6 },
  ramBanks: [{ address: 0, sizeBytes: 256 * MEBIBYTE }],
  layout: armv5Layout,
  hostDevices: [
    {
      path: "/motherboard/amba/uart0",
      compatible: "arm,pl011",
      description: "PL011 UART",
      address: 0x101f1000,
      sizeBytes: 0x1000,
      irq: { line: 12, chip: "VIC" },
      deviceClass: "char",
    },
    {
      path: "/motherboard/amba/rtc0",
      compatible: "arm,pl031",
      description: "PL031 RTC",
      address: 0x101e8000,
      sizeBytes: 0x1000,
      irq: { line: 10, chip: "VIC" },
      deviceClass: "rtc",
    },
  ],
  consolePath: "/motherboard/amba/uart0",
  guest: {
    name: "guest0",
    model: "versatilepb",
    endianness: "little",
    vcpuCount: 1,
    vcpuCompatible: "armv5te,arm926ej",
    startPc: 0x8000,
    bootArguments: "console=ttyAMA0",
    regions: [
      { name: "mem0", kind: "ram", guestAddress: 0, sizeBytes: 96 * MEBIBYTE, alignOrder: 21 },
      {
        name: "uart0",
        kind: "device",
        guestAddress: 0x101f1000,
        sizeBytes: 0x1000,
        emulator: "primecell,arm,pl011",
        deviceType: "serial",
        irqLines: [12],
      },
      { name: "nor_flash0", kind: "rom", guestAddress: 0x34000000, sizeBytes: 32 * MEBIBYTE, alignOrder: 21 },
    ],
    serialPorts: ["uart0"],
    disks: ["virtio-blk0"],
  },
};

/** A disk in memory. */
export function memoryDisk(name: string, sectorCount: number): BlockDevice {
  const bytes = new Uint8Array(sectorCount * 512);
  return {
    name,
    description: "memory disk",
    startSector: 0,
    backend: {
      sectorCount,
      isReadOnly: false,
      read: (sector, target) => target.set(bytes.subarray(sector * 512, sector * 512 + target.length)),
      write: (sector, data) => bytes.set(data, sector * 512),
      flush: () => {},
    },
  };
}

export class Bench implements MachineControl {
  nowNs = 0;
  readonly memory = new HostMemory(256 * MEBIBYTE);
  readonly logged: LogRecord[] = [];
  /** What the hypervisor asked of the machine, in order. */
  readonly asked: string[] = [];
  loadedKernel: LoadedKernel | undefined;
  shownDisplays: readonly GuestDisplay[] = [];
  readonly hv: Hypervisor;

  constructor(facts: MachineFacts = benchFacts) {
    this.hv = new Hypervisor({
      facts,
      memory: this.memory,
      clock: { nowNs: () => this.nowNs },
      wallClock: { epochSeconds: 1_614_939_630 },
      log: new Logger("hv", (record) => this.logged.push(record)),
      version: { name: "Komainu", version: "0.1.0", date: "Nov 21 2026 19:08:10" },
      blockDevices: [memoryDisk("disk0", 16)],
    });
    this.hv.createGuest(facts.guest);
    this.hv.attach(this);
  }

  get guest(): Guest {
    return this.hv.guests[0];
  }

  create(guest: Guest): void {
    this.asked.push(`create ${guest.name}`);
  }

  destroy(): void {
    this.asked.push("destroy");
  }

  reset(): void {
    this.asked.push("reset");
  }

  statesChanged(): void {
    this.asked.push("states changed");
  }

  core(vcpuIndex: number) {
    if (vcpuIndex !== 0) return undefined;
    const registers = [
      { name: "SP", value: 0x1000 },
      { name: "LR", value: 0x8004 },
      { name: "PC", value: 0x8000 },
      { name: "CPSR", value: 0x1d3 },
    ];
    return { registers: () => [{ title: "Core Registers", registers }] };
  }

  instructions(): number {
    return Math.floor(this.nowNs / 10);
  }

  private hostAddress(guestAddress: number, sizeBytes: number): number | undefined {
    const region = this.guest.regionAt(guestAddress);
    if (region?.allocation === undefined || guestAddress + sizeBytes > region.endAddress) return undefined;
    return region.allocation.address + guestAddress - region.guestAddress;
  }

  readGuest(address: number, target: Uint8Array): boolean {
    const at = this.hostAddress(address, target.length);
    if (at === undefined) return false;
    target.set(this.memory.ram().subarray(at, at + target.length));
    return true;
  }

  viewGuest(address: number, sizeBytes: number): Uint8Array | undefined {
    const at = this.hostAddress(address, sizeBytes);
    return at === undefined ? undefined : this.memory.ram().subarray(at, at + sizeBytes);
  }

  writeGuest(address: number, data: Uint8Array): boolean {
    const at = this.hostAddress(address, data.length);
    if (at === undefined) return false;
    this.memory.ram().set(data, at);
    return true;
  }

  /** What is watched; a test tells the listener what the guest wrote. */
  readonly watched: { pieces: readonly { address: number; sizeBytes: number }[]; onWrite: OnWrite }[] = [];

  watchWrites(pieces: readonly { address: number; sizeBytes: number }[], onWrite: OnWrite): () => void {
    const watch = { pieces, onWrite };
    this.watched.push(watch);
    return () => this.watched.splice(this.watched.indexOf(watch), 1);
  }

  hashes(): GuestHashes {
    const memory = createHash("sha256").update(this.memory.ram()).digest("hex");
    return { memory, state: createHash("sha256").update(String(this.nowNs)).digest("hex") };
  }

  /** A machine that stands still has no other moment to be looked at. */
  copy(): GuestCopy {
    return {
      readGuest: (address, target) => this.readGuest(address, target),
      viewGuest: (address, sizeBytes) => this.viewGuest(address, sizeBytes),
      core: (vcpuIndex) => this.core(vcpuIndex),
      instructions: () => this.instructions(),
      runToQuietPoint: () => false,
    };
  }

  displays(): readonly GuestDisplay[] {
    return this.shownDisplays;
  }

  bootKernel(): LoadedKernel | undefined {
    return this.loadedKernel;
  }

  hostWritten(address: number, sizeBytes: number): void {
    this.asked.push(`host written ${address.toString(16)}+${sizeBytes}`);
  }

  resetHost(): void {
    this.asked.push("reset host");
  }

  shutdownHost(): void {
    this.asked.push("shutdown host");
  }
}
