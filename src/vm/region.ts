/** A guest region: a range of guest-physical addresses, with Xvisor's flags and the host RAM behind it. */
import type { GuestRegionFacts } from "./facts.ts";
import type { RamAllocation } from "./host-ram.ts";

export const RegionFlag = {
  real: 0x1,
  virtual: 0x2,
  alias: 0x4,
  memory: 0x8,
  io: 0x10,
  cacheable: 0x20,
  bufferable: 0x40,
  readOnly: 0x80,
  isRam: 0x100,
  isRom: 0x200,
  isDevice: 0x400,
  isReserved: 0x800,
  isAlloced: 0x1000,
} as const;

const { real, virtual, memory, cacheable, bufferable, readOnly, isRam, isRom, isDevice, isAlloced } = RegionFlag;
const flagsOf: Record<GuestRegionFacts["kind"], number> = {
  ram: real | memory | cacheable | bufferable | isRam | isAlloced,
  rom: real | memory | readOnly | isRom | isAlloced,
  device: virtual | memory | isDevice,
};

export interface RegionMapping {
  readonly guestAddress: number;
  readonly hostAddress: number;
  readonly sizeBytes: number;
}

export class GuestRegion {
  readonly facts: GuestRegionFacts;
  /** The host RAM behind RAM and ROM. */
  readonly allocation: RamAllocation | undefined;

  constructor(facts: GuestRegionFacts, allocation: RamAllocation | undefined) {
    this.facts = facts;
    this.allocation = allocation;
  }

  get name(): string {
    return this.facts.name;
  }

  get guestAddress(): number {
    return this.facts.guestAddress;
  }

  get sizeBytes(): number {
    return this.facts.sizeBytes;
  }

  get endAddress(): number {
    return this.guestAddress + this.sizeBytes;
  }

  get flags(): number {
    return flagsOf[this.facts.kind];
  }

  get alignOrder(): number {
    return this.facts.alignOrder ?? 0;
  }

  /** Size of one mapping as a power of two: the alignment's, when that is a page or more and smaller than the region. */
  get mapOrder(): number {
    const { alignOrder } = this;
    if (alignOrder >= 12 && 2 ** alignOrder < this.sizeBytes) return alignOrder;
    return Math.ceil(Math.log2(this.sizeBytes));
  }

  /** Guest-physical to host-physical, one entry a mapping; empty for devices. */
  get mappings(): RegionMapping[] {
    if (this.allocation === undefined) return [];
    const step = 2 ** this.mapOrder;
    const mappings: RegionMapping[] = [];
    for (let offset = 0; offset < this.sizeBytes; offset += step) {
      mappings.push({
        guestAddress: this.guestAddress + offset,
        hostAddress: this.allocation.address + offset,
        sizeBytes: Math.min(step, this.sizeBytes - offset),
      });
    }
    return mappings;
  }
}
