/** The models of the BCM2835's interrupt controller, timers, firmware, power, clocks, pins and small peripherals. */

import { Bcm2835ArmTimer } from "./bcm2835-arm-timer.ts";
import { ARMCTRL_LINE_COUNT, Bcm2835ArmctrlIc } from "./bcm2835-armctrl-ic.ts";
import { Bcm2835Asb } from "./bcm2835-asb.ts";
import { Bcm2835Aux } from "./bcm2835-aux.ts";
import { Bcm2835Cprman } from "./bcm2835-cprman.ts";
import { Bcm2835Gpio, GPIO_PIN_COUNT } from "./bcm2835-gpio.ts";
import { Bcm2835I2s } from "./bcm2835-i2s.ts";
import { Bcm2835Mbox } from "./bcm2835-mbox.ts";
import { Bcm2835Pm } from "./bcm2835-pm.ts";
import { Bcm2835Pwm } from "./bcm2835-pwm.ts";
import { Bcm2835Rng } from "./bcm2835-rng.ts";
import { Bcm2835SystemTimer } from "./bcm2835-system-timer.ts";
import { Bcm2835Thermal } from "./bcm2835-thermal.ts";
import type { DeviceModel } from "./model.ts";

/** A row per model; the window is what the stock device tree gives the part. */
export const bcm2835Models: Record<string, DeviceModel> = {
  "bcm2835-arm-timer": {
    title: "BCM2835 ARM timer",
    registerSizeBytes: 0x40,
    irqOutputs: ["irq"],
    create: (context) => new Bcm2835ArmTimer(context),
  },
  "bcm2835-armctrl-ic": {
    title: "BCM2835 ARM interrupt controller",
    registerSizeBytes: 0x200,
    irqOutputs: ["irq", "fiq"],
    inputs: ARMCTRL_LINE_COUNT,
    create: (context) => new Bcm2835ArmctrlIc(context),
  },
  "bcm2835-asb": {
    title: "BCM2835 asynchronous AXI bridges",
    registerSizeBytes: 0x1000,
    irqOutputs: [],
    create: (context) => new Bcm2835Asb(context),
  },
  "bcm2835-aux": {
    title: "BCM2835 auxiliary block with mini UART",
    registerSizeBytes: 0x1000,
    irqOutputs: ["irq"],
    create: (context) => new Bcm2835Aux(context),
  },
  "bcm2835-cprman": {
    title: "BCM2835 clock manager",
    registerSizeBytes: 0x2000,
    irqOutputs: [],
    create: (context) => new Bcm2835Cprman(context),
  },
  "bcm2835-gpio": {
    title: "BCM2835 GPIO",
    registerSizeBytes: 0x1000,
    irqOutputs: ["bank0", "bank1", "bank2", "any"],
    inputs: GPIO_PIN_COUNT,
    create: (context) => new Bcm2835Gpio(context),
  },
  "bcm2835-i2s": {
    title: "BCM2835 PCM and I2S audio, no codec",
    registerSizeBytes: 0x1000,
    irqOutputs: ["irq"],
    create: (context) => new Bcm2835I2s(context),
  },
  "bcm2835-mbox": {
    title: "BCM2835 mailboxes with the Raspberry Pi firmware",
    registerSizeBytes: 0x40,
    irqOutputs: ["irq"],
    create: (context) => new Bcm2835Mbox(context),
  },
  "bcm2835-pm": {
    title: "BCM2835 power management and watchdog",
    registerSizeBytes: 0x1000,
    irqOutputs: [],
    create: (context) => new Bcm2835Pm(context),
  },
  "bcm2835-pwm": {
    title: "BCM2835 pulse width modulator",
    registerSizeBytes: 0x1000,
    irqOutputs: [],
    create: (context) => new Bcm2835Pwm(context),
  },
  "bcm2835-rng": {
    title: "BCM2835 random number generator",
    registerSizeBytes: 0x1000,
    irqOutputs: [],
    create: (context) => new Bcm2835Rng(context),
  },
  "bcm2835-system-timer": {
    title: "BCM2835 system timer",
    registerSizeBytes: 0x1000,
    irqOutputs: ["match0", "match1", "match2", "match3"],
    create: (context) => new Bcm2835SystemTimer(context),
  },
  "bcm2835-thermal": {
    title: "BCM2835 temperature sensor",
    registerSizeBytes: 0x1000,
    irqOutputs: ["irq"],
    create: (context) => new Bcm2835Thermal(context),
  },
};
