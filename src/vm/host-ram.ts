/**
 * The board's RAM, handed out in frames of 4 KiB: to the hypervisor, its heaps and the guest's regions.
 *
 * An allocation takes the lowest free run that fits size and alignment, as Xvisor's does, so that the same requests
 * give the same addresses on every run.
 */
import type { State, Stateful } from "../base/index.ts";
import { assert } from "../base/index.ts";
import { PAGE_SHIFT, PAGE_SIZE } from "../memory/index.ts";
import { ramExhausted, ramReserved, stateInvalid } from "./errors.ts";
import { FrameBitmap } from "./frame-bitmap.ts";

export interface RamRange {
  readonly address: number;
  readonly sizeBytes: number;
}

export interface RamAllocation extends RamRange {
  readonly owner: string;
}

export class RamBank {
  readonly startAddress: number;
  readonly sizeBytes: number;
  readonly frames: FrameBitmap;

  constructor({ address, sizeBytes }: RamRange) {
    this.startAddress = address;
    this.sizeBytes = sizeBytes;
    this.frames = new FrameBitmap(sizeBytes >>> PAGE_SHIFT);
  }

  frameOf(address: number): number {
    return (address - this.startAddress) / PAGE_SIZE;
  }

  holds(address: number, sizeBytes: number): boolean {
    return address >= this.startAddress && address + sizeBytes <= this.startAddress + this.sizeBytes;
  }
}

const frameCountOf = (sizeBytes: number): number => Math.ceil(sizeBytes / PAGE_SIZE);

export class HostRam implements Stateful {
  readonly banks: readonly RamBank[];
  private readonly taken: RamAllocation[] = [];

  constructor(banks: readonly RamRange[]) {
    this.banks = banks.map((bank) => new RamBank(bank));
  }

  get totalFrames(): number {
    return this.banks.reduce((sum, bank) => sum + bank.frames.frameCount, 0);
  }

  get freeFrames(): number {
    return this.banks.reduce((sum, bank) => sum + bank.frames.freeCount, 0);
  }

  /** What is in use, by address. */
  get allocations(): readonly RamAllocation[] {
    return this.taken;
  }

  bankAt(address: number, sizeBytes = 1): RamBank | undefined {
    return this.banks.find((bank) => bank.holds(address, sizeBytes));
  }

  /** Takes exactly these frames; `address` and size are rounded out to whole frames. Throws `ram-reserved`. */
  reserve(address: number, sizeBytes: number, owner: string): RamAllocation {
    const start = address - (address % PAGE_SIZE);
    const count = frameCountOf(address + sizeBytes - start);
    const bank = this.bankAt(start, count * PAGE_SIZE);
    if (bank === undefined || !bank.frames.isRunFree(bank.frameOf(start), count)) {
      throw ramReserved(address, sizeBytes, owner);
    }
    return this.record(bank, bank.frameOf(start), count, owner);
  }

  /** Takes the lowest free run aligned to 2^`alignOrder` bytes. Throws `ram-exhausted`. */
  allocate(sizeBytes: number, alignOrder: number, owner: string): RamAllocation {
    const count = frameCountOf(sizeBytes);
    const alignment = 2 ** Math.max(0, alignOrder - PAGE_SHIFT);
    for (const bank of this.banks) {
      const first = bank.frames.findRun(count, alignment, bank.startAddress / PAGE_SIZE);
      if (first >= 0) return this.record(bank, first, count, owner);
    }
    throw ramExhausted(sizeBytes, alignOrder, owner, this.freeFrames * PAGE_SIZE);
  }

  free(allocation: RamRange): void {
    const index = this.taken.findIndex((t) => t.address === allocation.address);
    assert(index >= 0, `host RAM at ${allocation.address} was allocated`);
    const [{ address, sizeBytes }] = this.taken.splice(index, 1);
    const bank = this.bankAt(address, sizeBytes)!;
    bank.frames.release(bank.frameOf(address), sizeBytes / PAGE_SIZE);
  }

  private record(bank: RamBank, first: number, count: number, owner: string): RamAllocation {
    bank.frames.take(first, count);
    const allocation = { address: bank.startAddress + first * PAGE_SIZE, sizeBytes: count * PAGE_SIZE, owner };
    this.taken.push(allocation);
    this.taken.sort((a, b) => a.address - b.address);
    return allocation;
  }

  save(): State {
    return { taken: this.taken.map((t) => ({ ...t })) };
  }

  restore(state: State): void {
    if (!Array.isArray(state.taken)) throw stateInvalid("host RAM", "a list `taken`", typeof state.taken);
    for (const allocation of [...this.taken]) this.free(allocation);
    for (const entry of state.taken) {
      const { address, sizeBytes, owner } = entry as { address: number; sizeBytes: number; owner: string };
      this.reserve(address, sizeBytes, owner);
    }
  }
}
