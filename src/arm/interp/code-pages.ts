/**
 * Decoded instructions by page of host RAM, kept true by the store trap of the page.
 *
 * A store that hits a decoded instruction un-decodes just that one, so that data beside code costs little; a page
 * that takes many stores and no longer looks like code is dropped whole and its stores are fast again.
 */
import type { PageTraps } from "../../memory/index.ts";
import { PAGE_SIZE, TRAP_CODE } from "../../memory/index.ts";
import type { Insn } from "../decode/index.ts";

/**
 * Stores after which a page is taken for data. A page that is executed again was not: its next limit is as many times
 * higher, because code may share its page with data that changes all the time, as the vectors do with the TLS pointer.
 */
const FIRST_STORE_LIMIT = 64;
const GROWTH_SHIFT = 2;
/** The limit is 2^30 then. */
const MAX_GROWTHS = 12;
/**
 * Pages and decoded instructions after which everything is forgotten. A guest that executes all of its RAM then costs the
 * host 700 MB, measured, where it would take gigabytes; a boot to the shell decodes 160,000 instructions in 770 pages.
 */
export const MAX_PAGES = 8192;
export const MAX_DECODED = 500_000;

/** Decoded instructions in another form, which a faster engine keeps of ARM code; true by the same stores. */
export interface CodeRecords {
  readonly isEmpty: boolean;
  has(frame: number): boolean;
  isDecoded(frame: number, offset: number): boolean;
  /** Forgets the instruction at an offset; true when there was one. */
  undecode(frame: number, offset: number): boolean;
  drop(frame: number): void;
}

export class CodePages<O> {
  private readonly armPages: (Insn<O>[] | undefined)[];
  /** Empty until a page of Thumb code is executed. */
  private thumbPages: (Insn<O>[] | undefined)[] = [];
  private readonly stores: Uint32Array;
  /** How often each frame's limit grew. */
  private readonly growths: Uint8Array;
  private readonly traps: PageTraps;
  private readonly undecoded: Insn<O>;
  private readonly watched: Insn<O>;
  private readonly onDrop: () => void;
  private pageCount = 0;
  private decodedCount = 0;
  records: CodeRecords | undefined;
  /** Told when decoded instructions of a frame are gone or may be others now. */
  onChange: (frame: number) => void = () => {};

  /**
   * @param undecoded stands in every slot that was not decoded yet, and `watched` where stores are noticed nevertheless
   * @param onDrop called when pages handed out before are no longer valid
   */
  constructor(traps: PageTraps, { undecoded, watched }: Record<"undecoded" | "watched", Insn<O>>, onDrop: () => void) {
    this.traps = traps;
    this.undecoded = undecoded;
    this.watched = watched;
    this.onDrop = onDrop;
    const frames = traps.bits.length;
    this.armPages = new Array<Insn<O>[] | undefined>(frames).fill(undefined);
    this.stores = new Uint32Array(frames);
    this.growths = new Uint8Array(frames);
    traps.listen(TRAP_CODE, (hostOffset, sizeBytes) => this.stored(hostOffset, sizeBytes));
  }

  /** The slots of a frame: 1,024 for ARM state, 2,048 for Thumb. */
  page(frame: number, isThumb: boolean): Insn<O>[] {
    if (isThumb && this.thumbPages.length === 0)
      this.thumbPages = new Array<Insn<O>[] | undefined>(this.armPages.length).fill(undefined);
    const pages = isThumb ? this.thumbPages : this.armPages;
    const existing = pages[frame];
    if (existing !== undefined) return existing;
    if (this.pageCount >= MAX_PAGES || this.decodedCount >= MAX_DECODED) this.clear();
    this.pageCount++;
    const page = this.blankPage(isThumb);
    pages[frame] = page;
    this.watchStores(frame);
    return page;
  }

  /** Stores to the frame are noticed from now on. */
  watchStores(frame: number): void {
    this.stores[frame] = 0;
    this.traps.set(frame, TRAP_CODE);
  }

  /** Stores to these instructions are noticed as if they had been executed. `hostOffset` is that of the first. */
  watch(hostOffset: number, count: number, isThumb: boolean): void {
    if (!isThumb && this.haveRecords(hostOffset, count)) return;
    const slots = this.page(hostOffset >>> 12, isThumb);
    const first = (hostOffset & (PAGE_SIZE - 1)) >> (isThumb ? 1 : 2);
    for (let slot = first; slot < first + count; slot++) if (slots[slot] === this.undecoded) slots[slot] = this.watched;
  }

  private haveRecords(hostOffset: number, count: number): boolean {
    const { records } = this;
    const frame = hostOffset >>> 12;
    const first = hostOffset & (PAGE_SIZE - 1);
    for (let offset = first; offset < first + count * 4; offset += 4)
      if (records?.isDecoded(frame, offset) !== true) return false;
    return true;
  }

  /** An instruction was put into a slot. */
  noteDecoded(): void {
    this.decodedCount++;
  }

  /** True when the instruction at a byte offset of a frame was decoded, so it was executed. */
  isDecoded(frame: number, offset: number, isThumb: boolean): boolean {
    const page = isThumb ? this.thumbPages[frame] : this.armPages[frame];
    if (page !== undefined && page[offset >> (isThumb ? 1 : 2)] !== this.undecoded) return true;
    return !isThumb && this.records?.isDecoded(frame, offset) === true;
  }

  /** Slots that no frame owns, for code outside RAM. */
  blankPage(isThumb: boolean): Insn<O>[] {
    return new Array<Insn<O>>(isThumb ? PAGE_SIZE / 2 : PAGE_SIZE / 4).fill(this.undecoded);
  }

  /** Forgets everything, as after a restore. */
  clear(): void {
    this.decodedCount = 0;
    if (this.pageCount === 0 && this.records?.isEmpty !== false) return;
    for (let frame = 0; frame < this.armPages.length; frame++) {
      const isKnown = this.armPages[frame] !== undefined || this.thumbPages[frame] !== undefined;
      if (isKnown || this.records?.has(frame) === true) this.drop(frame);
    }
  }

  private stored(hostOffset: number, sizeBytes: number): void {
    const frame = hostOffset >>> 12;
    const offset = hostOffset & (PAGE_SIZE - 1);
    if (sizeBytes > 4) {
      this.drop(frame);
      return;
    }
    const growths = this.growths[frame];
    if (++this.stores[frame] >= FIRST_STORE_LIMIT << (GROWTH_SHIFT * growths)) {
      this.growths[frame] = Math.min(MAX_GROWTHS, growths + 1);
      this.drop(frame);
      return;
    }
    const hitThumb = this.undecode(this.thumbPages[frame], offset >> 1, sizeBytes === 4 ? 2 : 1);
    const hitArm = this.undecode(this.armPages[frame], offset >> 2, 1);
    const hitRecord = this.records?.undecode(frame, offset) === true;
    if (hitThumb || hitArm || hitRecord) this.onChange(frame);
  }

  private undecode(page: Insn<O>[] | undefined, first: number, count: number): boolean {
    if (page === undefined) return false;
    let hit = false;
    for (let slot = first; slot < first + count; slot++) {
      if (page[slot] === this.undecoded) continue;
      page[slot] = this.undecoded;
      hit = true;
    }
    return hit;
  }

  private drop(frame: number): void {
    for (const pages of [this.armPages, this.thumbPages]) {
      if (pages[frame] === undefined) continue;
      pages[frame] = undefined;
      this.pageCount--;
    }
    this.records?.drop(frame);
    this.traps.clear(frame, TRAP_CODE);
    this.onDrop();
    this.onChange(frame);
  }
}
