import { describe, expect, it } from "vitest";
import { Bcm2835Firmware } from "../../src/devices/bcm2835-firmware.ts";
import { propertyTags } from "../../src/devices/bcm2835-property-tags.ts";
import { BenchMemory, bench } from "./test-context.ts";

function given(options: Record<string, unknown> = {}) {
  // All of the memory is the VideoCore's but the first MiB.
  const memory = new BenchMemory(0x500000);
  const board = bench({ options: { armMemoryMiB: 1, vcMemoryMiB: 4, ...options }, memory });
  const firmware = new Bcm2835Firmware(board.context);
  firmware.reset();
  const ask = (tag: number, ...words: number[]) => {
    const response = propertyTags.get(tag)?.respond(firmware, (index) => words[index] ?? 0);
    return response === undefined ? undefined : [...response].map((value) => value >>> 0);
  };
  return { ...board, firmware, ask };
}

describe("propertyTags", () => {
  it("identifies the board", () => {
    const { ask } = given({ boardRevision: 0x900093, serialNumber: 0x00abcdef, firmwareRevision: 1_700_000_000 });
    expect(ask(0x00000001)).toEqual([1_700_000_000]);
    expect([ask(0x00010001), ask(0x00010002), ask(0x00010004)]).toEqual([[0], [0x900093], [0x00abcdef, 0]]);
    expect(ask(0x00010003)).toEqual([0xb8, 0x27, 0xeb, 0xab, 0xcd, 0xef]);
    expect([ask(0x00010005), ask(0x00010006)]).toEqual([
      [0, 0x100000],
      [0x100000, 0x400000],
    ]);
    expect(given({ commandLine: "quiet" }).ask(0x00050001)).toEqual([...Buffer.from("quiet")]);
  });

  it("lists its clocks so that every number has a rate between its limits", () => {
    const { ask } = given({ armHz: 1_000_000_000 });
    const ids = (ask(0x00010007) ?? []).filter((_, i) => i % 2 === 1);
    expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const id of ids) {
      const [rate, maximum, minimum] = [0x00030002, 0x00030004, 0x00030007].map((tag) => ask(tag, id)?.[1] ?? -1);
      expect([id, minimum <= rate && rate <= maximum]).toEqual([id, true]);
    }
    expect([ask(0x00030002, 2), ask(0x00030002, 3), ask(0x00030007, 3)]).toEqual([
      [2, 48_000_000],
      [3, 1_000_000_000],
      [3, 700_000_000],
    ]);
  });

  it("sets a clock's rate and state, and says that others do not exist", () => {
    const { ask } = given({ armHz: 1_000_000_000 });
    expect([ask(0x00038002, 3, 800_000_000, 1), ask(0x00030002, 3)]).toEqual([
      [3, 800_000_000],
      [3, 800_000_000],
    ]);
    expect([ask(0x00030001, 10), ask(0x00038001, 10, 1), ask(0x00030001, 10)]).toEqual([
      [10, 0],
      [10, 1],
      [10, 1],
    ]);
    for (const id of [0, 11, 0xffffffff])
      expect([ask(0x00030001, id), ask(0x00030002, id), ask(0x00038002, id, 5)]).toEqual([
        [id, 2],
        [id, 0],
        [id, 0],
      ]);
    expect([ask(0x00030047, 3), ask(0x00030047, 9)]).toEqual([
      [3, 800_000_000],
      [9, 0],
    ]);
  });

  it("switches power of devices and domains", () => {
    const { ask } = given();
    expect([ask(0x00020001, 3), ask(0x00028001, 3, 3), ask(0x00020001, 3), ask(0x00020002, 3)]).toEqual([
      [3, 0],
      [3, 1],
      [3, 1],
      [3, 0],
    ]);
    expect([ask(0x00020001, 99), ask(0x00028001, 99, 1)]).toEqual([
      [99, 2],
      [99, 2],
    ]);
    // What Linux asks to find out whether the new interface is there: the answer is not all ones.
    expect(ask(0x00030030, 22, 0xffffffff)).toEqual([22, 0]);
    expect([ask(0x00038030, 11, 1), ask(0x00030030, 11), ask(0x00030030, 64)]).toEqual([
      [11, 1],
      [11, 1],
      [64, 0],
    ]);
  });

  it("reports a healthy board", () => {
    const { ask, clock } = given({ milliCelsius: 51_500 });
    expect([ask(0x00030006, 0), ask(0x0003000a, 0), ask(0x00030046, 0xffff)]).toEqual([[0, 51_500], [0, 85_000], [0]]);
    expect([ask(0x00030003, 1), ask(0x00030003, 9), ask(0x00030009, 0)]).toEqual([
      [1, 1_200_000],
      [9, 0],
      [0, 0],
    ]);
    expect([ask(0x00030048), ask(0x00030066), ask(0x00060001)]).toEqual([[], [], [0x7f35]]);
    clock.advance(7_000_000);
    expect(ask(0x0003000b)).toEqual([7000, 0]);
  });

  it("has an expander of eight lines", () => {
    const { ask } = given();
    expect(ask(0x00038043, 130, 1, 0, 1, 1, 1)).toEqual([0]);
    expect([ask(0x00030043, 130), ask(0x00030041, 130)]).toEqual([
      [0, 1, 0, 1, 1],
      [0, 1],
    ]);
    expect([ask(0x00038041, 135, 1), ask(0x00030041, 135), ask(0x00030041, 134)]).toEqual([
      [0, 1],
      [0, 1],
      [0, 0],
    ]);
    for (const line of [0, 127, 136])
      expect([ask(0x00030041, line)?.[0], ask(0x00038041, line, 1)?.[0], ask(0x00030043, line)?.[0]]).toEqual([
        1, 1, 1,
      ]);
  });

  it("gives a frame buffer in the VideoCore's memory when it is asked as a driver asks", () => {
    const { ask } = given();
    ask(0x00048003, 640, 480);
    ask(0x00048004, 640, 960);
    expect([ask(0x00048005, 16), ask(0x00048006, 0), ask(0x00048009, 0, 480)]).toEqual([[16], [0], [0, 480]]);
    expect([ask(0x00040001, 16), ask(0x00040008)]).toEqual([[0x100000, 1280 * 960], [1280]]);
    expect([ask(0x00040003), ask(0x00040004), ask(0x00044004, 9999, 1)]).toEqual([
      [640, 480],
      [640, 960],
      [4096, 1],
    ]);
    expect([ask(0x0004800b, 0, 2, 7, 8), ask(0x0004000b)?.slice(0, 3)]).toEqual([[0], [7, 8, 0]]);
    expect([ask(0x0004800b, 255, 2, 1, 1), ask(0x0004800b, 0, 0xffffffff)]).toEqual([[1], [1]]);
    expect([ask(0x00048001), ask(0x00040002, 1), ask(0x00040013), ask(0x0004800a, 1, 2, 3, 4)]).toEqual([
      [],
      [1],
      [1],
      [0, 0, 0, 0],
    ]);
  });

  it("refuses a frame buffer that does not fit, and has no monitor to describe", () => {
    const { ask } = given();
    ask(0x00048004, 4096, 4096);
    expect(ask(0x00040001, 16)).toEqual([0, 0]);
    expect(ask(0x00030020, 0)?.slice(0, 2)).toEqual([0, 1]);
    expect(ask(0x00030020, 0)).toHaveLength(34);
  });

  it("bounds what a request may ask for", () => {
    const { ask } = given();
    expect(ask(0x00030021, 0, 0xffffffff)).toHaveLength(10);
    expect(propertyTags.get(0x00048010)).toBeUndefined();
  });

  it("answers every tag to a request of zeros and of ones", () => {
    const { ask } = given();
    for (const tag of propertyTags.keys()) {
      for (const word of [0, 0xffffffff]) {
        const response = ask(tag, word, word, word, word, word, word);
        expect(response?.every((value) => Number.isInteger(value) && value <= 0xffffffff)).toBe(true);
      }
    }
  });
});
