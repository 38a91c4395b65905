/** The models of the BCM2835's DMA controller, SD card controllers, serial buses and USB core. */

import { Bcm2835Dma, DREQ_LINES, dmaOutputs } from "./bcm2835-dma.ts";
import { Bcm2835I2c } from "./bcm2835-i2c.ts";
import { Bcm2835Sdhci } from "./bcm2835-sdhci.ts";
import { Bcm2835Sdhost } from "./bcm2835-sdhost.ts";
import { Bcm2835Spi } from "./bcm2835-spi.ts";
import { Dwc2 } from "./dwc2.ts";
import type { DeviceModel } from "./model.ts";

/** A row per model. A "dreq" output leads to the DMA controller's input of its number. */
export const bcm2835TransferModels: Record<string, DeviceModel> = {
  "bcm2835-dma": {
    title: "BCM2835 DMA controller",
    registerSizeBytes: 0x1000,
    irqOutputs: dmaOutputs,
    inputs: DREQ_LINES,
    create: (context) => new Bcm2835Dma(context),
  },
  "bcm2835-i2c": {
    title: "BCM2835 I2C master, nothing on the bus",
    registerSizeBytes: 0x1000,
    irqOutputs: ["irq"],
    create: (context) => new Bcm2835I2c(context),
  },
  "bcm2835-sdhci": {
    title: "BCM2835 EMMC SD host controller",
    registerSizeBytes: 0x100,
    irqOutputs: ["irq", "dreq"],
    needs: ["block"],
    create: (context) => new Bcm2835Sdhci(context),
  },
  "bcm2835-sdhost": {
    title: "BCM2835 SDHOST SD card controller",
    registerSizeBytes: 0x100,
    irqOutputs: ["irq", "dreq"],
    needs: ["block"],
    create: (context) => new Bcm2835Sdhost(context),
  },
  "bcm2835-spi": {
    title: "BCM2835 SPI master, nothing attached",
    registerSizeBytes: 0x1000,
    irqOutputs: ["irq", "dreq-transmit", "dreq-receive"],
    create: (context) => new Bcm2835Spi(context),
  },
  dwc2: {
    title: "DesignWare USB 2.0 OTG core, nothing plugged in",
    registerSizeBytes: 0x10000,
    irqOutputs: ["irq"],
    create: (context) => new Dwc2(context),
  },
};
