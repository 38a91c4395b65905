/** Erasing of an SD card: the range that CMD32 and CMD33 set, and zeros written to it a piece at a time, so that a whole card cannot hold up the host. */
import { HvError, type State, type Timer } from "../base/index.ts";
import type { DeviceContext } from "../device/index.ts";
import { LARGEST_SECTOR, WP_VIOLATION } from "./sd-card-data.ts";
import { SD_BLOCK_SIZE } from "./sd-card-registers.ts";
import { StateReader } from "./state-reader.ts";

/** Error bits of the card status, chapter 4.10.1. */
export const ERASE_SEQ_ERROR = 1 << 28;
export const ERASE_PARAM = 1 << 27;

const PIECE_SECTORS = 512;
/** 256 KiB in 250 us, about 1 GB/s: what a card needs that only marks its blocks. */
const PIECE_NS = 250_000;
/** Stands for a sector that was not set. */
const NONE = -1;

export class SdErase {
  private readonly context: DeviceContext;
  private readonly timer: Timer;
  private readonly done: (isGood: boolean) => void;
  /** What CMD32 and CMD33 said; then what is still to be erased. */
  private first = NONE;
  private last = NONE;

  /** `done` is told, when an erase has ended, whether all of the range was written. */
  constructor(context: DeviceContext, done: (isGood: boolean) => void) {
    this.context = context;
    this.done = done;
    this.timer = context.clock.timer(`${context.name}.erase`, () => this.step());
  }

  get isActive(): boolean {
    return this.timer.deadlineNs !== undefined;
  }

  setFirst(sector: number): void {
    this.first = sector;
    this.last = NONE;
  }

  /** 0, or the error bits of a range that has no first sector. */
  setLast(sector: number): number {
    if (this.first === NONE) return ERASE_SEQ_ERROR;
    this.last = sector;
    return 0;
  }

  /** Begins to erase the range; 0, or the error bits that stand against it. */
  start(): number {
    const errors = this.rangeErrors();
    if (errors === 0) this.arm();
    else this.forget();
    return errors;
  }

  cancel(): void {
    this.timer.cancel();
    this.forget();
  }

  private rangeErrors(): number {
    const { first, last } = this;
    if (first === NONE || last === NONE) return ERASE_SEQ_ERROR;
    if (last < first || last >= this.sectorCount) return ERASE_PARAM;
    return (this.context.block?.isReadOnly ?? true) ? WP_VIOLATION : 0;
  }

  private get sectorCount(): number {
    return this.context.block?.sectorCount ?? 0;
  }

  private step(): void {
    // The disk may have been exchanged for a smaller one since.
    const end = Math.min(this.last + 1, this.sectorCount);
    const count = Math.max(0, Math.min(PIECE_SECTORS, end - this.first));
    const isGood = end === this.last + 1 && this.write(count);
    this.first += count;
    if (isGood && this.first < end) {
      this.arm();
      return;
    }
    this.forget();
    this.done(isGood);
  }

  private write(count: number): boolean {
    try {
      this.context.block?.write(this.first, new Uint8Array(count * SD_BLOCK_SIZE));
      return true;
    } catch (error) {
      if (!(error instanceof HvError)) throw error;
      this.context.log.error(`SD card: ${error.message}`);
      return false;
    }
  }

  private forget(): void {
    this.first = this.last = NONE;
  }

  private arm(): void {
    this.timer.arm(this.context.clock.nowNs() + PIECE_NS);
  }

  save(): State {
    return { first: this.first, last: this.last, deadlineNs: this.timer.deadlineNs ?? null };
  }

  restore(state: State): void {
    const reader = new StateReader(state, `${this.context.name}.erasing`);
    this.first = reader.number("first", NONE, LARGEST_SECTOR);
    this.last = reader.number("last", NONE, LARGEST_SECTOR);
    reader.timer("deadlineNs", this.timer);
  }
}
