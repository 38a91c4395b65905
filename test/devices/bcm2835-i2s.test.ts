import { describe, expect, it } from "vitest";
import { Bcm2835I2s } from "../../src/devices/bcm2835-i2s.ts";
import { readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const [CS, FIFO, INTEN, INTSTC] = [0x00, 0x04, 0x18, 0x1c];
const EN = 1;
const TXON = 1 << 2;
const TXCLR = 1 << 3;
const TXERR = 1 << 15;
const TXD = 1 << 19;
const TXE = 1 << 21;
const SYNC = 1 << 24;

function given() {
  const board = bench({ irqCount: 1 });
  const i2s = new Bcm2835I2s(board.context);
  i2s.reset();
  return { ...board, i2s, irq: board.irqs[0], cs: () => readWord(i2s, CS) };
}

describe("Bcm2835I2s", () => {
  it("has room and nothing to receive after reset", () => {
    const { i2s, cs } = given();
    expect([cs() & TXD, cs() & TXE, cs() & (1 << 20), readWord(i2s, FIFO)]).toEqual([TXD, TXE, 0, 0]);
  });

  it("echoes SYNC, which a driver waits for after it cleared the FIFOs", () => {
    const { i2s, cs } = given();
    i2s.write(CS, EN | SYNC | TXCLR, 4);
    expect(cs() & (SYNC | TXCLR)).toBe(SYNC);
    i2s.write(CS, EN, 4);
    expect(cs() & SYNC).toBe(0);
  });

  it("keeps samples until the transmitter is on, and says when there were too many", () => {
    const { i2s, cs } = given();
    i2s.write(CS, EN, 4);
    for (let i = 0; i < 64; i++) i2s.write(FIFO, i, 4);
    expect(cs() & (TXD | TXE | TXERR)).toBe(0);
    i2s.write(FIFO, 0, 4);
    expect(cs() & TXERR).toBe(TXERR);
    i2s.write(CS, EN | TXERR | TXON, 4);
    expect(cs() & (TXD | TXE | TXERR)).toBe(TXD | TXE);
  });

  it("asks for samples by interrupt while it sends", () => {
    const { i2s, irq } = given();
    i2s.write(INTEN, 1, 4);
    expect(irq.level).toBe(false);
    i2s.write(CS, EN | TXON, 4);
    expect([irq.level, readWord(i2s, INTSTC)]).toEqual([true, 1]);
    i2s.write(INTSTC, 1, 4);
    expect(irq.level).toBe(false);
    i2s.write(FIFO, 0, 4);
    expect(irq.level).toBe(true);
  });

  it("goes on after a restore", () => {
    const { i2s } = given();
    i2s.write(INTEN, 5, 4);
    for (let i = 0; i < 65; i++) i2s.write(FIFO, i, 4);
    const second = bench({ irqCount: 1 });
    const copy = restored(i2s, second.context, Bcm2835I2s);
    expect([second.irqs[0].level, readWord(copy, CS) & (TXD | TXERR)]).toEqual([true, TXERR]);
    copy.write(CS, TXCLR, 4);
    expect(readWord(copy, CS) & TXE).toBe(TXE);
  });
});
