/**
 * The guest-physical address space: regions of RAM (an add away from host RAM) and of devices.
 *
 * The MMU asks `hostOffset` once per TLB fill; everything that is not RAM or ROM goes through `read` and `write`.
 */

import type { HostMemory } from "./host-memory.ts";
import { RAM_OFFSET } from "./host-memory.ts";
import type { PageTraps } from "./page-traps.ts";
import type { PhysicalSource } from "./physical-source.ts";

export type AccessSize = 1 | 2 | 4;

export interface MmioHandler {
  /** `offset` is from the region's start; the answer is unsigned or signed, only its low bits count. */
  read(offset: number, sizeBytes: AccessSize): number;
  write(offset: number, value: number, sizeBytes: AccessSize): void;
}

export interface MemoryRegion {
  readonly kind: "ram" | "rom";
  readonly name: string;
  readonly guestAddress: number;
  readonly sizeBytes: number;
  readonly hostAddress: number;
}

export interface DeviceRegion {
  readonly kind: "device";
  readonly name: string;
  readonly guestAddress: number;
  readonly sizeBytes: number;
  readonly handler: MmioHandler;
}

export type BusRegion = MemoryRegion | DeviceRegion;

export class GuestBus implements PhysicalSource {
  readonly host: HostMemory;
  readonly traps: PageTraps;
  /** Sorted by address; the profile's lint has refused overlaps. */
  regions: readonly BusRegion[];
  /** Set when the last `read` or `write` hit nothing; the CPU turns it into an external abort and clears it. */
  faulted = false;
  /** The regions found last: RAM, where the page tables are, and devices take turns. */
  private last: BusRegion | undefined;
  private lastButOne: BusRegion | undefined;

  constructor(host: HostMemory, traps: PageTraps, regions: readonly BusRegion[]) {
    this.host = host;
    this.traps = traps;
    this.regions = [...regions].sort((a, b) => a.guestAddress - b.guestAddress);
  }

  /** From now on another handler answers in a device's place; false where the board has no such device. */
  replaceHandler(deviceName: string, handler: MmioHandler): boolean {
    const isMeant = (region: BusRegion): region is DeviceRegion =>
      region.kind === "device" && region.name === deviceName;
    const hasDevice = this.regions.some(isMeant);
    this.regions = this.regions.map((region) => (isMeant(region) ? { ...region, handler } : region));
    this.last = undefined;
    this.lastButOne = undefined;
    return hasDevice;
  }

  get ranges(): { startAddress: number; sizeBytes: number }[] {
    return this.regions
      .filter((r) => r.kind !== "device")
      .map((r) => ({ startAddress: r.guestAddress, sizeBytes: r.sizeBytes }));
  }

