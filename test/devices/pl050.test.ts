import { describe, expect, it } from "vitest";
import type { MmioDevice } from "../../src/device/index.ts";
import { Pl050 } from "../../src/devices/pl050.ts";
import { Ps2Keyboard } from "../../src/devices/ps2-keyboard.ts";
import { Ps2Mouse } from "../../src/devices/ps2-mouse.ts";
import { ambaId } from "./device-checks.ts";
import { bench, copyState } from "./test-context.ts";

const [CR, STAT, DATA, IIR] = [0x00, 0x04, 0x08, 0x10];
const RXFULL = 0x10;
const TXEMPTY = 0x40;

function given<P extends Ps2Keyboard | Ps2Mouse>(create: (around: ReturnType<typeof bench>) => P) {
  const around = bench();
  const port = new Pl050(around.context, create(around));
  port.reset();
  port.write(CR, 0x14, 1);
  return { ...around, port, irq: around.irqs[0] };
}

const givenKeyboard = () => given((around) => new Ps2Keyboard(around.context.log));
const givenMouse = () => given((around) => new Ps2Mouse(around.context.log));

/** Everything that waits in the receive register, read as the driver's interrupt handler reads it. */
function drain(port: MmioDevice): number[] {
  const bytes: number[] = [];
  while ((port.read(IIR, 1) & 1) !== 0 && bytes.length < 1000) bytes.push(port.read(DATA, 1));
  return bytes;
}

function ask(port: MmioDevice, ...bytes: number[]): number[] {
  return bytes.flatMap((byte) => {
    expect(port.read(STAT, 1) & TXEMPTY).toBe(TXEMPTY);
    port.write(DATA, byte, 1);
    return drain(port);
  });
}

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

describe("ps2 keyboard", () => {
  it("answers what a driver asks while it looks for a keyboard", () => {
    const { port } = givenKeyboard();
    expect(ask(port, 0xff)).toEqual([0xfa, 0xaa]);
    expect(ask(port, 0xf2)).toEqual([0xfa, 0xab, 0x83]);
    expect(ask(port, 0xee)).toEqual([0xee]);
    expect(ask(port, 0xf5)).toEqual([0xfa]);
    expect(ask(port, 0xf3, 0x00)).toEqual([0xfa, 0xfa]);
    expect(ask(port, 0xf4)).toEqual([0xfa]);
  });

  it("keeps its lights as the host sets them", () => {
    const { port } = givenKeyboard();
    expect(ask(port, 0xed, 0x05)).toEqual([0xfa, 0xfa]);
    expect(port.peripheral.leds).toBe(5);
  });

  it("tells and changes its scan code set", () => {
    const { port } = givenKeyboard();
    expect(ask(port, 0xf0, 0x00)).toEqual([0xfa, 0xfa, 2]);
    expect(ask(port, 0xf0, 0x03)).toEqual([0xfa, 0xfa]);
    expect(ask(port, 0xf0, 0x00)).toEqual([0xfa, 0xfa, 3]);
    expect(ask(port, 0xf0, 0x09)).toEqual([0xfa, 0xfe]);
  });

  it("takes a command where a parameter was due", () => {
    const { port } = givenKeyboard();
    expect(ask(port, 0xed, 0xf2)).toEqual([0xfa, 0xfa, 0xab, 0x83]);
  });

  it("repeats its last byte on request and refuses unknown commands", () => {
    const { port } = givenKeyboard();
    expect(ask(port, 0xf2, 0xfe)).toEqual([0xfa, 0xab, 0x83, 0x83]);
    expect(ask(port, 0x42)).toEqual([0xfe]);
  });

  it("types nothing while scanning is off", () => {
    const { port } = givenKeyboard();
    ask(port, 0xf5);
    port.peripheral.key([0x1c]);
    expect(drain(port)).toEqual([]);
    ask(port, 0xf4);
    port.peripheral.key([0x1c, 0xf0, 0x1c]);
    expect(drain(port)).toEqual([0x1c, 0xf0, 0x1c]);
  });

  it("loses whole keys, never half of one, when its queue is full", () => {
    const { port, log } = givenKeyboard();
    for (let i = 0; i < 200; i++) port.peripheral.key([0xe0, 0xf0, 0x75]);
    expect(drain(port).length).toBe(255);
    expect(log.length).toBe(1);
  });

  it("runs on after a restore in the middle of a command", () => {
    const { port, context } = givenKeyboard();
    port.peripheral.key([0x1c]);
    port.write(DATA, 0xed, 1);
    const state = copyState(port.save());
    const copy = new Pl050(context, new Ps2Keyboard(context.log));
    copy.reset();
    copy.restore(state);
    expect(copy.save()).toEqual(state);
    for (const each of [port, copy]) {
      expect(ask(each, 0x02)).toEqual([0x1c, 0xfa, 0xfa]);
      expect(each.peripheral.leds).toBe(2);
    }
  });
});

