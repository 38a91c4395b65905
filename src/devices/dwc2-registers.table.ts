/**
 * Registers of the DesignWare USB 2.0 OTG core as the BCM2835 has it; no public manual: names and fields as in Linux
 * drivers/usb/dwc2/hw.h, the constants of the hardware configuration as a Raspberry Pi reads them.
 */
import { at, bit, bits, type Field, type RegisterSpec, word } from "../device/index.ts";

export const HOST_CHANNEL_COUNT = 8;
const ENDPOINT_COUNT = 8;

/** What the registers need of the core. */
export interface Dwc2Core {
  readonly otgControl: number;
  readonly interrupts: number;
  readonly frameNumber: number;
  readonly portStatus: number;
  readonly channelInterrupts: number;
  channelStatus(index: number): number;
  ahbConfigWritten(): void;
  usbConfigWritten(): void;
  resetControl(value: number): void;
  clearInterrupts(ones: number): void;
  interruptMaskWritten(): void;
  portWritten(value: number): void;
  channelCharacteristicsWritten(index: number, value: number): void;
  clearChannel(index: number, ones: number): void;
}

const stored = (offset: number, reset = 0): RegisterSpec<Dwc2Core> => at(offset, { value: word().rw() }, { reset });
const constant = (offset: number, value: number): RegisterSpec<Dwc2Core> =>
  at(offset, { value: word().ro() }, { reset: value });
/** A word that the core computes and takes as a whole. */
const live = (hooks: { read: (core: Dwc2Core) => number; write: (core: Dwc2Core, value: number) => void }) => ({
  value: word().rw<Dwc2Core>({ ...hooks, peek: hooks.read }),
});
/** Depth above, start address below, in words. */
const fifoSize = (depth: number, start: number): number => (depth << 16) | start;

const NPTX_DEPTH = 256;
const PTX_DEPTH = 512;
const RX_DEPTH = 4096;
/** Depths of the FIFOs of the IN endpoints 1 to 7. */
const endpointDepths = [256, 256, 512, 512, 512, 768, 768];

function endpointFifos(): Record<string, RegisterSpec<Dwc2Core>> {
  let start = RX_DEPTH + NPTX_DEPTH;
  return Object.fromEntries(
    endpointDepths.map((depth, i) => {
      const spec = stored(0x104 + 4 * i, fifoSize(depth, start));
      start += depth;
      return [`DPTXFSIZ${i + 1}`, spec];
    }),
  );
}

function hostChannels(): Record<string, RegisterSpec<Dwc2Core>> {
  const table: Record<string, RegisterSpec<Dwc2Core>> = {};
  for (let i = 0; i < HOST_CHANNEL_COUNT; i++) {
    const base = 0x500 + 0x20 * i;
    const enable: Record<string, Field<Dwc2Core>> = { CHDIS: bit(30).wo(() => {}), CHENA: bit(31).rw() };
    table[`HCCHAR${i}`] = at(
      base,
      { MPS: bits(0, 11).rw(), EP: bits(11, 19).rw(), ...enable },
      { onWrite: (core, value) => core.channelCharacteristicsWritten(i, value) },
    );
    table[`HCSPLT${i}`] = stored(base + 0x04);
    table[`HCINT${i}`] = at(
      base + 0x08,
      live({ read: (core) => core.channelStatus(i), write: (core, value) => core.clearChannel(i, value) }),
    );
    table[`HCINTMSK${i}`] = at(base + 0x0c, { mask: word().rw() }, { onWrite: (core) => core.interruptMaskWritten() });
    table[`HCTSIZ${i}`] = stored(base + 0x10);
    table[`HCDMA${i}`] = stored(base + 0x14);
    table[`HCDMAB${i}`] = stored(base + 0x1c);
  }
  return table;
}

/** Endpoints of device mode: kept, and never active, for no host is there. */
function endpoints(): Record<string, RegisterSpec<Dwc2Core>> {
  const table: Record<string, RegisterSpec<Dwc2Core>> = {};
  for (const [name, start] of [
    ["DIEP", 0x900],
    ["DOEP", 0xb00],
  ] as const)
    for (let i = 0; i < ENDPOINT_COUNT; i++) {
      const base = start + 0x20 * i;
      table[`${name}CTL${i}`] = at(base, {
        settings: bits(0, 30).rw(),
        EPDIS: bit(30).wo(() => {}),
        EPENA: bit(31).rw(),
      });
      table[`${name}INT${i}`] = at(base + 0x08, { interrupts: word().w1c({}) });
      table[`${name}TSIZ${i}`] = stored(base + 0x10);
      table[`${name}DMA${i}`] = stored(base + 0x14);
      if (name === "DIEP") table[`DTXFSTS${i}`] = constant(base + 0x18, endpointDepths[i - 1] ?? NPTX_DEPTH);
    }
  return table;
}

