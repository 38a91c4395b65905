/**
 * The software TLB in host memory: banks of 1,024 entries of four words.
 *
 * An entry is {read tag, write tag, execute tag, addend}. A tag is the virtual page; an access hits when
 * `(va & (0xfffff000 | size - 1))` equals it, so an unaligned access misses. `va + addend` is the byte offset in host
 * memory. Banks are kept by privilege and by DACR value, because Linux changes the DACR around every user access. Entries
 * have no ASID: all that are not global belong to the current one, and go when it changes.
 */
import type { HostMemory, PageTraps } from "../../memory/index.ts";
import { CPU_STATE_OFFSET, PAGE_SHIFT, TLB_OFFSET } from "../../memory/index.ts";
import { DERIVED_WORDS } from "./state-layout.table.ts";

export const TLB_ENTRIES = 4096;
export const ENTRY_WORDS = 4;
const BANK_WORDS = TLB_ENTRIES * ENTRY_WORDS;
const DACR_SLOTS = 4;
export const TLB_BANKS = DACR_SLOTS * 2;
/** More fills than this between two flushes, and the flush goes over everything. */
const FILLED_CAPACITY = 4096;
/** Several entries allow stores to the frame. */
const MANY_ENTRIES = -1;
/** What `fill` is told of a page; the first two are the MMU's CAN_READ and CAN_WRITE. */
const FILL_READ = 1;
const FILL_WRITE = 2;
/** The page is part of a mapping of up to 1 MiB. */
export const FILL_LARGE = 4;
/** No instructions may be fetched from it: the MMU's NEVER_EXECUTE. */
const FILL_NEVER_EXECUTE = 8;
/** The page is part of a mapping of 16 MiB. */
export const FILL_SUPERSECTION = 16;
/** The mapping belongs to the current address space alone (nG). */
export const FILL_NON_GLOBAL = 32;
/** A debugger watches data in the page: loads and stores must miss. */
export const FILL_WATCHED = 64;
/** A tag no masked address equals: its low bits are outside every alignment mask. */
export const INVALID_TAG = 0xfff;

/** Words of the state block, behind the saved ones: the bounds of `setLarge`, where compiled code reads them. */
export const TLB_LARGE_LOW_WORD = DERIVED_WORDS + 6;
export const TLB_LARGE_HIGH_WORD = DERIVED_WORDS + 7;
const LARGE_LOW = (CPU_STATE_OFFSET >> 2) + TLB_LARGE_LOW_WORD;
const LARGE_HIGH = (CPU_STATE_OFFSET >> 2) + TLB_LARGE_HIGH_WORD;

export const TAG_READ = 0;
export const TAG_WRITE = 1;
export const TAG_EXECUTE = 2;
export const ADDEND = 3;

export class Tlb {
  private readonly words: Int32Array;
  private readonly traps: PageTraps;
  private readonly base = TLB_OFFSET >> 2;
  private readonly dacrOfSlot = new Int32Array(DACR_SLOTS);
  private readonly isSlotUsed = new Uint8Array(DACR_SLOTS);
  private nextSlot = 0;
  /** Entries filled since the last flush, so that a flush touches only these; Linux flushes at every context switch. */
  private readonly filled = new Int32Array(FILLED_CAPACITY);
  private filledCount = 0;
  /** The same for entries of the current address space, so that a change of ASID keeps the others. */
  private readonly filledNonGlobal = new Int32Array(FILLED_CAPACITY);
  private filledNonGlobalCount = 0;
  /** By frame: the entry through which stores were let since the last flush, where `storeEpochs` has the present epoch. */
  private readonly storeEntries: Int32Array;
  private readonly storeEpochs: Uint32Array;
  /** Counts flushes, after which no entry is left. */
  private epoch = 1;

  constructor(host: HostMemory, traps: PageTraps) {
    this.words = host.i32;
    this.traps = traps;
    this.storeEntries = new Int32Array(traps.bits.length);
    this.storeEpochs = new Uint32Array(traps.bits.length);
    traps.onTrapSet = (frame) => this.dropWriteTags(frame);
    this.flush();
  }

  /** Word index of the user bank for a DACR value; the privileged bank follows it, `bankStride` words on. */
  bankFor(dacr: number): number {
    for (let slot = 0; slot < DACR_SLOTS; slot++) {
      if (this.isSlotUsed[slot] !== 0 && this.dacrOfSlot[slot] === dacr) return this.base + slot * 2 * BANK_WORDS;
    }
    const slot = this.nextSlot;
    this.nextSlot = (slot + 1) % DACR_SLOTS;
    this.invalidate(slot * 2 * BANK_WORDS, 2 * BANK_WORDS);
    this.dacrOfSlot[slot] = dacr;
    this.isSlotUsed[slot] = 1;
    return this.base + slot * 2 * BANK_WORDS;
  }

  static readonly bankStride = BANK_WORDS;

  /** Number of the DACR value, 0 .. 3, that a bank is for. */
  dacrSlotOf(bank: number): number {
    return Math.floor((bank - this.base) / (2 * BANK_WORDS));
  }

  /** Forgets everything. */
  flush(): void {
    if (this.filledCount === FILLED_CAPACITY || this.filledNonGlobalCount === FILLED_CAPACITY) {
      this.invalidate(0, TLB_BANKS * BANK_WORDS);
    } else {
      this.invalidateFilled(this.filled, this.filledCount);
      this.invalidateFilled(this.filledNonGlobal, this.filledNonGlobalCount);
    }
    this.filledCount = 0;
    this.filledNonGlobalCount = 0;
    this.nextEpoch();
    this.setLarge(0xffffffff, 0);
  }

