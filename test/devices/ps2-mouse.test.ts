import { describe, expect, it } from "vitest";
import { Pl050 } from "../../src/devices/pl050.ts";
import { Ps2Mouse } from "../../src/devices/ps2-mouse.ts";
import { ask, drain, givenMouse } from "./ps2-bench.ts";
import { copyState } from "./test-context.ts";

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