export const dwc2Registers: Readonly<Record<string, RegisterSpec<Dwc2Core>>> = {
  GOTGCTL: at(0x000, {
    overrides: bits(1, 7).rw(),
    HNPREQ: bit(9).rw(),
    HSTSETHNPEN: bit(10).rw(),
    DEVHNPEN: bit(11).rw(),
    state: bits(16, 6).ro((core) => core.otgControl >>> 16),
  }),
  GOTGINT: at(0x004, { interrupts: word().w1c({}) }),
  GAHBCFG: at(0x008, { settings: word().rw() }, { onWrite: (core) => core.ahbConfigWritten() }),
  GUSBCFG: at(0x00c, { settings: word().rw() }, { reset: 0x1400, onWrite: (core) => core.usbConfigWritten() }),
  GRSTCTL: at(
    0x010,
    { CSFTRST: bits(0, 6).wo(() => {}), TXFNUM: bits(6, 5).rw(), AHBIDLE: bit(31).ro() },
    { reset: 0x80000000, onWrite: (core, value) => core.resetControl(value) },
  ),
  GINTSTS: at(0x014, live({ read: (core) => core.interrupts, write: (core, value) => core.clearInterrupts(value) })),
  GINTMSK: at(0x018, { mask: word().rw() }, { onWrite: (core) => core.interruptMaskWritten() }),
  GRXSTSR: constant(0x01c, 0),
  GRXSTSP: constant(0x020, 0),
  GRXFSIZ: stored(0x024, RX_DEPTH),
  GNPTXFSIZ: stored(0x028, fifoSize(NPTX_DEPTH, RX_DEPTH)),
  GNPTXSTS: constant(0x02c, (8 << 16) | NPTX_DEPTH),
  GI2CCTL: stored(0x030),
  GPVNDCTL: stored(0x034),
  GGPIO: stored(0x038),
  GUID: stored(0x03c, 0x2708a000),
  GSNPSID: constant(0x040, 0x4f54280a),
  GHWCFG1: constant(0x044, 0),
  GHWCFG2: constant(0x048, 0x228ddd50),
  GHWCFG3: constant(0x04c, 0x0ff000e8),
  GHWCFG4: constant(0x050, 0x1ff00020),
  GLPMCFG: stored(0x054),
  MDIO_CNTL: stored(0x080),
  MDIO_GEN: stored(0x084),
  VBUS_DRV: stored(0x088),
  HPTXFSIZ: stored(0x100, fifoSize(PTX_DEPTH, RX_DEPTH + NPTX_DEPTH)),
  ...endpointFifos(),
  HCFG: stored(0x400),
  HFIR: stored(0x404, 0xea60),
  HFNUM: at(0x408, { value: word().ro((core) => core.frameNumber) }),
  HPTXSTS: constant(0x410, (8 << 16) | PTX_DEPTH),
  HAINT: at(0x414, { channels: word().ro((core) => core.channelInterrupts) }),
  HAINTMSK: at(0x418, { mask: word().rw() }, { onWrite: (core) => core.interruptMaskWritten() }),
  HPRT0: at(0x440, live({ read: (core) => core.portStatus, write: (core, value) => core.portWritten(value) })),
  ...hostChannels(),
  DCFG: stored(0x800),
  DCTL: at(0x804, { settings: bits(0, 2).rw(), TSTCTL: bits(4, 3).rw(), commands: bits(7, 5).wo(() => {}) }),
  DSTS: constant(0x808, 0),
  DIEPMSK: stored(0x810),
  DOEPMSK: stored(0x814),
  DAINT: constant(0x818, 0),
  DAINTMSK: stored(0x81c),
  DVBUSDIS: stored(0x828),
  DVBUSPULSE: stored(0x82c),
  DTHRCTL: stored(0x830),
  DIEPEMPMSK: stored(0x834),
  ...endpoints(),
  PCGCTL: stored(0xe00),
};
