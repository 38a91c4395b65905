import { describe, expect, it } from "vitest";
import { Pl050 } from "../../src/devices/pl050.ts";
import { Ps2Keyboard } from "../../src/devices/ps2-keyboard.ts";
import { ask, DATA, drain, givenKeyboard } from "./ps2-bench.ts";
import { copyState } from "./test-context.ts";

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