describe("ps2 mouse", () => {
  it("answers what a driver asks while it looks for a mouse", () => {
    const { port } = givenMouse();
    expect(ask(port, 0xff)).toEqual([0xfa, 0xaa, 0x00]);
    expect(ask(port, 0xf2)).toEqual([0xfa, 0x00]);
    expect(ask(port, 0xf3, 200, 0xf3, 100, 0xf3, 80)).toEqual([0xfa, 0xfa, 0xfa, 0xfa, 0xfa, 0xfa]);
    expect(ask(port, 0xf2)).toEqual([0xfa, 0x00]);
    expect(ask(port, 0xe8, 3)).toEqual([0xfa, 0xfa]);
    expect(ask(port, 0xe7, 0xf4)).toEqual([0xfa, 0xfa]);
    expect(ask(port, 0xe9)).toEqual([0xfa, 0x30, 3, 80]);
    expect(ask(port, 0x42)).toEqual([0xfe]);
  });

  it("reports motion and buttons in packets of three bytes", () => {
    const { port } = givenMouse();
    ask(port, 0xf4);
    port.peripheral.move(5, -3, 0b101);
    expect(drain(port)).toEqual([0x2d, 5, 0xfd]);
    port.peripheral.move(0, 0, 0);
    expect(drain(port)).toEqual([0x08, 0, 0]);
  });

  it("splits a long way into packets", () => {
    const { port } = givenMouse();
    ask(port, 0xf4);
    port.peripheral.move(300, 0, 0);
    expect(drain(port)).toEqual([0x08, 255, 0, 0x08, 45, 0]);
  });

  it("is silent until it is enabled, and bounded however far it is pushed", () => {
    const { port } = givenMouse();
    port.peripheral.move(1e9, -1e9, 0);
    expect(drain(port)).toEqual([]);
    ask(port, 0xf4);
    for (let i = 0; i < 1000; i++) port.peripheral.move(1e9, 1e9, 1);
    expect(drain(port).length).toBe(255);
  });

  it("gives motion on request in remote mode", () => {
    const { port } = givenMouse();
    ask(port, 0xf0, 0xf4);
    port.peripheral.move(7, 8, 0);
    expect(drain(port)).toEqual([]);
    expect(ask(port, 0xeb)).toEqual([0xfa, 0x08, 7, 8]);
  });

  it("echoes in wrap mode until it is left", () => {
    const { port } = givenMouse();
    ask(port, 0xee);
    expect(ask(port, 0xf2)).toEqual([0xf2]);
    expect(ask(port, 0xec)).toEqual([0xfa]);
    expect(ask(port, 0xf2)).toEqual([0xfa, 0]);
  });

  it("runs on after a restore as the old one does", () => {
    const { port, context } = givenMouse();
    ask(port, 0xe8, 1, 0xf0, 0xf4);
    port.peripheral.move(-20, 20, 2);
    const state = copyState(port.save());
    const copy = new Pl050(context, new Ps2Mouse(context.log));
    copy.reset();
    copy.restore(state);
    expect(copy.save()).toEqual(state);
    for (const each of [port, copy]) expect(ask(each, 0xeb, 0xe9)).toEqual([0xfa, 0x1a, 236, 20, 0xfa, 0x61, 1, 100]);
  });
});
