/** All device models by the name a board profile uses. */

import { bcm2835Models } from "./bcm2835-models.ts";
import { bcm2835TransferModels } from "./bcm2835-transfer-models.ts";
import type { DeviceModel } from "./model.ts";
import { NorFlash } from "./nor-flash.ts";
import { Pl011 } from "./pl011.ts";
import { Pl031 } from "./pl031.ts";
import { Pl050 } from "./pl050.ts";
import { Pl061 } from "./pl061.ts";
import { Pl080 } from "./pl080.ts";
import { Pl110 } from "./pl110.ts";
import { Pl181 } from "./pl181.ts";
import { Pl190 } from "./pl190.ts";
import { Ps2Keyboard } from "./ps2-keyboard.ts";
import { Ps2Mouse } from "./ps2-mouse.ts";
import { Smc91c111 } from "./smc91c111.ts";
import { Sp804 } from "./sp804.ts";
import { Sp805 } from "./sp805.ts";
import { Sp810 } from "./sp810.ts";
import { VersatileI2c } from "./versatile-i2c.ts";
import { sicOutputs, VersatileSic } from "./versatile-sic.ts";
import { VersatileSysreg } from "./versatile-sysreg.ts";
import { VirtioBlk } from "./virtio-blk.ts";
import { emptyVirtioDevice } from "./virtio-device.ts";
import { VirtioMmio } from "./virtio-mmio.ts";
import { VirtioRng } from "./virtio-rng.ts";
import { Zero } from "./zero.ts";

export type { DeviceModel } from "./model.ts";
export { Pl050 } from "./pl050.ts";
export { type Frame, Pl110 } from "./pl110.ts";
export { Ps2Keyboard } from "./ps2-keyboard.ts";
export { Ps2Mouse } from "./ps2-mouse.ts";

/** A row per model; the window of a PrimeCell is one page. */
export const deviceModels: Record<string, DeviceModel> = {
  ...bcm2835Models,
  ...bcm2835TransferModels,
  "nor-flash": {
    title: "NOR flash, two 16-bit CFI chips",
    registerSizeBytes: 0x4000000,
    irqOutputs: [],
    create: (context) => new NorFlash(context),
  },
  pl011: {
    title: "ARM PL011 UART",
    registerSizeBytes: 0x1000,
    irqOutputs: ["irq"],
    needs: ["serial"],
    create: (context) => new Pl011(context),
  },
  pl031: {
    title: "ARM PL031 real-time clock",
    registerSizeBytes: 0x1000,
    irqOutputs: ["irq"],
    create: (context) => new Pl031(context),
  },
  "pl050-keyboard": {
    title: "ARM PL050 interface with a PS/2 keyboard",
    registerSizeBytes: 0x1000,
    irqOutputs: ["irq"],
    create: (context) => new Pl050(context, new Ps2Keyboard(context.log)),
  },
  "pl050-mouse": {
    title: "ARM PL050 interface with a PS/2 mouse",
    registerSizeBytes: 0x1000,
    irqOutputs: ["irq"],
    create: (context) => new Pl050(context, new Ps2Mouse(context.log)),
  },
  pl061: {
    title: "ARM PL061 GPIO",
    registerSizeBytes: 0x1000,
    irqOutputs: ["irq"],
    inputs: 8,
    create: (context) => new Pl061(context),
  },
  pl080: {
    title: "ARM PL080 DMA controller",
    registerSizeBytes: 0x1000,
    irqOutputs: ["irq"],
    create: (context) => new Pl080(context),
  },
  pl110: {
    title: "ARM PL110 colour LCD controller",
    registerSizeBytes: 0x1000,
    irqOutputs: ["irq"],
    inputs: 2,
    create: (context) => new Pl110(context),
  },
  pl181: {
    title: "ARM PL181 multimedia card interface, empty slot",
    registerSizeBytes: 0x1000,
    irqOutputs: ["irq0", "irq1"],
    create: (context) => new Pl181(context),
  },
  pl190: {
    title: "ARM PL190 vectored interrupt controller",
    registerSizeBytes: 0x1000,
    irqOutputs: ["irq", "fiq"],
    inputs: 32,
    create: (context) => new Pl190(context),
  },
  smc91c111: {
    title: "SMSC LAN91C111 Ethernet controller, no cable",
    registerSizeBytes: 0x10000,
    irqOutputs: ["irq"],
    create: (context) => new Smc91c111(context),
  },
  sp804: {
    title: "ARM SP804 dual timer",
    registerSizeBytes: 0x1000,
    irqOutputs: ["irq", "timer1", "timer2"],
    create: (context) => new Sp804(context),
  },
  sp805: {
    title: "ARM SP805 watchdog",
    registerSizeBytes: 0x1000,
    irqOutputs: ["irq"],
    create: (context) => new Sp805(context),
  },
  sp810: {
    title: "ARM SP810 system controller",
    registerSizeBytes: 0x1000,
    irqOutputs: [],
    create: (context) => new Sp810(context),
  },
  "versatile-i2c": {
    title: "Versatile two-wire serial control",
    registerSizeBytes: 0x1000,
    irqOutputs: [],
    create: (context) => new VersatileI2c(context),
  },
  "versatile-sic": {
    title: "Versatile secondary interrupt controller",
    registerSizeBytes: 0x1000,
    irqOutputs: sicOutputs,
    inputs: 32,
    create: (context) => new VersatileSic(context),
  },
  "versatile-sysreg": {
    title: "Versatile status and system control registers",
    registerSizeBytes: 0x1000,
    irqOutputs: ["lcdMode0", "lcdMode1"],
    create: (context) => new VersatileSysreg(context),
  },
  "virtio-mmio-blk": {
    title: "virtio block device",
    registerSizeBytes: 0x200,
    irqOutputs: ["irq"],
    needs: ["block"],
    create: (context) => new VirtioMmio(context, new VirtioBlk(context)),
  },
  "virtio-mmio-empty": {
    title: "virtio transport with nothing behind it",
    registerSizeBytes: 0x200,
    irqOutputs: ["irq"],
    create: (context) => new VirtioMmio(context, emptyVirtioDevice),
  },
  "virtio-mmio-rng": {
    title: "virtio entropy source",
    registerSizeBytes: 0x200,
    irqOutputs: ["irq"],
    create: (context) => new VirtioMmio(context, new VirtioRng(context)),
  },
  zero: {
    title: "part that is not fitted: reads zero",
    registerSizeBytes: 0x10000000,
    irqOutputs: [],
    create: (context) => new Zero(context),
  },
};