  private nextEpoch(): void {
    if (this.epoch === 0xffffffff) {
      this.epoch = 0;
      this.storeEpochs.fill(0);
    }
    this.epoch++;
  }

  /** Forgets the mappings that belong to one address space: those of no other are kept beside those of the current one. */
  flushNonGlobal(): void {
    if (this.filledNonGlobalCount === FILLED_CAPACITY) {
      this.flush();
      return;
    }
    if (this.filledNonGlobalCount === 0) return;
    this.invalidateFilled(this.filledNonGlobal, this.filledNonGlobalCount);
    this.filledNonGlobalCount = 0;
  }

  private invalidateFilled(entries: Int32Array, count: number): void {
    for (let i = 0; i < count; i++) this.invalidateEntry(entries[i]);
  }

  private invalidateEntry(entry: number): void {
    const { words } = this;
    words[entry + TAG_READ] = INVALID_TAG;
    words[entry + TAG_WRITE] = INVALID_TAG;
    words[entry + TAG_EXECUTE] = INVALID_TAG;
  }

  /** Forgets what is cached for a virtual address; all when the entry may be part of a larger mapping. */
  flushPage(va: number): void {
    const page = (va & ~0xfff) >>> 0;
    if (page >= this.words[LARGE_LOW] >>> 0 && page <= this.words[LARGE_HIGH] >>> 0) {
      this.flush();
      return;
    }
    const first = this.base + ((va >>> PAGE_SHIFT) & (TLB_ENTRIES - 1)) * ENTRY_WORDS;
    for (let bank = 0; bank < TLB_BANKS; bank++) this.invalidateEntry(first + bank * BANK_WORDS);
  }

  /** Enters a page of RAM or ROM. `hostOffset` is that of the page; tags that are not allowed stay invalid. */
  fill(bank: number, va: number, hostOffset: number, access: number): void {
    const page = va & ~0xfff;
    const entry = bank + ((va >>> PAGE_SHIFT) & (TLB_ENTRIES - 1)) * ENTRY_WORDS;
    const words = this.words;
    const mayStore =
      (access & (FILL_WRITE | FILL_WATCHED)) === FILL_WRITE && this.traps.bits[hostOffset >>> PAGE_SHIFT] === 0;
    words[entry + TAG_READ] = (access & (FILL_READ | FILL_WATCHED)) === FILL_READ ? page : INVALID_TAG;
    words[entry + TAG_WRITE] = mayStore ? page : INVALID_TAG;
    words[entry + TAG_EXECUTE] = (access & (FILL_READ | FILL_NEVER_EXECUTE)) === FILL_READ ? page : INVALID_TAG;
    words[entry + ADDEND] = (hostOffset & ~0xfff) - page;
    if (mayStore) this.noteStoreEntry(hostOffset >>> PAGE_SHIFT, entry);
    if ((access & FILL_NON_GLOBAL) !== 0) {
      if (this.filledNonGlobalCount < FILLED_CAPACITY) this.filledNonGlobal[this.filledNonGlobalCount++] = entry;
    } else if (this.filledCount < FILLED_CAPACITY) this.filled[this.filledCount++] = entry;
    if ((access & (FILL_LARGE | FILL_SUPERSECTION)) === 0) return;
    const unsigned = page >>> 0;
    const offsetMask = (access & FILL_SUPERSECTION) !== 0 ? 0xfff000 : 0xff000;
    const [low, high] = [words[LARGE_LOW] >>> 0, words[LARGE_HIGH] >>> 0];
    this.setLarge(unsigned < low ? unsigned & ~offsetMask : low, unsigned > high ? unsigned | offsetMask : high);
  }

  /** Some entry between these addresses may belong to a mapping larger than its 4 KiB; outside none does. */
  private setLarge(low: number, high: number): void {
    this.words[LARGE_LOW] = low;
    this.words[LARGE_HIGH] = high;
  }

  private invalidate(from: number, count: number): void {
    this.words.fill(INVALID_TAG, this.base + from, this.base + from + count);
  }

  private noteStoreEntry(frame: number, entry: number): void {
    const isOther = this.storeEpochs[frame] === this.epoch && this.storeEntries[frame] !== entry;
    this.storeEpochs[frame] = this.epoch;
    this.storeEntries[frame] = isOther ? MANY_ENTRIES : entry;
  }

  /** A page got a trap: stores to it must miss. Most pages with code were never stored to, or through one entry only. */
  private dropWriteTags(frame: number): void {
    if (this.storeEpochs[frame] !== this.epoch) return;
    const only = this.storeEntries[frame];
    const first = only === MANY_ENTRIES ? this.base : only;
    const end = only === MANY_ENTRIES ? this.base + TLB_BANKS * BANK_WORDS : only + ENTRY_WORDS;
    const { words } = this;
    for (let entry = first; entry < end; entry += ENTRY_WORDS) {
      const tag = words[entry + TAG_WRITE];
      if (tag !== INVALID_TAG && (tag + words[entry + ADDEND]) >>> PAGE_SHIFT === frame)
        words[entry + TAG_WRITE] = INVALID_TAG;
    }
  }
}