  /** The region that holds unsigned guest-physical `address`. */
  regionAt(address: number): BusRegion | undefined {
    const { last, lastButOne } = this;
    if (last !== undefined && address >= last.guestAddress && address - last.guestAddress < last.sizeBytes) return last;
    if (
      lastButOne !== undefined &&
      address >= lastButOne.guestAddress &&
      address - lastButOne.guestAddress < lastButOne.sizeBytes
    ) {
      this.lastButOne = last;
      this.last = lastButOne;
      return lastButOne;
    }
    let low = 0;
    let high = this.regions.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const region = this.regions[middle];
      if (address < region.guestAddress) high = middle - 1;
      else if (address - region.guestAddress >= region.sizeBytes) low = middle + 1;
      else {
        this.lastButOne = last;
        this.last = region;
        return region;
      }
    }
    return undefined;
  }

  /** Byte offset into the host memory of a guest-physical address in RAM (or ROM, when reading), else -1. */
  hostOffset(address: number, forWrite: boolean): number {
    const unsigned = address >>> 0;
    const region = this.regionAt(unsigned);
    if (region === undefined || region.kind === "device" || (forWrite && region.kind === "rom")) return -1;
    return RAM_OFFSET + region.hostAddress + (unsigned - region.guestAddress);
  }

  /** A device or memory read of a naturally aligned item; sets `faulted` where nothing answers. */
  busRead(address: number, sizeBytes: AccessSize): number {
    const unsigned = address >>> 0;
    const region = this.regionAt(unsigned);
    if (region === undefined) {
      this.faulted = true;
      return 0;
    }
    const offset = unsigned - region.guestAddress;
    if (region.kind === "device") return region.handler.read(offset, sizeBytes) | 0;
    const at = RAM_OFFSET + region.hostAddress + offset;
    if (sizeBytes === 4) return this.host.i32[at >> 2];
    return sizeBytes === 2 ? this.host.u16[at >> 1] : this.host.u8[at];
  }

  /** A device or memory write of a naturally aligned item; a write to ROM is ignored. */
  busWrite(address: number, value: number, sizeBytes: AccessSize): void {
    const unsigned = address >>> 0;
    const region = this.regionAt(unsigned);
    if (region === undefined) {
      this.faulted = true;
      return;
    }
    const offset = unsigned - region.guestAddress;
    if (region.kind === "device") region.handler.write(offset, value, sizeBytes);
    else if (region.kind === "ram") this.storeRam(RAM_OFFSET + region.hostAddress + offset, value, sizeBytes);
  }

  private storeRam(at: number, value: number, sizeBytes: AccessSize): void {
    if (sizeBytes === 4) this.host.i32[at >> 2] = value;
    else if (sizeBytes === 2) this.host.u16[at >> 1] = value;
    else this.host.u8[at] = value;
    this.traps.stored(at, sizeBytes);
  }

  read(address: number, target: Uint8Array): boolean {
    const at = this.memorySpan(address, target.length);
    if (at < 0) return false;
    target.set(this.host.u8.subarray(at, at + target.length));
    return true;
  }

  view(address: number, sizeBytes: number): Uint8Array | undefined {
    const at = this.memorySpan(address, sizeBytes);
    return at < 0 ? undefined : this.host.u8.subarray(at, at + sizeBytes);
  }

  readU32(address: number): number | undefined {
    const at = this.memorySpan(address, 4);
    if (at < 0) return undefined;
    const { u8 } = this.host;
    return (u8[at] | (u8[at + 1] << 8) | (u8[at + 2] << 16) | (u8[at + 3] << 24)) >>> 0;
  }

  /** A word of a device, for bus masters other than the CPU; `undefined` where no device is, and nothing faults. */
  readRegister(address: number): number | undefined {
    const region = this.regionAt(address >>> 0);
    if (region?.kind !== "device") return undefined;
    return region.handler.read((address >>> 0) - region.guestAddress, 4) | 0;
  }

  writeRegister(address: number, value: number): boolean {
    const region = this.regionAt(address >>> 0);
    if (region?.kind !== "device") return false;
    region.handler.write((address >>> 0) - region.guestAddress, value, 4);
    return true;
  }

  /** Writes guest memory from outside (loader, DMA, console); false when it is not all RAM or ROM. */
  writeMemory(address: number, data: Uint8Array): boolean {
    const at = this.memorySpan(address, data.length);
    if (at < 0) return false;
    this.host.u8.set(data, at);
    this.touched(at, data.length);
    return true;
  }

  /** Tells the owners of traps that `sizeBytes` from `hostOffset` changed, page by page. */
  touched(hostOffset: number, sizeBytes: number): void {
    const end = hostOffset + sizeBytes;
    for (let at = hostOffset; at < end; at = (at & ~0xfff) + 0x1000) {
      this.traps.stored(at, Math.min(end, (at & ~0xfff) + 0x1000) - at);
    }
  }

  private memorySpan(address: number, sizeBytes: number): number {
    const region = this.regionAt(address);
    if (region === undefined || region.kind === "device") return -1;
    if (address - region.guestAddress + sizeBytes > region.sizeBytes) return -1;
    return RAM_OFFSET + region.hostAddress + (address - region.guestAddress);
  }
}
