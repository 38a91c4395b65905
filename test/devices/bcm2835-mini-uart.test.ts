import { describe, expect, it } from "vitest";
import { Bcm2835MiniUart } from "../../src/devices/bcm2835-mini-uart.ts";
import { StateReader } from "../../src/devices/state-reader.ts";
import { bench } from "./test-context.ts";

const RECEIVE = 1;
const TRANSMIT = 2;
const DLAB = 0x80;

function given() {
  const board = bench();
  let changes = 0;
  const uart = new Bcm2835MiniUart(board.context, () => {
    changes++;
  });
  uart.reset();
  uart.setEnabled(true);
  return { ...board, uart, changes: () => changes };
}

describe("Bcm2835MiniUart", () => {
  it("takes eight characters and leaves the rest to the back end", () => {
    const { uart, serial } = given();
    serial.type("0123456789");
    expect([uart.space, serial.backlog]).toEqual([0, 2]);
    let text = "";
    for (let i = 0; i < 10; i++) text += String.fromCharCode(uart.readData());
    expect([text, serial.backlog, uart.lineStatus & 1]).toEqual(["0123456789", 0, 0]);
  });

  it("says once that characters were lost", () => {
    const { uart } = given();
    for (let i = 0; i < 9; i++) uart.receive(0x41);
    expect([uart.readLineStatus() & 2, uart.readLineStatus() & 2]).toEqual([2, 0]);
  });

  it("names the more urgent interrupt first: a character before an empty transmitter", () => {
    const { uart } = given();
    expect([uart.identification, uart.hasInterrupt]).toEqual([0xc1, false]);
    uart.writeEnables(TRANSMIT);
    expect([uart.identification, uart.hasInterrupt]).toEqual([0xc2, true]);
    uart.receive(0x41);
    uart.writeEnables(TRANSMIT | RECEIVE);
    expect(uart.identification).toBe(0xc4);
    uart.readData();
    expect(uart.identification).toBe(0xc2);
    uart.writeEnables(0);
    expect(uart.hasInterrupt).toBe(false);
  });

  it("shows the divisor in place of data and enables while DLAB is set", () => {
    const { uart, serial } = given();
    uart.writeEnables(RECEIVE);
    uart.setLineControl(DLAB | 3);
    uart.writeData(0x0e);
    uart.writeEnables(0x01);
    expect([uart.divisor, uart.readData(), uart.readEnables(), serial.text]).toEqual([0x10e, 0x0e, 0x01, ""]);
    uart.setLineControl(3);
    expect(uart.readEnables()).toBe(RECEIVE);
    uart.writeData(0x41);
    expect(serial.text).toBe("A");
  });

  it("does not listen while it or its receiver is off, and loses nothing by that", () => {
    const { uart, serial } = given();
    uart.setControl(2);
    serial.type("ab");
    expect([uart.space, serial.backlog]).toEqual([0, 2]);
    uart.setControl(3);
    expect(serial.backlog).toBe(0);
    uart.setEnabled(false);
    serial.type("c");
    uart.receive(0x7a);
    expect([serial.backlog, uart.hasInterrupt]).toEqual([1, false]);
    uart.setEnabled(true);
    expect((uart.extraStatus >> 16) & 0xf).toBe(3);
  });

  it("empties its receive FIFO when told to", () => {
    const { uart } = given();
    uart.receive(0x41);
    uart.clearFifos(4);
    expect(uart.lineStatus & 1).toBe(1);
    uart.clearFifos(2);
    expect(uart.lineStatus & 1).toBe(0);
  });

  it("goes on after a restore", () => {
    const { uart } = given();
    uart.receive(0x41);
    uart.receive(0x42);
    uart.writeEnables(RECEIVE);
    uart.setReady(true);
    const second = given();
    second.uart.restore(new StateReader(structuredClone(uart.save()), "uart"));
    expect(second.uart.save()).toEqual(uart.save());
    expect([second.uart.hasInterrupt, second.uart.readData(), second.uart.readData()]).toEqual([true, 0x41, 0x42]);
    expect([second.uart.hasInterrupt, second.changes() > 0]).toEqual([false, true]);
  });
});
