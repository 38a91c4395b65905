import { describe, expect, it } from "vitest";
import { Bcm2835Mbox } from "../../src/devices/bcm2835-mbox.ts";
import { readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const RD = 0x00;
const POL = 0x10;
const STA0 = 0x18;
const CNF = 0x1c;
const WRT = 0x20;
const STA1 = 0x38;
const EMPTY = 0x40000000;
const FULL = 0x80000000;
const DATA_IRQ_ENABLE = 1;
const BUFFER = 0x2000;
const PROPERTY = 8;

function given() {
  const board = bench({ irqCount: 1 });
  const mbox = new Bcm2835Mbox(board.context);
  mbox.reset();
  const view = new DataView(board.memory.data.buffer);
  /** A request for the board's revision in the n-th buffer, at a bus address with any alias. */
  const post = ({ alias = 0xc0000000, channel = PROPERTY, n = 0 } = {}) => {
    const buffer = BUFFER + n * 0x20;
    for (const [i, word] of [28, 0, 0x00010002, 4, 0, 0, 0].entries()) view.setUint32(buffer + i * 4, word, true);
    mbox.write(WRT, (alias | buffer | channel) >>> 0, 4);
  };
  const read = (offset: number) => readWord(mbox, offset);
  return {
    ...board,
    mbox,
    post,
    read,
    irq: board.irqs[0],
    word: (i: number, n = 0) => view.getUint32(BUFFER + n * 0x20 + i * 4, true),
  };
}

describe("Bcm2835Mbox", () => {
  it.each([0, 0x40000000, 0x80000000, 0xc0000000])("answers a property request at the bus alias %d", (alias) => {
    const { post, read, word } = given();
    expect([read(STA0), read(STA1)]).toEqual([EMPTY, EMPTY]);
    post({ alias });
    expect([word(1), word(5)]).toEqual([0x80000000, 0x900032]);
    expect([read(STA0), read(STA1), read(POL)]).toEqual([1, EMPTY, (alias | BUFFER | PROPERTY) >>> 0]);
    expect([read(RD), read(STA0), read(RD)]).toEqual([(alias | BUFFER | PROPERTY) >>> 0, EMPTY, 0]);
  });

  it("interrupts while an answer waits and the driver wants it", () => {
    const { post, mbox, read, irq } = given();
    post();
    expect(irq.level).toBe(false);
    mbox.write(CNF, DATA_IRQ_ENABLE, 4);
    expect([irq.level, read(CNF)]).toEqual([true, 0x11]);
    post();
    read(RD);
    expect(irq.level).toBe(true);
    read(RD);
    expect([irq.level, read(CNF)]).toEqual([false, 1]);
  });

  it("holds eight answers and eight requests, and loses what comes after", () => {
    const { post, read, log, word } = given();
    for (let n = 0; n < 16; n++) post({ n });
    expect([read(STA0), read(STA1), word(1, 7), word(1, 8)]).toEqual([FULL + 8, FULL + 8, 0x80000000, 0]);
    post({ n: 16 });
    expect(log.map(({ message }) => message)).toEqual(["a message to a full mailbox was lost"]);
    let answers = 0;
    for (; (read(STA0) & EMPTY) === 0; answers++) read(RD);
    expect([answers, read(STA1), word(1, 15), word(1, 16)]).toEqual([16, EMPTY, 0x80000000, 0]);
  });

  it("has nobody on the other channels, and says so", () => {
    const { post, read, log } = given();
    post({ channel: 1 });
    expect([read(STA0), read(STA1), log.length]).toEqual([EMPTY, EMPTY, 1]);
    expect(log[0].message).toContain("channel 1");
  });

  it("empties mailbox 0 when told to", () => {
    const { post, mbox, read } = given();
    post();
    mbox.write(CNF, 1 << 3, 4);
    expect(read(STA0)).toBe(EMPTY);
  });

  it("answers garbage in memory without harm", () => {
    const { mbox, memory, read } = given();
    let random = 0x12345678;
    for (let i = 0; i < 2000; i++) {
      for (let byte = 0; byte < 64; byte++) {
        random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
        memory.data[BUFFER + byte] = random >>> 24;
      }
      // A plausible size and request code, now and then a plausible tag.
      memory.data.set([64, 0, 0, 0, 0, 0, 0, 0], BUFFER);
      if ((random & 1) === 0) memory.data.set([1, random & 0xf, 3 + ((random >>> 4) & 1), 0, 16, 0, 0, 0], BUFFER + 8);
      mbox.write(WRT, BUFFER | PROPERTY, 4);
      expect(read(RD)).toBe(BUFFER | PROPERTY);
    }
  });

  it("goes on after a restore: answers that wait, and requests behind them", () => {
    const first = given();
    first.mbox.write(CNF, DATA_IRQ_ENABLE, 4);
    for (let n = 0; n < 9; n++) first.post({ n });
    const second = bench({ irqCount: 1, memory: first.memory });
    const copy = restored(first.mbox, second.context, Bcm2835Mbox);
    expect([second.irqs[0].level, readWord(copy, STA0), readWord(copy, STA1), first.word(1, 8)]).toEqual([
      true,
      FULL + 8,
      1,
      0,
    ]);
    readWord(copy, RD);
    expect([readWord(copy, STA1), first.word(1, 8)]).toEqual([EMPTY, 0x80000000]);
  });
});
