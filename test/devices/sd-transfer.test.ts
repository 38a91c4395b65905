import { describe, expect, it } from "vitest";
import { ENDLESS, SdTransfer } from "../../src/devices/sd-transfer.ts";
import { answer, givenCard, identify, pattern, SECTORS_4G } from "./sd-bench.ts";
import { copyState } from "./test-context.ts";

function givenTransfer() {
  const around = givenCard(SECTORS_4G);
  identify(around.card);
  const events: string[] = [];
  const host = { blockDone: () => events.push("block"), transferFailed: () => events.push("failed") };
  return { ...around, host, events, transfer: new SdTransfer(around.card, host) };
}

const readBlock = (transfer: SdTransfer): Uint8Array => {
  const words = Uint32Array.from({ length: 128 }, () => transfer.read(4));
  return new Uint8Array(words.buffer);
};

const writeBlock = (transfer: SdTransfer, data: Uint8Array): void => {
  for (const word of new Uint32Array(data.buffer)) transfer.write(word, 4);
};

describe("the data path of an SD host controller", () => {
  it("reads blocks word by word and tells of each", () => {
    const { card, block, transfer, events } = givenTransfer();
    for (let i = 0; i < 3; i++) block.write(i, pattern(i));
    answer(card, 18, 0);
    transfer.startRead(512, 3);
    for (let i = 0; i < 3; i++) {
      expect([transfer.readable, transfer.blocksLeft]).toEqual([512, 3 - i]);
      expect(readBlock(transfer)).toEqual(pattern(i));
    }
    expect([events, transfer.isActive, transfer.readable]).toEqual([["block", "block", "block"], false, 0]);
  });

  it("writes blocks, each in the image when its last word came", () => {
    const { card, block, transfer, events } = givenTransfer();
    answer(card, 25, 20);
    transfer.startWrite(512, ENDLESS);
    writeBlock(transfer, pattern(1));
    expect([block.sectors.get(20), events]).toEqual([pattern(1), ["block"]]);
    for (const word of new Uint32Array(pattern(2).buffer).subarray(0, 127)) transfer.write(word, 4);
    expect([block.writes, transfer.writable]).toEqual([[20], 4]);
    transfer.stop();
    expect([transfer.isActive, block.writes]).toEqual([false, [20]]);
  });

  it("fails when the card sends nothing, sends another size, or takes nothing", () => {
    const { card, transfer, events } = givenTransfer();
    transfer.startRead(512, 1);
    transfer.startWrite(512, 1);
    answer(card, 17, 0);
    transfer.startRead(8, 1);
    answer(card, 12);
    answer(card, 24, 0);
    transfer.startWrite(64, 1);
    transfer.startWrite(0, 1);
    expect([events, transfer.isActive]).toEqual([Array(5).fill("failed"), false]);
  });

  it("goes on after a restore in the middle of a block", () => {
    const { card, block, transfer, host } = givenTransfer();
    answer(card, 25, 5);
    transfer.startWrite(512, 1);
    const words = new Uint32Array(pattern(5).buffer);
    for (const word of words.subarray(0, 50)) transfer.write(word, 4);
    const copy = new SdTransfer(card, host);
    copy.restore(copyState(transfer.save()), "host");
    expect(copy.save()).toEqual(transfer.save());
    for (const word of words.subarray(50)) copy.write(word, 4);
    expect(block.sectors.get(5)).toEqual(pattern(5));
  });
});
