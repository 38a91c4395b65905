import { describe, expect, it } from "vitest";
import { silentLogger } from "../../src/base/index.ts";
import { Ps2Keyboard } from "../../src/devices/ps2-keyboard.ts";

describe("ps2 peripheral", () => {
  it("tells the port about every answer it queued", () => {
    const keyboard = new Ps2Keyboard(silentLogger());
    let told = 0;
    keyboard.onQueued = () => told++;
    keyboard.receive(0xf2);
    expect([told, keyboard.hasOutput]).toEqual([1, true]);
  });

  it("gives its last byte again when nothing waits", () => {
    const keyboard = new Ps2Keyboard(silentLogger());
    keyboard.receive(0xee);
    expect([keyboard.take(), keyboard.take(), keyboard.hasOutput]).toEqual([0xee, 0xee, false]);
  });

  it("forgets its queue and a command that waits for its parameter on reset", () => {
    const keyboard = new Ps2Keyboard(silentLogger());
    keyboard.receive(0xed);
    keyboard.reset();
    keyboard.receive(0x01);
    expect([keyboard.take(), keyboard.leds]).toEqual([0xfe, 0]);
  });

  it("survives a host that sends every byte and never reads", () => {
    const keyboard = new Ps2Keyboard(silentLogger());
    for (let i = 0; i < 10_000; i++) keyboard.receive(i & 0xff);
    const { queue } = keyboard.save() as { queue: number[] };
    expect(queue.length).toBeLessThanOrEqual(256);
  });

  it("refuses a state that is not its own", () => {
    const keyboard = new Ps2Keyboard(silentLogger());
    const state = keyboard.save();
    for (const wrong of [{}, { ...state, queue: [256] }, { ...state, lastSent: "a" }, { ...state, settings: [] }])
      expect(() => keyboard.restore(wrong)).toThrow(expect.objectContaining({ code: "state-invalid" }));
  });
});
