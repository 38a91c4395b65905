import { describe, expect, it } from "vitest";
import { deviceModels } from "../../src/devices/index.ts";
import { bench } from "./test-context.ts";

const names = Object.keys(deviceModels);

describe("deviceModels", () => {
  it.each(names)("%s resets, answers every word of its window, and restores what it saves", (name) => {
    const model = deviceModels[name];
    const board = bench();
    const device = model.create(board.context);
    device.reset();
    for (let offset = 0; offset < Math.min(model.registerSizeBytes, 0x1000); offset += 4)
      expect(Number.isInteger(device.read(offset, 4))).toBe(true);
    const state = structuredClone(device.save());
    const copy = model.create(bench({ clock: board.clock }).context);
    copy.reset();
    copy.restore(state);
    expect(copy.save()).toEqual(state);
  });

  it.each(names)("%s takes any word at any offset without an exception or an endless wait", (name) => {
    const model = deviceModels[name];
    const board = bench();
    const device = model.create(board.context);
    device.reset();
    let random = 0x2545f491;
    for (let i = 0; i < 3000; i++) {
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      const offset = ((random >>> 8) % Math.min(model.registerSizeBytes, 0x1000)) & ~3;
      const value = (i & 1) === 0 ? random : random & 0xff;
      if ((random & 0x80) === 0) device.write(offset, value | 0, 4);
      else device.read(offset, 4);
      if (i % 16 === 0) board.clock.advance(random % 5_000);
    }
    const state = structuredClone(device.save());
    const copy = model.create(bench({ clock: board.clock }).context);
    copy.reset();
    copy.restore(state);
    expect(copy.save()).toEqual(state);
  });

  it.each(names)("%s has the inputs it declares", (name) => {
    const { inputs, create } = deviceModels[name];
    const device = create(bench().context);
    expect("input" in device).toBe(inputs !== undefined);
  });
});
