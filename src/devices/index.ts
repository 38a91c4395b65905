/** All device models by the name a board profile uses. */

import type { DeviceModel } from "./model.ts";
import { Pl011 } from "./pl011.ts";
import { Pl031 } from "./pl031.ts";
import { Pl190 } from "./pl190.ts";
import { Sp804 } from "./sp804.ts";
import { Sp805 } from "./sp805.ts";
import { Sp810 } from "./sp810.ts";
import { sicOutputs, VersatileSic } from "./versatile-sic.ts";
import { VersatileSysreg } from "./versatile-sysreg.ts";
import { Zero } from "./zero.ts";

export type { DeviceModel } from "./model.ts";

/** A row per model; the window of a PrimeCell is one page. */
export const deviceModels: Record<string, DeviceModel> = {
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
  pl190: {
    title: "ARM PL190 vectored interrupt controller",
    registerSizeBytes: 0x1000,
    irqOutputs: ["irq", "fiq"],
    inputs: 32,
    create: (context) => new Pl190(context),
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
    irqOutputs: [],
    create: (context) => new VersatileSysreg(context),
  },
  zero: {
    title: "part that is not fitted: reads zero",
    registerSizeBytes: 0x10000000,
    irqOutputs: [],
    create: (context) => new Zero(context),
  },
};
