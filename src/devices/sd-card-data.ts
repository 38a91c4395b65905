/**
 * The data phase of an SD card: which blocks go to or come from the disk image; SD Physical Layer Simplified
 * Specification 3.01, chapters 4.3.3 and 4.3.4.
 */
import { HvError, type State } from "../base/index.ts";
import type { DeviceContext } from "../device/index.ts";
import { SD_BLOCK_SIZE } from "./sd-card-registers.ts";
import { StateReader } from "./state-reader.ts";

/** Error bits of the card status, chapter 4.10.1. */
export const OUT_OF_RANGE = 1 << 31;
export const ADDRESS_ERROR = 1 << 30;
export const BLOCK_LEN_ERROR = 1 << 29;
export const WP_VIOLATION = 1 << 26;
export const ERROR = 1 << 19;

/** Blocks of a transfer that only CMD12 ends. */
export const OPEN_ENDED = -1;
export const LARGEST_SECTOR = 2 ** 32;

/** Where a transfer begins, in what pieces, and how many of them. */
export interface SdSpan {
  sector: number;
  /** Offset in the sector of what is shorter than one. */
  offset: number;
  length: number;
  blockCount: number;
}

export class SdCardData {
  private readonly context: DeviceContext;
  /** Bytes of a register the card sends; the medium is sent without it. */
  private payload: Uint8Array | undefined;
  private span: SdSpan = { sector: 0, offset: 0, length: SD_BLOCK_SIZE, blockCount: 0 };
  private written = 0;
  private raised = 0;

  constructor(context: DeviceContext) {
    this.context = context;
  }

  /** Blocks of the last write that are in the image. */
  get blocksWritten(): number {
    return this.written;
  }

  /** All blocks of the transfer are done, or none was begun. */
  get isDone(): boolean {
    return this.span.blockCount === 0;
  }

  get isReadOnly(): boolean {
    return this.context.block?.isReadOnly ?? true;
  }

  isInside(sector: number): boolean {
    return sector < (this.context.block?.sectorCount ?? 0);
  }

  /** The error bits since the last call. */
  takeErrors(): number {
    const { raised } = this;
    this.raised = 0;
    return raised;
  }

  startRegister(payload: Uint8Array): void {
    this.payload = payload;
    this.span.blockCount = 1;
  }

  /** 0, or the error bits of a read that cannot begin. */
  startRead(span: SdSpan): number {
    if (!this.isInside(span.sector)) return OUT_OF_RANGE;
    if (span.offset + span.length > SD_BLOCK_SIZE) return ADDRESS_ERROR;
    this.span = { ...span };
    return 0;
  }

  /** 0, or the error bits of a write that cannot begin. */
  startWrite(span: SdSpan): number {
    if (!this.isInside(span.sector)) return OUT_OF_RANGE;
    if (span.offset !== 0) return ADDRESS_ERROR;
    if (span.length !== SD_BLOCK_SIZE) return BLOCK_LEN_ERROR;
    if (this.isReadOnly) return WP_VIOLATION;
    this.span = { ...span };
    this.written = 0;
    return 0;
  }

  stop(): void {
    this.span.blockCount = 0;
    this.payload = undefined;
  }

  /** The next block; `undefined` when there is none, or one of another size. */
  read(sizeBytes: number): Uint8Array | undefined {
    if (this.isDone) return undefined;
    const data = this.payload ?? this.readMedium();
    if (data === undefined || data.length !== sizeBytes) return undefined;
    this.endBlock();
    return data;
  }

  /** True when the block is in the image. */
  write(data: Uint8Array): boolean {
    const { sector } = this.span;
    if (this.isDone || data.length !== SD_BLOCK_SIZE) return false;
    if (!this.isInside(sector)) this.raised |= OUT_OF_RANGE;
    else if (this.attempt(() => this.context.block?.write(sector, data))) {
      this.written++;
      this.endBlock();
      return true;
    }
    return false;
  }

  private readMedium(): Uint8Array | undefined {
    const { sector, offset, length } = this.span;
    if (!this.isInside(sector)) {
      this.raised |= OUT_OF_RANGE;
      return undefined;
    }
    const data = new Uint8Array(SD_BLOCK_SIZE);
    return this.attempt(() => this.context.block?.read(sector, data))
      ? data.subarray(offset, offset + length)
      : undefined;
  }

  /** A failing back end is an error in the card's status, not the end of the run. */
  private attempt(action: () => void): boolean {
    try {
      action();
      return true;
    } catch (error) {
      if (!(error instanceof HvError)) throw error;
      this.context.log.error(`SD card: ${error.message}`);
      this.raised |= ERROR;
      return false;
    }
  }

  private endBlock(): void {
    this.span.sector++;
    if (this.span.blockCount !== OPEN_ENDED) this.span.blockCount--;
    if (this.isDone) this.stop();
  }

  save(): State {
    const { payload, span, written, raised } = this;
    return { payload: payload === undefined ? [] : [...payload], ...span, written, raised };
  }

  restore(state: State): void {
    const reader = new StateReader(state, `${this.context.name}.data`);
    const payload = reader.numbers("payload", 64, 0, 0xff);
    this.payload = payload.length === 0 ? undefined : Uint8Array.from(payload);
    this.span = {
      sector: reader.number("sector", 0, LARGEST_SECTOR),
      offset: reader.number("offset", 0, SD_BLOCK_SIZE - 1),
      length: reader.number("length", 1, SD_BLOCK_SIZE),
      blockCount: reader.number("blockCount", OPEN_ENDED),
    };
    this.written = reader.number("written", 0, LARGEST_SECTOR);
    this.raised = reader.number("raised");
  }
}
