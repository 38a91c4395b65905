/**
 * A disk whose writes stay in memory: what is below it is never written, so every start finds it as it was.
 *
 * What was written is part of the machine's state: a saved machine goes on with the disk that it had.
 */
import { assert, type State } from "../base/index.ts";
import type { BlockBackend } from "../device/index.ts";
import { diskStateInvalid } from "./errors.ts";

const SECTOR_SIZE_BYTES = 512;
const BLOCK_SECTORS = 8;
const BLOCK_SIZE_BYTES = BLOCK_SECTORS * SECTOR_SIZE_BYTES;

export class OverlayDisk implements BlockBackend {
  readonly sectorCount: number;
  readonly isReadOnly = false;
  private readonly below: BlockBackend;
  /** Tells what is below from anything else. */
  private readonly identity: string;
  /** By number. A block that was written once is here as a whole. */
  private readonly blocks = new Map<number, Uint8Array>();

  constructor(below: BlockBackend, identity: string) {
    this.below = below;
    this.identity = identity;
    this.sectorCount = below.sectorCount;
  }

  read(sector: number, target: Uint8Array): void {
    this.below.read(sector, target);
    if (this.blocks.size === 0) return;
    for (let at = 0; at < target.length; at += SECTOR_SIZE_BYTES) {
      const number = sector + at / SECTOR_SIZE_BYTES;
      const block = this.blocks.get(Math.floor(number / BLOCK_SECTORS));
      const from = (number % BLOCK_SECTORS) * SECTOR_SIZE_BYTES;
      if (block !== undefined) target.set(block.subarray(from, from + SECTOR_SIZE_BYTES), at);
    }
  }

  write(sector: number, data: Uint8Array): void {
    assert(sector * SECTOR_SIZE_BYTES + data.length <= this.sectorCount * SECTOR_SIZE_BYTES, "a write is on the disk");
    for (let at = 0; at < data.length; at += SECTOR_SIZE_BYTES) {
      const number = sector + at / SECTOR_SIZE_BYTES;
      const from = (number % BLOCK_SECTORS) * SECTOR_SIZE_BYTES;
      this.blockOf(number).set(data.subarray(at, at + SECTOR_SIZE_BYTES), from);
    }
  }

  /** What is in memory is as safe as it gets. */
  flush(): void {}

  private blockOf(sector: number): Uint8Array {
    const number = Math.floor(sector / BLOCK_SECTORS);
    let block = this.blocks.get(number);
    if (block === undefined) {
      block = new Uint8Array(BLOCK_SIZE_BYTES);
      const sectors = Math.min(BLOCK_SECTORS, this.sectorCount - number * BLOCK_SECTORS);
      this.below.read(number * BLOCK_SECTORS, block.subarray(0, sectors * SECTOR_SIZE_BYTES));
      this.blocks.set(number, block);
    }
    return block;
  }

  saveWritten(): State {
    const numbers = [...this.blocks.keys()].sort((a, b) => a - b);
    const content = new Uint8Array(numbers.length * BLOCK_SIZE_BYTES);
    for (const [index, number] of numbers.entries()) {
      content.set(this.blocks.get(number) as Uint8Array, index * BLOCK_SIZE_BYTES);
    }
    return { identity: this.identity, numbers, content };
  }

  restoreWritten({ identity, numbers, content }: State): void {
    if (identity !== this.identity) throw diskStateInvalid(`writes over ${this.identity}`);
    const limit = Math.ceil(this.sectorCount / BLOCK_SECTORS);
    const isNumber = (value: unknown): value is number =>
      Number.isInteger(value) && Number(value) >= 0 && Number(value) < limit;
    if (!Array.isArray(numbers) || !numbers.every(isNumber)) throw diskStateInvalid(`block numbers below ${limit}`);
    const sizeBytes = numbers.length * BLOCK_SIZE_BYTES;
    if (!(content instanceof Uint8Array) || content.length !== sizeBytes) throw diskStateInvalid(`${sizeBytes} bytes`);
    this.blocks.clear();
    for (const [index, number] of numbers.entries()) {
      this.blocks.set(number, content.slice(index * BLOCK_SIZE_BYTES, (index + 1) * BLOCK_SIZE_BYTES));
    }
  }
}
