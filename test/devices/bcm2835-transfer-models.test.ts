import { describe, expect, it } from "vitest";
import { bcm2835TransferModels } from "../../src/devices/bcm2835-transfer-models.ts";
import { bench } from "./test-context.ts";

describe("the BCM2835's transfer models", () => {
  it("are registered by the names that profiles use", () => {
    expect(Object.keys(bcm2835TransferModels)).toEqual([
      "bcm2835-dma",
      "bcm2835-i2c",
      "bcm2835-sdhci",
      "bcm2835-sdhost",
      "bcm2835-spi",
      "dwc2",
    ]);
  });

  it("drive no output of a higher number than they name", () => {
    for (const [name, model] of Object.entries(bcm2835TransferModels)) {
      const { context, irqs } = bench();
      const device = model.create(context);
      device.reset();
      let random = 12345;
      for (let i = 0; i < 2000; i++) {
        random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
        device.write(((random >>> 8) % Math.min(model.registerSizeBytes, 0x1000)) & ~3, random | 0, 4);
      }
      const driven = irqs.findLastIndex(({ edges }) => edges.length > 0);
      expect(driven, name).toBeLessThan(model.irqOutputs.length);
    }
  });
});
