import { describe, expect, it } from "vitest";
import { ambaId } from "./device-checks.ts";
import { CR, DATA, drain, givenKeyboard, IIR, RXFULL, STAT } from "./ps2-bench.ts";

describe("pl050", () => {
  it("carries the peripheral id its driver matches", () => {
    expect(ambaId(givenKeyboard().port)).toBe(0x00041050);
  });

  it("raises its line while a byte waits and lowers it when the last is read", () => {
    const { port, irq } = givenKeyboard();
    port.write(DATA, 0xff, 1);
    expect([irq.level, port.read(STAT, 1) & RXFULL]).toEqual([true, RXFULL]);
    port.read(DATA, 1);
    expect(irq.level).toBe(true);
    port.read(DATA, 1);
    expect([irq.level, port.read(STAT, 1) & RXFULL]).toEqual([false, 0]);
  });

  it("gives the odd parity of the byte read last", () => {
    const { port } = givenKeyboard();
    port.peripheral.key([0x03, 0x07]);
    port.read(DATA, 1);
    expect(port.read(STAT, 1) & 4).toBe(4);
    port.read(DATA, 1);
    expect(port.read(STAT, 1) & 4).toBe(0);
  });

  it("holds bytes back while it is off", () => {
    const { port, irq } = givenKeyboard();
    port.write(CR, 0x10, 1);
    port.peripheral.key([0x1c]);
    expect([irq.level, port.read(STAT, 1) & RXFULL]).toEqual([false, 0]);
    port.write(CR, 0x14, 1);
    expect([irq.level, drain(port)]).toEqual([true, [0x1c]]);
  });

  it("drops what is sent while it is off and says so", () => {
    const { port, log } = givenKeyboard();
    port.write(CR, 0, 1);
    port.write(DATA, 0xff, 1);
    port.write(CR, 0x14, 1);
    expect(drain(port)).toEqual([]);
    expect(log.length).toBe(1);
  });

  it("interrupts for an empty transmitter when asked to", () => {
    const { port, irq } = givenKeyboard();
    port.write(CR, 0x0c, 1);
    expect([irq.level, port.read(IIR, 1)]).toEqual([true, 2]);
  });

  it("shows the received byte in a dump without taking it", () => {
    const { port } = givenKeyboard();
    port.peripheral.key([0x1c]);
    port.dump();
    expect(drain(port)).toEqual([0x1c]);
  });
});
