import { describe, expect, it } from "vitest";
import { Bcm2835Aux } from "../../src/devices/bcm2835-aux.ts";
import { readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const IRQ = 0x00;
const ENABLES = 0x04;
const [IO, IER, IIR, LCR, MCR, LSR, MSR, SCRATCH, CNTL, STAT, BAUD] = Array.from(
  { length: 11 },
  (_, i) => 0x40 + i * 4,
);
const SPI1_CNTL0 = 0x80;
const SPI2_STAT = 0xc8;

function given({ isOn = true } = {}) {
  const board = bench({ irqCount: 1 });
  const aux = new Bcm2835Aux(board.context);
  aux.reset();
  if (isOn) aux.write(ENABLES, 1, 4);
  return { ...board, aux, irq: board.irqs[0], read: (offset: number) => readWord(aux, offset) };
}

describe("Bcm2835Aux", () => {
  it("has no mini UART until AUX_ENABLES switches it on", () => {
    const { aux, read, serial, log } = given({ isOn: false });
    aux.write(IO, 0x41, 4);
    expect([serial.text, read(LSR), read(IIR), log.length]).toEqual(["", 0, 0, 1]);
    aux.write(ENABLES, 1, 4);
    aux.write(IO, 0x41, 4);
    expect([serial.text, read(LSR), read(IIR), read(CNTL), read(MSR)]).toEqual(["A", 0x60, 0xc1, 3, 0x30]);
  });

  it("sends and receives as an 8250 driver does it, by interrupt", () => {
    const { aux, read, serial, irq } = given();
    aux.write(LCR, 3, 4);
    aux.write(IER, 5, 4);
    serial.type("ok\r");
    expect([irq.level, read(IRQ), read(IIR) & 7]).toEqual([true, 1, 4]);
    let text = "";
    while ((read(LSR) & 1) !== 0) text += String.fromCharCode(read(IO));
    expect([text, irq.level]).toEqual(["ok\r", false]);
    aux.write(IER, 7, 4);
    expect([irq.level, read(IIR) & 7]).toEqual([true, 2]);
    for (const char of "done") aux.write(IO, char.charCodeAt(0), 4);
    aux.write(IER, 5, 4);
    expect([irq.level, serial.text]).toEqual([false, "done"]);
  });

  it("keeps the settings of the mini UART", () => {
    const { aux, read } = given();
    aux.write(BAUD, 270, 4);
    aux.write(SCRATCH, 0x5a, 4);
    aux.write(MCR, 2, 4);
    expect([BAUD, SCRATCH, MCR].map(read)).toEqual([270, 0x5a, 2]);
    expect(read(STAT) & (1 << 6)).not.toBe(0);
    aux.write(LCR, 0x80, 4);
    expect([read(IO), read(IER)]).toEqual([270 & 0xff, 270 >> 8]);
  });

  it("shows in a dump what a read would give, without taking it", () => {
    const { aux, read, serial } = given();
    serial.type("x");
    const shown = aux.dump().find(({ name }) => name === "AUX_MU_IO");
    expect([shown?.value, read(IO)]).toEqual([0x78, 0x78]);
  });

  it("has SPI masters that keep their settings and say that transfers are lost", () => {
    const { aux, read, log } = given();
    expect(read(SPI2_STAT)).toBe(0);
    aux.write(ENABLES, 7, 4);
    aux.write(SPI1_CNTL0, 0x1234, 4);
    aux.write(0xa0, 0xff, 4);
    expect([read(SPI1_CNTL0), read(SPI2_STAT), log.map(({ message }) => message).join()]).toEqual([
      0x1234,
      (1 << 7) | (1 << 9),
      "transfers of SPI1 are not modelled; what was written is lost",
    ]);
  });

  it("goes on after a restore", () => {
    const first = given();
    first.aux.write(IER, 5, 4);
    first.serial.type("ab");
    const second = bench({ irqCount: 1 });
    const copy = restored(first.aux, second.context, Bcm2835Aux);
    expect([second.irqs[0].level, readWord(copy, IO), readWord(copy, IO)]).toEqual([true, 0x61, 0x62]);
    expect(second.irqs[0].level).toBe(false);
    second.serial.type("c");
    expect(readWord(copy, IO)).toBe(0x63);
  });
});
