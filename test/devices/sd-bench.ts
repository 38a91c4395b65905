/** An SD card on a bench: identification as a host does it, and the fields of its answers. */
import { expect } from "vitest";
import { SdCard } from "../../src/devices/sd-card.ts";
import { BenchBlock, type BenchOptions, bench } from "./test-context.ts";

export const SECTORS_64M = 131072;
export const SECTORS_4G = 8 * 1024 * 1024;

/** A card status: CURRENT_STATE. */
export const stateOf = (status: number): number => (status >>> 9) & 0xf;

/** Bits `high` to `low` of a 128-bit response, most significant word first. */
export function responseBits(words: readonly number[], high: number, low: number): number {
  const all = words.reduce((value, word) => (value << 32n) | BigInt(word >>> 0), 0n);
  return Number((all >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n));
}

/** A disk of any size that holds only what was written. */
export class SparseBlock extends BenchBlock {
  readonly sectors = new Map<number, Uint8Array>();
  readonly writes: number[] = [];
  private readonly count: { sectors: number };

  constructor(sectorCount: number, isReadOnly = false) {
    super(0, isReadOnly);
    this.count = { sectors: sectorCount };
    Object.defineProperty(this, "sectorCount", { get: () => this.count.sectors });
  }

  /** As if another image were in the slot. */
  exchange(sectorCount: number): void {
    this.count.sectors = sectorCount;
    this.sectors.clear();
  }

  override read(sector: number, target: Uint8Array): void {
    for (let at = 0; at < target.length; at += 512)
      target.set(this.sectors.get(sector + at / 512) ?? new Uint8Array(512), at);
  }

  override write(sector: number, data: Uint8Array): void {
    for (let at = 0; at < data.length; at += 512) {
      this.writes.push(sector + at / 512);
      this.sectors.set(sector + at / 512, data.slice(at, at + 512));
    }
  }
}

/** A sector whose bytes tell its number. */
export const pattern = (seed: number): Uint8Array =>
  Uint8Array.from({ length: 512 }, (_, i) => (i * 7 + seed * 13) & 0xff);

export function givenCard(sectorCount = SECTORS_64M, options: BenchOptions & { isReadOnly?: boolean } = {}) {
  const block = new SparseBlock(sectorCount, options.isReadOnly ?? false);
  const around = bench({ ...options, block });
  const card = new SdCard(around.context, 0x12345678);
  card.reset();
  return { ...around, block, card };
}

/** The single word of a response. */
export function answer(card: SdCard, index: number, argument = 0): number {
  const words = card.command(index, argument);
  expect(words, `CMD${index} is answered`).toHaveLength(1);
  return (words ?? [])[0];
}

export function application(card: SdCard, rca: number, index: number, argument = 0): number {
  answer(card, 55, rca << 16);
  return answer(card, index, argument);
}

/** Power-up to the transfer state, as the SD specification's flow chart has it; answers the address. */
export function identify(card: SdCard): number {
  expect(card.command(0, 0)).toEqual([]);
  expect(answer(card, 8, 0x1aa)).toBe(0x1aa);
  expect(application(card, 0, 41, 0x40ff8000) >>> 31).toBe(1);
  expect(card.command(2, 0)).toHaveLength(4);
  const rca = answer(card, 3) >>> 16;
  expect(card.command(9, rca << 16)).toHaveLength(4);
  expect(stateOf(answer(card, 7, rca << 16))).toBe(3);
  expect(stateOf(answer(card, 13, rca << 16))).toBe(4);
  return rca;
}
