/** What a board profile says about host and guest, in the words of the hypervisor's objects; the machine builder fills it. */
import type { RamAllocation, RamRange } from "./host-ram.ts";

/** A device of the host board; together they make the host device tree and `host resources`. */
export interface HostDeviceFacts {
  /** Path in the host device tree, such as `/motherboard/amba/uart0`. */
  readonly path: string;
  readonly compatible: string;
  readonly description: string;
  readonly address: number;
  readonly sizeBytes: number;
  /** Line of the interrupt controller, and the controller's name. */
  readonly irq?: { readonly line: number; readonly chip: string };
  /** Class in the hypervisor's driver framework (`char`, `rtc`), when it has one. */
  readonly deviceClass?: string;
}

export interface GuestRegionFacts {
  readonly name: string;
  readonly kind: "ram" | "rom" | "device";
  readonly guestAddress: number;
  readonly sizeBytes: number;
  /** Alignment of the host RAM behind RAM and ROM, as a power of two; 21 is 2 MiB. */
  readonly alignOrder?: number;
  /** Devices: the emulator that answers, such as `primecell,arm,pl011`, and Xvisor's device type, such as `serial`. */
  readonly emulator?: string;
  readonly deviceType?: string;
  readonly irqLines?: readonly number[];
}

export interface GuestFacts {
  readonly name: string;
  readonly model: string;
  readonly endianness: "little" | "big";
  readonly vcpuCount: number;
  /** As in the guest's device tree: `armv5te,arm926ej`. */
  readonly vcpuCompatible: string;
  readonly startPc: number;
  readonly bootArguments: string;
  readonly regions: readonly GuestRegionFacts[];
  /** Names of nodes that are serial ports and disks of the guest. */
  readonly serialPorts: readonly string[];
  readonly disks: readonly string[];
}

/** Where the hypervisor itself lives on the host. */
export interface HypervisorLayout {
  readonly reservations: readonly RamAllocation[];
  readonly virtualPool: { readonly baseAddress: number; readonly sizeBytes: number; readonly reservedBytes: number };
  readonly heapSizeBytes: number;
  readonly dmaHeapSizeBytes: number;
}

export interface MachineFacts {
  /** Model of the host board: `versatile-pb`. */
  readonly hostName: string;
  readonly cpu: { readonly type: string; readonly hardwareId: number; readonly instructionsPerSecond: number };
  readonly ramBanks: readonly RamRange[];
  readonly layout: HypervisorLayout;
  readonly hostDevices: readonly HostDeviceFacts[];
  /** Path of the device that is the console. */
  readonly consolePath: string;
  readonly guest: GuestFacts;
}

/**
 * The layout of Xvisor on a 256 MB ARMv5 board: image, book-keeping and page tables from 64 KiB up, a virtual pool of
 * 12 MiB, a heap of a third of it and a DMA heap of a 24th.
 */
export const armv5Layout: HypervisorLayout = {
  reservations: [
    { owner: "hypervisor image", address: 0x0001_0000, sizeBytes: 0x17_3000 },
    { owner: "core book-keeping", address: 0x0018_3000, sizeBytes: 0x1_a000 },
    { owner: "page tables", address: 0x001a_0000, sizeBytes: 0x18_0000 },
  ],
  virtualPool: { baseAddress: 0xff00_0000, sizeBytes: 12 << 20, reservedBytes: 0x31_0000 },
  heapSizeBytes: 4 << 20,
  dmaHeapSizeBytes: 512 << 10,
};
