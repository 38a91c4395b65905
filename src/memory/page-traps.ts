/**
 * One byte of bits for each frame of host RAM: pages whose stores must not take the fast path.
 *
 * A page with any bit set has no write tag in the TLB, so a store to it reaches the slow path, which tells the
 * owner of the bit.
 */
import { PAGE_SHIFT } from "./host-memory.ts";

/** The page holds instructions that were decoded or compiled. */
export const TRAP_CODE = 1;
/** Stores are logged for migration, suspend and balloon. */
export const TRAP_DIRTY = 2;
/** Stores are reported with the writer (`ids watch`). */
export const TRAP_WATCH = 4;
/** The first store after a checkpoint is noted, so that the next one copies only what changed. */
export const TRAP_CHECKPOINT = 8;

/** `hostOffset` is a byte offset into the host memory (RAM_OFFSET + host-physical address). */
export type StoreListener = (hostOffset: number, sizeBytes: number) => void;

export class PageTraps {
  /** Indexed by `hostOffset >>> 12`. */
  readonly bits: Uint8Array;
  /** Set by the MMU: fast write entries of this frame must go. */
  onTrapSet: (frame: number) => void = () => {};
  private readonly listeners = new Map<number, StoreListener>();

  constructor(memorySizeBytes: number) {
    this.bits = new Uint8Array(memorySizeBytes >>> PAGE_SHIFT);
  }

  listen(trap: number, listener: StoreListener): void {
    this.listeners.set(trap, listener);
  }

  set(frame: number, trap: number): void {
    const before = this.bits[frame];
    if ((before & trap) !== 0) return;
    this.bits[frame] = before | trap;
    if (before === 0) this.onTrapSet(frame);
  }

  clear(frame: number, trap: number): void {
    this.bits[frame] &= ~trap;
  }

  /** Tells every owner of a bit of the page; called after the store. */
  stored(hostOffset: number, sizeBytes: number): void {
    const bits = this.bits[hostOffset >>> PAGE_SHIFT];
    for (const [trap, listener] of this.listeners) if ((bits & trap) !== 0) listener(hostOffset, sizeBytes);
  }
}
