/**
 * The software TLB in host memory: banks of 1,024 entries of four words.
 *
 * An entry is {read tag, write tag, execute tag, addend}. A tag is the virtual page; an access hits when
 * `(va & (0xfffff000 | size - 1))` equals it, so an unaligned access misses. `va + addend` is the byte offset in host
 * memory. Banks are kept by privilege and by DACR value, because Linux changes the DACR around every user access. Entries
 * have no ASID: all that are not global belong to the current one, and go when it changes.
 */
import type { HostMemory, PageTraps } from "../../memory/index.ts";
import { PAGE_SHIFT, TLB_OFFSET } from "../../memory/index.ts";

export const TLB_ENTRIES = 1024;
export const ENTRY_WORDS = 4;
const BANK_WORDS = TLB_ENTRIES * ENTRY_WORDS;
const DACR_SLOTS = 4;
const BANKS = DACR_SLOTS * 2;
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
const INVALID = 0xfff;

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
  /** Some entry may belong to a mapping larger than its 4 KiB; below these bounds none does. */
  private largeLow = 0xffffffff;
  private largeHigh = 0;
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
      this.invalidate(0, BANKS * BANK_WORDS);
    } else {
      this.invalidateFilled(this.filled, this.filledCount);
      this.invalidateFilled(this.filledNonGlobal, this.filledNonGlobalCount);
    }
    this.filledCount = 0;
    this.filledNonGlobalCount = 0;
    this.nextEpoch();
    this.largeLow = 0xffffffff;
    this.largeHigh = 0;
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
    words[entry + TAG_READ] = INVALID;
    words[entry + TAG_WRITE] = INVALID;
    words[entry + TAG_EXECUTE] = INVALID;
  }

  /** Forgets what is cached for a virtual address; all when the entry may be part of a larger mapping. */
  flushPage(va: number): void {
    const page = (va & ~0xfff) >>> 0;
    if (page >= this.largeLow && page <= this.largeHigh) {
      this.flush();
      return;
    }
    const first = this.base + ((va >>> PAGE_SHIFT) & (TLB_ENTRIES - 1)) * ENTRY_WORDS;
    for (let bank = 0; bank < BANKS; bank++) this.invalidateEntry(first + bank * BANK_WORDS);
  }

  /** Enters a page of RAM or ROM. `hostOffset` is that of the page; tags that are not allowed stay invalid. */
  fill(bank: number, va: number, hostOffset: number, access: number): void {
    const page = va & ~0xfff;
    const entry = bank + ((va >>> PAGE_SHIFT) & (TLB_ENTRIES - 1)) * ENTRY_WORDS;
    const words = this.words;
    const mayStore =
      (access & (FILL_WRITE | FILL_WATCHED)) === FILL_WRITE && this.traps.bits[hostOffset >>> PAGE_SHIFT] === 0;
    words[entry + TAG_READ] = (access & (FILL_READ | FILL_WATCHED)) === FILL_READ ? page : INVALID;
    words[entry + TAG_WRITE] = mayStore ? page : INVALID;
    words[entry + TAG_EXECUTE] = (access & (FILL_READ | FILL_NEVER_EXECUTE)) === FILL_READ ? page : INVALID;
    words[entry + ADDEND] = (hostOffset & ~0xfff) - page;
    if (mayStore) this.noteStoreEntry(hostOffset >>> PAGE_SHIFT, entry);
    if ((access & FILL_NON_GLOBAL) !== 0) {
      if (this.filledNonGlobalCount < FILLED_CAPACITY) this.filledNonGlobal[this.filledNonGlobalCount++] = entry;
    } else if (this.filledCount < FILLED_CAPACITY) this.filled[this.filledCount++] = entry;
    if ((access & (FILL_LARGE | FILL_SUPERSECTION)) === 0) return;
    const unsigned = page >>> 0;
    const offsetMask = (access & FILL_SUPERSECTION) !== 0 ? 0xfff000 : 0xff000;
    if (unsigned < this.largeLow) this.largeLow = (unsigned & ~offsetMask) >>> 0;
    if (unsigned > this.largeHigh) this.largeHigh = (unsigned | offsetMask) >>> 0;
  }

  private invalidate(from: number, count: number): void {
    this.words.fill(INVALID, this.base + from, this.base + from + count);
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
    const end = only === MANY_ENTRIES ? this.base + BANKS * BANK_WORDS : only + ENTRY_WORDS;
    const { words } = this;
    for (let entry = first; entry < end; entry += ENTRY_WORDS) {
      const tag = words[entry + TAG_WRITE];
      if (tag !== INVALID && (tag + words[entry + ADDEND]) >>> PAGE_SHIFT === frame) words[entry + TAG_WRITE] = INVALID;
    }
  }
}
