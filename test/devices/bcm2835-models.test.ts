import { describe, expect, it } from "vitest";
import { bcm2835Models } from "../../src/devices/bcm2835-models.ts";
import { deviceModels } from "../../src/devices/index.ts";
import { bench } from "./test-context.ts";

/** Models by the `compatible` of the stock device tree, and the size it gives them. */
const deviceTreeSizes = {
  "bcm2835-armctrl-ic": 0x200,
  "bcm2835-system-timer": 0x1000,
  "bcm2835-mbox": 0x40,
  "bcm2835-pm": 0x114,
  "bcm2835-asb": 0x24,
  "bcm2835-cprman": 0x2000,
  "bcm2835-gpio": 0xb4,
  "bcm2835-aux": 0x100,
  "bcm2835-rng": 0x10,
  "bcm2835-thermal": 0x8,
  "bcm2835-pwm": 0x28,
  "bcm2835-i2s": 0x24,
};

describe("bcm2835Models", () => {
  it.each(Object.entries(deviceTreeSizes))("%s has a window for what the device tree says", (name, sizeBytes) => {
    expect(bcm2835Models[name].registerSizeBytes).toBeGreaterThanOrEqual(sizeBytes);
  });

  it("are all known to profiles, and none warns of its own registers when it is read through", () => {
    for (const [name, model] of Object.entries(bcm2835Models)) {
      expect(deviceModels[name]).toBe(model);
      const { context, log } = bench();
      const device = model.create(context);
      device.reset();
      for (const { offset } of "dump" in device ? (device.dump as () => { offset: number }[])() : [])
        device.read(offset, 4);
      expect(log).toEqual([]);
    }
  });
});
