import { describe, expect, it } from "vitest";
import { Bcm2835Spi } from "../../src/devices/bcm2835-spi.ts";
import { readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const [CS, FIFO] = [0, 4];
const [CLEAR, TA, DMAEN, INTD, INTR, ADCS] = [0x30, 0x80, 0x100, 0x200, 0x400, 0x800];
const [DONE, RXD, TXD, RXR, RXF] = [1 << 16, 1 << 17, 1 << 18, 1 << 19, 1 << 20];

function givenSpi(options: Record<string, unknown> = {}) {
  const around = bench({ options });
  const spi = new Bcm2835Spi(around.context);
  spi.reset();
  return { ...around, spi };
}

describe("bcm2835-spi", () => {
  it("sends bytes in a transfer and receives what the open line gives", () => {
    for (const [miso, byte] of [
      [0, 0],
      [1, 0xff],
    ]) {
      const { spi } = givenSpi({ miso });
      spi.write(CS, TA | CLEAR, 4);
      expect(readWord(spi, CS) & (DONE | RXD | TXD)).toBe(DONE | TXD);
      for (let i = 0; i < 3; i++) spi.write(FIFO, 0xa5, 4);
      expect(readWord(spi, CS) & (DONE | RXD)).toBe(DONE | RXD);
      expect([readWord(spi, FIFO), readWord(spi, FIFO), readWord(spi, FIFO)]).toEqual([byte, byte, byte]);
      expect(readWord(spi, CS) & RXD).toBe(0);
    }
  });

  it("keeps bytes that are written before the transfer", () => {
    const { spi } = givenSpi();
    for (let i = 0; i < 64; i++) spi.write(FIFO, i, 4);
    expect(readWord(spi, CS) & (TXD | RXD)).toBe(0);
    spi.write(CS, TA, 4);
    expect(readWord(spi, CS) & (DONE | RXF | RXR)).toBe(DONE | RXF | RXR);
    spi.write(CS, TA | CLEAR, 4);
    expect(readWord(spi, CS) & RXD).toBe(0);
  });

  it("waits with sending until there is room for what comes back", () => {
    const { spi } = givenSpi();
    spi.write(CS, TA, 4);
    for (let i = 0; i < 100; i++) spi.write(FIFO, i, 4);
    expect(readWord(spi, CS) & (DONE | RXF)).toBe(RXF);
    for (let i = 0; i < 100; i++) expect(readWord(spi, CS) & RXD).toBe(readWord(spi, FIFO) === 0 ? RXD : 0);
    expect(readWord(spi, CS) & (DONE | RXD)).toBe(DONE);
  });

  it("interrupts when it is done and when much was received", () => {
    const { spi, irqs } = givenSpi();
    spi.write(CS, TA | INTR, 4);
    expect(irqs[0].level).toBe(false);
    for (let i = 0; i < 48; i++) spi.write(FIFO, i, 4);
    expect(irqs[0].level).toBe(true);
    spi.write(CS, TA | INTD | CLEAR, 4);
    expect(irqs[0].level).toBe(true);
    spi.write(CS, 0, 4);
    expect(irqs[0].level).toBe(false);
  });

  it("is paced by its requests with DMA, the first word being the header", () => {
    const { spi, irqs } = givenSpi();
    spi.write(CS, DMAEN | ADCS, 4);
    expect([irqs[1].level, irqs[2].level]).toEqual([true, false]);
    spi.write(FIFO, (6 << 16) | TA, 4);
    expect(readWord(spi, CS) & TA).toBe(TA);
    spi.write(FIFO, 0x04030201, 4);
    expect([irqs[1].level, irqs[2].level]).toEqual([true, true]);
    spi.write(FIFO, 0x0605, 4);
    expect(irqs[1].level).toBe(false);
    expect(readWord(spi, FIFO)).toBe(0);
    expect(irqs[2].level).toBe(true);
    readWord(spi, FIFO);
    expect([irqs[2].level, readWord(spi, CS) & DONE]).toEqual([false, DONE]);
  });

  it("goes on after a restore with what is in its FIFOs", () => {
    const { spi, context } = givenSpi({ miso: 1 });
    spi.write(CS, TA | INTD, 4);
    for (let i = 0; i < 80; i++) spi.write(FIFO, i, 4);
    const copy = restored(spi, context, Bcm2835Spi);
    const drain = (device: Bcm2835Spi) => Array.from({ length: 81 }, () => readWord(device, FIFO));
    expect(drain(copy)).toEqual(drain(spi));
    expect(readWord(copy, CS)).toBe(readWord(spi, CS));
  });

  it("refuses a line that is neither low nor high", () => {
    expect(() => givenSpi({ miso: 2 })).toThrow(expect.objectContaining({ code: "device-option-invalid" }));
  });
});
