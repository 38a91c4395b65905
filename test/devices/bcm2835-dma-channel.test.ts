import { describe, expect, it } from "vitest";
import { Bcm2835DmaBus } from "../../src/devices/bcm2835-dma-bus.ts";
import { Bcm2835DmaChannel } from "../../src/devices/bcm2835-dma-channel.ts";
import { BenchMemory, bench, copyState } from "./test-context.ts";

const [CS, CONBLK_AD, SOURCE_AD] = [0, 4, 0xc];

function givenChannel(index = 0) {
  const memory = new BenchMemory(0x10000);
  const bus = new Bcm2835DmaBus(memory, 0x20000000);
  const { context } = bench();
  let changes = 0;
  const host = { bus, isRequested: () => true, channelChanged: () => changes++ };
  const create = () => new Bcm2835DmaChannel(index, host, context.log);
  const view = new DataView(memory.data.buffer);
  const put = (address: number, words: readonly number[]) => {
    for (const [i, word] of words.entries()) view.setUint32(address + 4 * i, word, true);
  };
  const channel = create();
  channel.reset();
  return { channel, create, memory, put, changes: () => changes };
}

const COPY = 0x111;

describe("a DMA channel", () => {
  it("does nothing until it has a control block and is told to", () => {
    const { channel, changes } = givenChannel();
    channel.write(CS, 1, 4);
    expect([channel.isRunnable, channel.step(), changes()]).toEqual([false, 0, 1]);
  });

  it("moves a bounded number of bytes in a step and says how long that takes", () => {
    const { channel, put } = givenChannel();
    put(0x40, [COPY, 0x1000, 0x8000, 10_000, 0, 0]);
    channel.write(CONBLK_AD, 0x40, 4);
    channel.write(CS, 1, 4);
    const times: number[] = [];
    while (channel.isRunnable) {
      times.push(channel.step());
      expect(channel.read(SOURCE_AD, 4) - 0x1000).toBeLessThanOrEqual(4096 * times.length);
    }
    expect(times).toHaveLength(3);
    expect(Math.min(...times)).toBeGreaterThan(0);
    expect(channel.hasInterrupt).toBe(true);
  });

  it("ignores the low bits of a control block's address", () => {
    const { channel } = givenChannel();
    channel.write(CONBLK_AD, 0x5f, 4);
    expect(channel.read(CONBLK_AD, 4)).toBe(0x40);
  });

  it("takes 16 bits of length and no rows where it is a short one", () => {
    const { channel, put, memory } = givenChannel(8);
    put(0x40, [COPY | 2, 0x1000, 0x8000, (3 << 16) | 8, 0, 0]);
    memory.data.fill(7, 0x1000, 0x1100);
    channel.write(CONBLK_AD, 0x40, 4);
    channel.write(CS, 1, 4);
    channel.step();
    expect([memory.data[0x8007], memory.data[0x8008]]).toEqual([7, 0]);
  });

  it("goes on after a restore with the row it was in", () => {
    const { channel, create, put, memory } = givenChannel();
    put(0x40, [COPY | 2, 0x1000, 0x8000, (1 << 16) | 5000, 0, 0]);
    for (let i = 0; i < 10_000; i++) memory.data[0x1000 + i] = i % 251;
    channel.write(CONBLK_AD, 0x40, 4);
    channel.write(CS, 1, 4);
    channel.step();
    const copy = create();
    copy.restore(copyState(channel.save()), "dma");
    while (copy.isRunnable) copy.step();
    expect(memory.data.slice(0x8000, 0x8000 + 10_000)).toEqual(memory.data.slice(0x1000, 0x1000 + 10_000));
    expect(copy.dump().find(({ name }) => name === "0_CONBLK_AD")?.value).toBe(0);
  });
});
