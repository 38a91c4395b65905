/**
 * The data path of an SD host controller: one block between the card and the register through which software or DMA
 * reads and writes; SD Physical Layer Simplified Specification 3.01, chapter 4.12.
 *
 * The card has the next block ready at once, and takes one at once.
 */
import type { State } from "../base/index.ts";
import type { SdCard } from "./sd-card.ts";
import { SD_BLOCK_SIZE } from "./sd-card-registers.ts";
import { StateReader } from "./state-reader.ts";

export interface SdTransferHost {
  /** A block was read to its end by the host, or taken by the card; `isActive` says whether more follow. */
  blockDone(): void;
  /** No data came, or the card took none: the transfer is over. */
  transferFailed(): void;
}

const NONE = 0;
const READ = 1;
const WRITE = 2;
/** Blocks of a transfer that goes on until it is ended. */
export const ENDLESS = -1;

export class SdTransfer {
  private readonly card: SdCard;
  private readonly host: SdTransferHost;
  private direction: number = NONE;
  private readonly block = new Uint8Array(SD_BLOCK_SIZE);
  private blockSize = 0;
  private position = 0;
  private left = 0;

  constructor(card: SdCard, host: SdTransferHost) {
    this.card = card;
    this.host = host;
  }

  get isActive(): boolean {
    return this.direction !== NONE;
  }

  /** Bytes of the current block that can be read now. */
  get readable(): number {
    return this.direction === READ ? this.blockSize - this.position : 0;
  }

  /** Bytes of the current block that can be written now. */
  get writable(): number {
    return this.direction === WRITE ? this.blockSize - this.position : 0;
  }

  /** Blocks that are not done, the current one included; `ENDLESS` without a count. */
  get blocksLeft(): number {
    return this.left;
  }

  /** Begins `blockCount` blocks from the card, which has been given its command. */
  startRead(blockSize: number, blockCount: number): void {
    this.begin(READ, blockSize, blockCount);
    this.load();
  }

  startWrite(blockSize: number, blockCount: number): void {
    this.begin(WRITE, blockSize, blockCount);
    // A card that refused the command waits for nothing, and would never answer a block.
    if (!this.card.isReceiving || blockSize !== SD_BLOCK_SIZE) this.fail();
  }

  stop(): void {
    this.direction = NONE;
    this.position = this.left = 0;
  }

  /** The next bytes of the block, lowest first; call only while `readable` is not 0. */
  read(sizeBytes: number): number {
    let value = 0;
    for (let i = 0; i < sizeBytes && this.position < this.blockSize; i++)
      value |= this.block[this.position++] << (8 * i);
    if (this.position === this.blockSize) this.nextRead();
    return value;
  }

  /** Bytes for the block, lowest first; call only while `writable` is not 0. */
  write(value: number, sizeBytes: number): void {
    for (let i = 0; i < sizeBytes && this.position < this.blockSize; i++)
      this.block[this.position++] = value >>> (8 * i);
    if (this.position === this.blockSize) this.nextWrite();
  }

  private begin(direction: number, blockSize: number, blockCount: number): void {
    this.direction = direction;
    this.blockSize = Math.min(blockSize, SD_BLOCK_SIZE);
    this.position = 0;
    this.left = blockCount;
  }

  private load(): void {
    const data = this.blockSize === 0 ? undefined : this.card.readBlock(this.blockSize);
    if (data === undefined) {
      this.fail();
      return;
    }
    this.block.set(data);
    this.position = 0;
  }

  private nextRead(): void {
    if (this.countBlock()) this.load();
    this.host.blockDone();
  }

  private nextWrite(): void {
    if (!this.card.writeBlock(this.block.slice(0, this.blockSize))) {
      this.fail();
      return;
    }
    this.position = 0;
    this.countBlock();
    this.host.blockDone();
  }

  /** True when more blocks follow. */
  private countBlock(): boolean {
    if (this.left !== ENDLESS) this.left--;
    if (this.left === 0) this.stop();
    return this.isActive;
  }

  private fail(): void {
    this.stop();
    this.host.transferFailed();
  }

  save(): State {
    const { direction, blockSize, position, left } = this;
    return { direction, block: this.block.slice(), blockSize, position, left };
  }

  restore(state: State, device: string): void {
    const reader = new StateReader(state, `${device}.transfer`);
    this.direction = reader.number("direction", NONE, WRITE);
    this.block.set(reader.bytes("block", SD_BLOCK_SIZE));
    this.blockSize = reader.number("blockSize", 0, SD_BLOCK_SIZE);
    this.position = reader.number("position", 0, this.blockSize);
    this.left = reader.number("left", ENDLESS);
  }
}
