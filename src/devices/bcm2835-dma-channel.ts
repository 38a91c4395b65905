/** One channel of the BCM2835's DMA controller: its registers, and the control block it works on; BCM2835 ARM Peripherals, chapter 4. */
import type { Logger, State } from "../base/index.ts";
import { at, bits, RegisterBlock, type RegisterDump, type RegisterSpec, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import type { Bcm2835DmaBus } from "./bcm2835-dma-bus.ts";
import { StateReader } from "./state-reader.ts";

/** CS. */
const CS_ACTIVE = 1 << 0;
const CS_END = 1 << 1;
const CS_INT = 1 << 2;
const CS_DREQ = 1 << 3;
const CS_PAUSED = 1 << 4;
const CS_DREQ_STOPS_DMA = 1 << 5;
const CS_ERROR = 1 << 8;
const CS_ABORT = 1 << 30;
const CS_RESET = 1 << 31;
/** Priorities, WAIT_FOR_OUTSTANDING_WRITES and DISDEBUG: kept, without effect. */
const CS_STORED = 0x30ff0000;
/** TI. */
const TI_INTEN = 1 << 0;
const TI_TDMODE = 1 << 1;
const TI_DEST_INC = 1 << 4;
const TI_DEST_DREQ = 1 << 6;
const TI_DEST_IGNORE = 1 << 7;
const TI_SRC_INC = 1 << 8;
const TI_SRC_DREQ = 1 << 10;
const TI_SRC_IGNORE = 1 << 11;
/** DEBUG. */
const DEBUG_READ_ERROR = 1 << 2;
const DEBUG_ERRORS = 0x7;
const DEBUG_VERSION = 2 << 25;
const DEBUG_LITE = 1 << 28;

const CONTROL_BLOCK_SIZE = 32;
/** What a channel may move before others get their turn and virtual time goes on. */
const BYTES_PER_STEP = 4096;
/** Control blocks and rows of 2D mode in a step, so that empty ones cannot hold up the host. */
const PIECES_PER_STEP = 32;
/** 250 MB/s, and the fetch of a control block. */
const NS_PER_BYTE = 4;
const NS_PER_PIECE = 100;
const FIRST_LITE_CHANNEL = 7;

const table: Record<string, RegisterSpec<Bcm2835DmaChannel>> = {
  CS: at(0x00, { status: word().rw({ read: (s) => s.status, peek: (s) => s.status, write: (s, v) => s.control(v) }) }),
  CONBLK_AD: at(0x04, { address: word().rw({ write: (s, v) => s.addressWritten(v) }) }),
  TI: at(0x08, { info: word().ro((s) => s.regs.values.TI) }),
  SOURCE_AD: at(0x0c, { address: word().ro((s) => s.regs.values.SOURCE_AD) }),
  DEST_AD: at(0x10, { address: word().ro((s) => s.regs.values.DEST_AD) }),
  TXFR_LEN: at(0x14, { XLENGTH: bits(0, 16).ro(), YLENGTH: bits(16, 14).ro() }, { readWord: (s) => s.lengthLeft }),
  STRIDE: at(
    0x18,
    { S_STRIDE: bits(0, 16).ro(), D_STRIDE: bits(16, 16).ro() },
    { readWord: (s) => s.regs.values.STRIDE },
  ),
  NEXTCONBK: at(0x1c, { address: word().rw() }),
  DEBUG: at(0x20, {
    debug: word().rw({ read: (s) => s.debug, peek: (s) => s.debug, write: (s, v) => s.clearErrors(v) }),
  }),
};

/** What a channel needs of its controller. */
export interface DmaChannelHost {
  readonly bus: Bcm2835DmaBus;
  /** The level of a peripheral's request line. */
  isRequested(line: number): boolean;
  /** The interrupt changed, or there may be something to do. */
  channelChanged(): void;
}

export class Bcm2835DmaChannel {
  readonly regs: RegisterBlock<Bcm2835DmaChannel>;
  private readonly index: number;
  private readonly host: DmaChannelHost;
  private readonly log: Logger;
  /** ACTIVE, END, INT and what is only stored. */
  private cs = 0;
  private errors = 0;
  /** The control block at CONBLK_AD is in the registers. */
  private isLoaded = false;
  /** Bytes of the current row, the size of a row, and rows after this one; a transfer without TDMODE is one row. */
  private rowLeft = 0;
  private rowSize = 0;
  private rowsAfter = 0;
  private readonly buffer = new Uint8Array(BYTES_PER_STEP);

  constructor(index: number, host: DmaChannelHost, log: Logger) {
    this.index = index;
    this.host = host;
    this.log = log;
    this.regs = new RegisterBlock<Bcm2835DmaChannel>(this, table, log);
  }

  reset(): void {
    this.regs.reset();
    this.cs = this.errors = 0;
    this.isLoaded = false;
    this.rowLeft = this.rowSize = this.rowsAfter = 0;
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.regs.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.regs.write(offset, value, sizeBytes);
  }

  get hasInterrupt(): boolean {
    return (this.cs & CS_INT) !== 0;
  }

  /** The next step would move something. */
  get isRunnable(): boolean {
    return (this.cs & CS_ACTIVE) !== 0 && !this.isHeld;
  }

  // Registers.

  get status(): number {
    const { TI } = this.regs.values;
    const isActive = (this.cs & CS_ACTIVE) !== 0;
    return (
      this.cs |
      (this.host.isRequested((TI >>> 16) & 0x1f) ? CS_DREQ : 0) |
      (isActive ? 0 : CS_PAUSED) |
      (isActive && this.isHeld ? CS_DREQ_STOPS_DMA : 0) |
      (this.errors === 0 ? 0 : CS_ERROR)
    );
  }

  control(value: number): void {
    if ((value & CS_RESET) !== 0) this.reset();
    else {
      this.cs = (this.cs & (CS_END | CS_INT) & ~value) | (value & CS_STORED);
      if ((value & CS_ABORT) !== 0 && this.isLoaded) this.follow();
      if ((value & CS_ACTIVE) !== 0 && this.regs.values.CONBLK_AD !== 0) this.cs |= CS_ACTIVE;
    }
    this.host.channelChanged();
  }

  addressWritten(value: number): void {
    this.regs.values.CONBLK_AD = (value & ~(CONTROL_BLOCK_SIZE - 1)) | 0;
    this.isLoaded = false;
  }

  get lengthLeft(): number {
    return (this.rowsAfter << 16) | this.rowLeft;
  }

  get debug(): number {
    return this.errors | (this.index << 8) | DEBUG_VERSION | (this.isLite ? DEBUG_LITE : 0);
  }

  clearErrors(ones: number): void {
    this.errors &= ~(ones & DEBUG_ERRORS);
  }

  // The transfer.

  /** Works for a bounded time and answers how long that takes, in nanoseconds. */
  step(): number {
    let moved = 0;
    let pieces = 0;
    while (this.isRunnable && moved < BYTES_PER_STEP && pieces < PIECES_PER_STEP) {
      if (!this.isLoaded) this.load();
      else if (this.rowLeft > 0) moved += this.move(BYTES_PER_STEP - moved);
      if (this.isLoaded && this.rowLeft === 0) this.endRow();
      pieces++;
    }
    return moved * NS_PER_BYTE + pieces * NS_PER_PIECE;
  }

  private get isLite(): boolean {
    return this.index >= FIRST_LITE_CHANNEL;
  }

  /** A request line that the control block waits for is low. */
  private get isHeld(): boolean {
    const { TI } = this.regs.values;
    const line = (TI >>> 16) & 0x1f;
    return this.isLoaded && (TI & (TI_SRC_DREQ | TI_DEST_DREQ)) !== 0 && !this.host.isRequested(line);
  }

  private load(): void {
    const block = new Uint8Array(CONTROL_BLOCK_SIZE);
    const { values } = this.regs;
    if (this.host.bus.read(values.CONBLK_AD >>> 0, block, true, () => true) !== block.length) {
      this.fail();
      return;
    }
    const view = new DataView(block.buffer);
    const word = (index: number) => view.getInt32(index * 4, true);
    [values.TI, values.SOURCE_AD, values.DEST_AD] = [word(0), word(1), word(2)];
    [values.STRIDE, values.NEXTCONBK] = [word(4), word(5)];
    const length = word(3);
    const isTwoDimensional = (values.TI & TI_TDMODE) !== 0 && !this.isLite;
    this.rowSize = isTwoDimensional || this.isLite ? length & 0xffff : length & 0x3fffffff;
    // The field counts the rows after the first.
    this.rowsAfter = isTwoDimensional ? (length >>> 16) & 0x3fff : 0;
    this.rowLeft = this.rowSize;
    this.isLoaded = true;
  }

  /** Moves at most `limit` bytes of the row, fewer when a peripheral has no more to give or to take. */
  private move(limit: number): number {
    const { values } = this.regs;
    const isPaced = (values.TI & TI_DEST_DREQ) !== 0;
    const wanted = Math.min(limit, this.rowLeft);
    let moved = 0;
    do {
      // What is read must find room at its destination: with a paced one a word at a time.
      const count = this.moveUnit(Math.min(wanted - moved, isPaced ? 4 : BYTES_PER_STEP));
      if (count <= 0) break;
      moved += count;
    } while (moved < wanted && this.isRunnable);
    return moved;
  }

  private moveUnit(sizeBytes: number): number {
    const { values } = this.regs;
    const { bus } = this.host;
    const unit = this.buffer.subarray(0, sizeBytes);
    let count = sizeBytes;
    if ((values.TI & TI_SRC_IGNORE) !== 0) unit.fill(0);
    else count = bus.read(values.SOURCE_AD >>> 0, unit, (values.TI & TI_SRC_INC) !== 0, () => !this.isHeld);
    const isIgnored = (values.TI & TI_DEST_IGNORE) !== 0;
    const doesAdvance = (values.TI & TI_DEST_INC) !== 0;
    if (count < 0 || (!isIgnored && !bus.write(values.DEST_AD >>> 0, unit.subarray(0, count), doesAdvance))) {
      this.fail();
      return 0;
    }
    if ((values.TI & TI_SRC_INC) !== 0) values.SOURCE_AD = (values.SOURCE_AD + count) | 0;
    if (doesAdvance) values.DEST_AD = (values.DEST_AD + count) | 0;
    this.rowLeft -= count;
    return count;
  }

  private endRow(): void {
    const { values } = this.regs;
    if (this.rowsAfter === 0) {
      if ((values.TI & TI_INTEN) !== 0) this.cs |= CS_INT;
      this.cs |= CS_END;
      this.follow();
      return;
    }
    this.rowsAfter--;
    this.rowLeft = this.rowSize;
    values.SOURCE_AD = (values.SOURCE_AD + ((values.STRIDE << 16) >> 16)) | 0;
    values.DEST_AD = (values.DEST_AD + (values.STRIDE >> 16)) | 0;
  }

  /** On to the next control block; without one the channel is idle, which CONBLK_AD 0 tells. */
  private follow(): void {
    this.addressWritten(this.regs.values.NEXTCONBK);
    this.rowLeft = this.rowsAfter = 0;
    if (this.regs.values.CONBLK_AD === 0) this.cs &= ~CS_ACTIVE;
  }

  private fail(): void {
    this.log.warnOnce(`DMA channel ${this.index} met an address where nothing answers and stopped`);
    this.errors |= DEBUG_READ_ERROR;
    this.cs &= ~CS_ACTIVE;
  }

  dump(): RegisterDump[] {
    return this.regs.dump().map((line) => ({
      ...line,
      name: `${this.index}_${line.name}`,
      offset: line.offset + 0x100 * this.index,
    }));
  }

  save(): State {
    const { cs, errors, isLoaded, rowLeft, rowSize, rowsAfter } = this;
    return { registers: { ...this.regs.values }, cs, errors, isLoaded, rowLeft, rowSize, rowsAfter };
  }

  restore(state: State, device: string): void {
    const reader = new StateReader(state, `${device}.channel${this.index}`);
    this.regs.values = reader.registers("registers", this.regs.values);
    this.cs = reader.number("cs");
    this.errors = reader.number("errors", 0, DEBUG_ERRORS);
    this.isLoaded = reader.boolean("isLoaded");
    this.rowLeft = reader.number("rowLeft", 0, 0x3fffffff);
    this.rowSize = reader.number("rowSize", 0, 0x3fffffff);
    this.rowsAfter = reader.number("rowsAfter", 0, 0x3fff);
  }
}
