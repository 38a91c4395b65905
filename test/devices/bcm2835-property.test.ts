import { describe, expect, it } from "vitest";
import { Bcm2835Firmware } from "../../src/devices/bcm2835-firmware.ts";
import { answerProperties } from "../../src/devices/bcm2835-property.ts";
import { bench } from "./test-context.ts";

const BUFFER = 0x1000;
const SUCCESS = 0x80000000;
const ERROR = 0x80000001;
const RESPONSE = 0x80000000;
const FIRMWARE_REVISION = 0x00000001;
const MAC_ADDRESS = 0x00010003;
const ARM_MEMORY = 0x00010005;
const UNKNOWN = 0x0abcdef0;

function given() {
  const board = bench();
  const firmware = new Bcm2835Firmware(board.context);
  firmware.reset();
  const view = new DataView(board.memory.data.buffer);
  const { memory } = board;
  const channel = { memory, log: board.context.log, firmware };
  return {
    ...board,
    firmware,
    word: (index: number) => view.getUint32(BUFFER + index * 4, true),
    /** Puts words into the buffer and has them answered; the first is the size unless one is given. */
    ask: (words: number[], { sizeBytes = words.length * 4 + 4, address = BUFFER } = {}) => {
      for (const [i, word] of [sizeBytes, ...words].entries()) view.setUint32(BUFFER + i * 4, word, true);
      answerProperties(channel, address);
    },
  };
}

describe("answerProperties", () => {
  it("answers tags in place and says how long each response is", () => {
    const { ask, word, firmware } = given();
    ask([0, FIRMWARE_REVISION, 4, 0, 0, ARM_MEMORY, 8, 0, 0, 0, 0]);
    expect(word(1)).toBe(SUCCESS);
    expect([word(4), word(5)]).toEqual([RESPONSE + 4, firmware.firmwareRevision]);
    expect([word(8), word(9), word(10)]).toEqual([RESPONSE + 8, 0, firmware.armMemoryBytes]);
  });

  it("keeps to the room that the tag has, rounds it up to words, and tells the length it would need", () => {
    const { ask, word } = given();
    ask([0, ARM_MEMORY, 4, 0, 0x55, MAC_ADDRESS, 6, 0, 0, 0x77770000, FIRMWARE_REVISION, 4, 0, 0, 0]);
    expect([word(1), word(4), word(5), word(6)]).toEqual([SUCCESS, RESPONSE + 8, 0, MAC_ADDRESS]);
    expect([word(8), word(9), word(10) >>> 16]).toEqual([RESPONSE + 6, 0x28eb27b8, 0x7777]);
    expect(word(13)).toBe(RESPONSE + 4);
  });

  it("leaves an unknown tag alone, answers the others, and says in status and log that something was refused", () => {
    const { ask, word, log } = given();
    ask([0, UNKNOWN, 4, 0, 0x1234, FIRMWARE_REVISION, 4, 0, 0, 0]);
    expect([word(1), word(4), word(5), word(8)]).toEqual([ERROR, 0, 0x1234, RESPONSE + 4]);
    expect(log.map(({ message }) => message)).toEqual(["property tag 0x0abcdef0 is not modelled; it was refused"]);
  });

  it.each<[string, number[], { sizeBytes?: number }]>([
    ["no end tag", [0, FIRMWARE_REVISION, 4, 0, 0], {}],
    ["a value that passes the end", [0, FIRMWARE_REVISION, 0xfffffff0, 0, 0, 0], {}],
    ["half a tag", [0, FIRMWARE_REVISION, 4], {}],
    ["a request code that is not zero", [5, FIRMWARE_REVISION, 4, 0, 0, 0], {}],
    ["too small a size", [0, 0], { sizeBytes: 8 }],
    ["too large a size", [0, 0], { sizeBytes: 0x100000 }],
    ["a size past the end of memory", [0, 0], { sizeBytes: 0xff000 }],
  ])("refuses a buffer with %s", (_, words, options) => {
    const { ask, word } = given();
    ask(words, options);
    expect([word(1), word(0)]).toEqual([ERROR, options.sizeBytes ?? words.length * 4 + 4]);
  });

  it("ignores a buffer where no memory is", () => {
    const { ask, log, memory } = given();
    const before = memory.data.slice();
    ask([], { sizeBytes: 0, address: 0x3f000000 });
    expect([Buffer.compare(memory.data, before), log.length]).toEqual([0, 1]);
  });
});
