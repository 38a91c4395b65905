import { describe, expect, it } from "vitest";
import { HvError } from "../../src/base/index.ts";
import { SdCard } from "../../src/devices/sd-card.ts";
import {
  answer,
  application,
  givenCard,
  identify,
  pattern,
  responseBits,
  SECTORS_4G,
  SECTORS_64M,
  SparseBlock,
  stateOf,
} from "./sd-bench.ts";
import { bench, copyState } from "./test-context.ts";

const [TRAN, DATA, RCV, PRG] = [4, 5, 6, 7];
const OUT_OF_RANGE = 0x80000000;
const ADDRESS_ERROR = 0x40000000;
const WP_VIOLATION = 0x04000000;
const ILLEGAL_COMMAND = 0x00400000;
const ERROR = 0x00080000;

describe("an SD card", () => {
  it("goes through identification to the transfer state", () => {
    const { card } = givenCard();
    const rca = identify(card);
    expect(rca).not.toBe(0);
    expect(stateOf(answer(card, 13, rca << 16))).toBe(TRAN);
  });

  it("says that it is of high capacity only to a host that knows such cards", () => {
    const { card } = givenCard(SECTORS_4G);
    card.command(0, 0);
    expect(application(card, 0, 41, 0x00ff8000)).toBe(0x00ff8000);
    answer(card, 8, 0x1aa);
    expect(application(card, 0, 41, 0)).toBe(0x00ff8000);
    expect(application(card, 0, 41, 0x40ff8000)).toBe(0xc0ff8000);
  });

  it("does not answer a supply voltage it does not have, other addresses or commands it lacks", () => {
    const { card } = givenCard();
    card.command(0, 0);
    expect(card.command(8, 0x2aa)).toBeUndefined();
    const rca = identify(card);
    expect(card.command(13, ((rca + 1) & 0xffff) << 16)).toBeUndefined();
    expect(card.command(5, 0)).toBeUndefined();
    expect(answer(card, 13, rca << 16) & ILLEGAL_COMMAND).toBe(ILLEGAL_COMMAND);
    expect(answer(card, 13, rca << 16) & ILLEGAL_COMMAND).toBe(0);
  });

  it("takes byte addresses up to 2 GB and block addresses above", () => {
    for (const [sectors, argument] of [
      [SECTORS_64M, 7 * 512],
      [SECTORS_4G, 7],
    ]) {
      const { card, block } = givenCard(sectors);
      block.write(7, pattern(7));
      identify(card);
      expect(stateOf(answer(card, 17, argument))).toBe(TRAN);
      expect(card.isSending).toBe(true);
      expect(card.readBlock(512)).toEqual(pattern(7));
      expect(card.isSending).toBe(false);
    }
  });

  it("writes one block, then waits for commands again", () => {
    const { card, block } = givenCard(SECTORS_4G);
    const rca = identify(card);
    answer(card, 24, 99);
    expect(stateOf(answer(card, 13, rca << 16))).toBe(RCV);
    expect(card.writeBlock(pattern(1))).toBe(true);
    expect(block.sectors.get(99)).toEqual(pattern(1));
    expect(stateOf(answer(card, 13, rca << 16))).toBe(TRAN);
    expect(card.writeBlock(pattern(2))).toBe(false);
  });

  it("reads on until it is stopped", () => {
    const { card, block } = givenCard(SECTORS_4G);
    for (let i = 0; i < 5; i++) block.write(1000 + i, pattern(i));
    const rca = identify(card);
    answer(card, 18, 1000);
    for (let i = 0; i < 5; i++) expect(card.readBlock(512)).toEqual(pattern(i));
    expect(stateOf(answer(card, 12))).toBe(DATA);
    expect(stateOf(answer(card, 13, rca << 16))).toBe(TRAN);
  });

  it("ends by itself after the blocks that CMD23 said, which count for the next command only", () => {
    const { card, block } = givenCard(SECTORS_4G);
    const rca = identify(card);
    answer(card, 23, 2);
    answer(card, 25, 50);
    expect([card.writeBlock(pattern(1)), card.writeBlock(pattern(2)), card.writeBlock(pattern(3))]).toEqual([
      true,
      true,
      false,
    ]);
    expect(block.writes).toEqual([50, 51]);
    answer(card, 23, 1);
    answer(card, 13, rca << 16);
    answer(card, 25, 60);
    expect([card.writeBlock(pattern(1)), card.writeBlock(pattern(2))]).toEqual([true, true]);
    answer(card, 12);
    application(card, rca, 22);
    expect([...(card.readBlock(4) ?? [])]).toEqual([0, 0, 0, 2]);
  });

  it("sends its configuration, status and switch functions as data", () => {
    const { card } = givenCard(SECTORS_4G);
    const rca = identify(card);
    application(card, rca, 51);
    expect(card.readBlock(8)?.[0]).toBe(2);
    application(card, rca, 6, 2);
    application(card, rca, 13);
    const status = card.readBlock(64) ?? new Uint8Array();
    expect([status.length, status[0] >> 6]).toEqual([64, 2]);
    answer(card, 6, 0x80fffff1);
    expect((card.readBlock(64) ?? [])[16] & 0xf).toBe(1);
    card.command(7, 0);
    const csd = card.command(9, rca << 16) ?? [];
    expect(responseBits(csd, 103, 96)).toBe(0x5a);
  });

  it("refuses what lies outside, and what is not aligned", () => {
    const { card } = givenCard(SECTORS_4G);
    identify(card);
    expect((answer(card, 17, SECTORS_4G) & OUT_OF_RANGE) >>> 0).toBe(OUT_OF_RANGE);
    expect(card.isSending).toBe(false);
    expect((answer(card, 25, 0xffffffff) & OUT_OF_RANGE) >>> 0).toBe(OUT_OF_RANGE);
    const small = givenCard(SECTORS_64M).card;
    identify(small);
    expect(answer(small, 24, 100) & ADDRESS_ERROR).toBe(ADDRESS_ERROR);
    expect(answer(small, 17, 100) & ADDRESS_ERROR).toBe(ADDRESS_ERROR);
    answer(small, 16, 16);
    answer(small, 17, 496);
    expect(small.readBlock(16)).toHaveLength(16);
  });

  it("stops at its end and says so", () => {
    const { card, block } = givenCard(SECTORS_4G);
    const rca = identify(card);
    answer(card, 25, SECTORS_4G - 1);
    expect([card.writeBlock(pattern(1)), card.writeBlock(pattern(2))]).toEqual([true, false]);
    expect((answer(card, 12) & OUT_OF_RANGE) >>> 0).toBe(OUT_OF_RANGE);
    expect(block.writes).toEqual([SECTORS_4G - 1]);
    answer(card, 18, SECTORS_4G - 1);
    expect([card.readBlock(512), card.readBlock(512)]).toEqual([pattern(1), undefined]);
    answer(card, 12);
    expect(stateOf(answer(card, 13, rca << 16))).toBe(TRAN);
  });

  it("keeps a write-protected image as it is and says so in its CSD", () => {
    const { card, block } = givenCard(SECTORS_4G, { isReadOnly: true });
    const rca = identify(card);
    expect(answer(card, 24, 3) & WP_VIOLATION).toBe(WP_VIOLATION);
    expect(card.writeBlock(pattern(1))).toBe(false);
    answer(card, 32, 0);
    answer(card, 33, 5);
    expect(answer(card, 38) & WP_VIOLATION).toBe(WP_VIOLATION);
    expect(block.writes).toEqual([]);
    card.command(7, 0);
    expect(responseBits(card.command(9, rca << 16) ?? [], 13, 13)).toBe(1);
  });

  it("erases a range in virtual time, busy until then", () => {
    const { card, block, clock } = givenCard(SECTORS_4G);
    const rca = identify(card);
    for (const sector of [99, 100, 5000, 5001]) block.write(sector, pattern(sector));
    answer(card, 32, 100);
    answer(card, 33, 5000);
    let ready = 0;
    card.onReady = () => ready++;
    answer(card, 38);
    expect([card.isBusy, stateOf(answer(card, 13, rca << 16))]).toEqual([true, PRG]);
    clock.advance(20_000_000);
    expect([card.isBusy, ready, stateOf(answer(card, 13, rca << 16))]).toEqual([false, 1, TRAN]);
    const zero = new Uint8Array(512);
    expect([99, 100, 5000, 5001].map((sector) => block.sectors.get(sector))).toEqual([
      pattern(99),
      zero,
      zero,
      pattern(5001),
    ]);
  });

  it("turns a failure of the back end into an error of its status", () => {
    const { card, block, log } = givenCard(SECTORS_4G);
    const rca = identify(card);
    block.write = () => {
      throw new HvError({ code: "disk-full", message: "expected space, found none" });
    };
    answer(card, 24, 3);
    expect(card.writeBlock(pattern(1))).toBe(false);
    expect(answer(card, 13, rca << 16) & ERROR).toBe(ERROR);
    expect(log.some(({ level }) => level === "error")).toBe(true);
  });

  it("is silent without a medium, and a new card after it was exchanged", () => {
    const { card, block } = givenCard(SECTORS_4G);
    const rca = identify(card);
    block.exchange(0);
    expect(card.command(13, rca << 16)).toBeUndefined();
    block.exchange(SECTORS_64M);
    expect(card.command(13, rca << 16)).toBeUndefined();
    identify(card);
    block.exchange(SECTORS_64M + 1);
    expect(card.command(0, 0)).toBeUndefined();
    expect(card.isPresent).toBe(false);
  });

  it("refuses an image of a size no card can have", () => {
    const { context } = bench({ block: new SparseBlock(SECTORS_4G + 1) });
    expect(() => new SdCard(context, 1)).toThrow(expect.objectContaining({ code: "sd-card-size" }));
  });

  it("never answers after CMD15 until it is without power", () => {
    const { card } = givenCard();
    const rca = identify(card);
    expect(card.command(15, rca << 16)).toEqual([]);
    expect(card.command(0, 0)).toBeUndefined();
    card.reset();
    identify(card);
  });

  it("goes on after a restore in the middle of a write and of an erase", () => {
    const { card, block, clock, context } = givenCard(SECTORS_4G);
    const rca = identify(card);
    answer(card, 25, 70);
    card.writeBlock(pattern(1));
    const copy = new SdCard(context, 0x12345678);
    copy.reset();
    copy.restore(copyState(card.save()));
    expect(copy.save()).toEqual(card.save());
    expect(copy.writeBlock(pattern(2))).toBe(true);
    expect([block.sectors.get(70), block.sectors.get(71)]).toEqual([pattern(1), pattern(2)]);
    answer(copy, 12);
    answer(copy, 32, 70);
    answer(copy, 33, 71);
    answer(copy, 38);
    const state = copyState(copy.save());
    copy.reset();
    copy.restore(state);
    clock.advance(10_000_000);
    expect(stateOf(answer(copy, 13, rca << 16))).toBe(TRAN);
    expect(block.sectors.get(71)).toEqual(new Uint8Array(512));
  });

  it("refuses a state that is not its own", () => {
    const { card } = givenCard();
    expect(() => card.restore({ ...card.save(), state: 77 })).toThrow(
      expect.objectContaining({ code: "state-invalid" }),
    );
  });
});
