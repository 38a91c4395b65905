/**
 * The hypervisor's heap: a buddy allocator with blocks of 32 bytes to 4 KiB over a region of host RAM.
 *
 * Blocks are real bytes of host RAM. An eighth of the region is house-keeping, 32 bytes a record, as in Xvisor.
 */
import type { State, Stateful } from "../base/index.ts";
import { assert } from "../base/index.ts";
import type { BuddyBin } from "./buddy.ts";
import { BuddyAllocator } from "./buddy.ts";
import { heapExhausted, stateInvalid } from "./errors.ts";

const MIN_BLOCK_ORDER = 5;
const MAX_BLOCK_ORDER = 12;
const RECORD_SIZE_BYTES = 32;
const HOUSE_KEEPING_SHARE = 8;

export interface HeapBlock {
  readonly physicalAddress: number;
  /** What was asked for; `bytes` has this length. */
  readonly sizeBytes: number;
  readonly owner: string;
  readonly bytes: Uint8Array;
}

export interface HeapRegion {
  readonly name: "normal" | "dma";
  readonly physicalAddress: number;
  readonly virtualAddress: number;
  readonly sizeBytes: number;
}

export class Heap implements Stateful {
  readonly region: HeapRegion;
  readonly houseKeepingBytes: number;
  private readonly ram: Uint8Array;
  private readonly poolAddress: number;
  private buddy: BuddyAllocator;
  private readonly blocks = new Map<number, HeapBlock>();

  /** `ram` is the host's RAM by host-physical address. */
  constructor(region: HeapRegion, ram: Uint8Array) {
    this.region = region;
    this.ram = ram;
    this.houseKeepingBytes = region.sizeBytes / HOUSE_KEEPING_SHARE;
    this.poolAddress = region.physicalAddress + this.houseKeepingBytes;
    this.buddy = this.emptyPool();
  }

  get usedBytes(): number {
    return this.buddy.usedBytes;
  }

  get freeBytes(): number {
    return this.buddy.freeBytes;
  }

  get bins(): BuddyBin[] {
    return this.buddy.bins();
  }

  get recordCount(): number {
    return this.houseKeepingBytes / RECORD_SIZE_BYTES;
  }

  get freeRecordCount(): number {
    return this.recordCount - this.buddy.areaRecordCount;
  }

  /** Blocks in use, by address. */
  get allocations(): readonly HeapBlock[] {
    return [...this.blocks.values()].sort((a, b) => a.physicalAddress - b.physicalAddress);
  }

  /** A zeroed block. Throws `heap-exhausted`. */
  allocate(sizeBytes: number, owner: string): HeapBlock {
    const offset = this.buddy.allocate(sizeBytes);
    if (offset < 0) throw heapExhausted(this.region.name, sizeBytes, owner, this.freeBytes);
    const block = this.blockAt(this.poolAddress + offset, sizeBytes, owner);
    block.bytes.fill(0);
    return block;
  }

  free(block: { readonly physicalAddress: number }): void {
    assert(this.blocks.delete(block.physicalAddress), `heap block at ${block.physicalAddress} is in use`);
    this.buddy.free(block.physicalAddress - this.poolAddress);
  }

  /** Frees every block of one owner. */
  release(owner: string): void {
    for (const block of this.allocations) if (block.owner === owner) this.free(block);
  }

  /** The owner's first block, by address; how an object finds its block again after a restore. */
  blockOf(owner: string): HeapBlock | undefined {
    return this.allocations.find((block) => block.owner === owner);
  }

  private emptyPool(): BuddyAllocator {
    return new BuddyAllocator(this.region.sizeBytes - this.houseKeepingBytes, MIN_BLOCK_ORDER, MAX_BLOCK_ORDER);
  }

  private blockAt(physicalAddress: number, sizeBytes: number, owner: string): HeapBlock {
    const bytes = this.ram.subarray(physicalAddress, physicalAddress + sizeBytes);
    const block = { physicalAddress, sizeBytes, owner, bytes };
    this.blocks.set(physicalAddress, block);
    return block;
  }

  /** Which blocks are in use; their bytes are part of host RAM. */
  save(): State {
    return {
      blocks: this.allocations.map((b) => ({ address: b.physicalAddress, sizeBytes: b.sizeBytes, owner: b.owner })),
    };
  }

  restore(state: State): void {
    if (!Array.isArray(state.blocks)) throw stateInvalid("heap", "a list `blocks`", typeof state.blocks);
    this.buddy = this.emptyPool();
    this.blocks.clear();
    for (const entry of state.blocks) {
      const { address, sizeBytes, owner } = entry as { address: number; sizeBytes: number; owner: string };
      if (!this.buddy.allocateAt(address - this.poolAddress, sizeBytes))
        throw stateInvalid("heap", "a free block", `${sizeBytes} bytes at ${address} in use`);
      this.blockAt(address, sizeBytes, owner);
    }
  }
}
