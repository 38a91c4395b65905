import { describe, expect, it } from "vitest";
import type { State } from "../../src/base/index.ts";
import { Bcm2835I2c, type I2cSlave } from "../../src/devices/bcm2835-i2c.ts";
import { readWord, restored } from "./device-checks.ts";
import { bench, copyState } from "./test-context.ts";

const [C, S, DLEN, A, FIFO, DIV] = [0, 4, 8, 0xc, 0x10, 0x14];
const [READ, CLEAR, ST, INTD, INTT, INTR, I2CEN] = [1, 0x10, 0x80, 0x100, 0x200, 0x400, 0x8000];
const [TA, DONE, TXW, RXR, TXD, RXD, ERR] = [1, 2, 4, 8, 0x10, 0x20, 0x100];

/** An EEPROM: the first byte written is the address, reads go on from there. */
class Eeprom implements I2cSlave {
  readonly address = 0x50;
  readonly data = Uint8Array.from({ length: 256 }, (_, i) => i ^ 0x5a);
  readonly events: string[] = [];
  private at = 0;
  private isAddressed = false;

  start(isRead: boolean): boolean {
    this.events.push(isRead ? "read" : "write");
    this.isAddressed = isRead;
    return true;
  }

  writeByte(value: number): boolean {
    if (!this.isAddressed) this.at = value;
    else this.data[this.at++ & 0xff] = value;
    this.isAddressed = true;
    return value !== 0xee;
  }

  readByte(): number {
    return this.data[this.at++ & 0xff];
  }

  stop(): void {
    this.events.push("stop");
  }

  save(): State {
    return { at: this.at, isAddressed: this.isAddressed };
  }

  restore(state: State): void {
    this.at = Number(state.at);
    this.isAddressed = state.isAddressed === true;
  }
}

function givenBus() {
  const around = bench();
  const eeprom = new Eeprom();
  const bus = new Bcm2835I2c(around.context, [eeprom]);
  bus.reset();
  bus.write(DIV, 2500, 4);
  bus.write(A, 0x50, 4);
  return { ...around, eeprom, bus };
}

describe("bcm2835-i2c", () => {
  it("has the divisor of the chip after reset, which a driver may read as a rate", () => {
    const bus = new Bcm2835I2c(bench().context);
    bus.reset();
    expect([readWord(bus, DIV), readWord(bus, S)]).toEqual([0x5dc, 0x50]);
  });

  it("tells of an address that nothing answers", () => {
    const { bus, irqs } = givenBus();
    bus.write(A, 0x3c, 4);
    bus.write(DLEN, 1, 4);
    bus.write(C, I2CEN | INTD | ST | READ | CLEAR, 4);
    expect([readWord(bus, S) & (ERR | DONE | TA), irqs[0].level]).toEqual([ERR | DONE, true]);
    bus.write(S, ERR | DONE, 4);
    expect([readWord(bus, S) & (ERR | DONE), irqs[0].level]).toEqual([0, false]);
  });

  it("writes by the FIFO, which asks for more while the transfer is not over", () => {
    const { bus, eeprom, irqs } = givenBus();
    bus.write(DLEN, 20, 4);
    bus.write(C, I2CEN | INTD | INTT | ST, 4);
    expect([readWord(bus, S) & (TA | TXW | DONE), irqs[0].level]).toEqual([TA | TXW, true]);
    for (const byte of Array.from({ length: 20 }, (_, i) => (i === 0 ? 16 : 100 + i))) {
      expect(readWord(bus, S) & TXD).toBe(TXD);
      bus.write(FIFO, byte, 4);
    }
    expect(readWord(bus, S) & (TA | TXW | DONE | ERR)).toBe(DONE);
    expect([...eeprom.data.slice(16, 36)]).toEqual([...Array.from({ length: 19 }, (_, i) => 101 + i), 35 ^ 0x5a]);
    expect(eeprom.events).toEqual(["write", "stop"]);
  });

  it("reads by the FIFO, a full one at a time", () => {
    const { bus, irqs } = givenBus();
    bus.write(FIFO, 3, 4);
    bus.write(DLEN, 1, 4);
    bus.write(C, I2CEN | ST, 4);
    expect(readWord(bus, S) & DONE).toBe(DONE);
    bus.write(S, DONE, 4);
    bus.write(DLEN, 40, 4);
    bus.write(C, I2CEN | INTR | INTD | ST | READ | CLEAR, 4);
    expect([readWord(bus, S) & (TA | RXR | DONE), irqs[0].level, readWord(bus, DLEN)]).toEqual([TA | RXR, true, 24]);
    const bytes: number[] = [];
    while ((readWord(bus, S) & RXD) !== 0) bytes.push(readWord(bus, FIFO));
    expect(bytes).toEqual(Array.from({ length: 40 }, (_, i) => (3 + i) ^ 0x5a));
    expect(readWord(bus, S) & (TA | DONE)).toBe(DONE);
  });

  it("ends when the part does not acknowledge a byte", () => {
    const { bus } = givenBus();
    bus.write(DLEN, 3, 4);
    bus.write(FIFO, 0xee, 4);
    bus.write(C, I2CEN | ST, 4);
    expect(readWord(bus, S) & (ERR | DONE | TA)).toBe(ERR | DONE);
  });

  it("does nothing while it is off", () => {
    const { bus, eeprom } = givenBus();
    bus.write(DLEN, 3, 4);
    bus.write(C, ST | READ, 4);
    expect([readWord(bus, S) & TA, eeprom.events]).toEqual([0, []]);
  });

  it("goes on after a restore in the middle of a read", () => {
    const { bus, context } = givenBus();
    bus.write(DLEN, 30, 4);
    bus.write(C, I2CEN | ST | READ, 4);
    const state = copyState(bus.save());
    const copy = new Bcm2835I2c(context, [new Eeprom()]);
    copy.reset();
    copy.restore(state);
    const drain = (device: Bcm2835I2c) => Array.from({ length: 30 }, () => readWord(device, FIFO));
    expect(drain(copy)).toEqual(drain(bus));
    expect(readWord(copy, S)).toBe(readWord(bus, S));
  });

  it("restores without parts on the bus", () => {
    const around = bench();
    const bus = new Bcm2835I2c(around.context);
    bus.reset();
    bus.write(C, I2CEN | INTD | ST, 4);
    restored(bus, around.context, Bcm2835I2c);
    expect(around.irqs[0].level).toBe(true);
  });
});
