/**
 * The PLLs, their channels and the clocks of the BCM2835's clock manager: offsets, sources and what the firmware leaves
 * running; Linux, clk-bcm2835.c, and BCM2835 ARM Peripherals, section 6.3.
 */

export interface PllRow {
  readonly name: string;
  /** CM_PLLx: load and hold bits of the channels, and the reset of the analogue part. */
  readonly cm: number;
  readonly a2wCtrl: number;
  readonly frac: number;
  readonly ana0: number;
  /** The flag in CM_LOCK. */
  readonly lock: number;
  /** The bit of ANA1 that doubles the feedback. */
  readonly prediv: number;
  /** ANA0 .. ANA3 without the pre-divider. */
  readonly ana: readonly [number, number, number, number];
}

/** KP = 8, KI = 2, KA = 2. */
const usualAna = [0, 0x00140000, 0, 0x100] as const;

export const plls: readonly PllRow[] = [
  { name: "PLLA", cm: 0x104, a2wCtrl: 0x1100, frac: 0x1200, ana0: 0x1010, lock: 8, prediv: 1 << 14, ana: usualAna },
  { name: "PLLB", cm: 0x170, a2wCtrl: 0x11e0, frac: 0x12e0, ana0: 0x10f0, lock: 9, prediv: 1 << 14, ana: usualAna },
  { name: "PLLC", cm: 0x108, a2wCtrl: 0x1120, frac: 0x1220, ana0: 0x1030, lock: 10, prediv: 1 << 14, ana: usualAna },
  { name: "PLLD", cm: 0x10c, a2wCtrl: 0x1140, frac: 0x1240, ana0: 0x1050, lock: 11, prediv: 1 << 14, ana: usualAna },
  {
    name: "PLLH",
    cm: 0x110,
    a2wCtrl: 0x1160,
    frac: 0x1260,
    ana0: 0x1070,
    lock: 12,
    prediv: 1 << 11,
    ana: [0x00900000, 0x0000000c, 0, 0],
  },
];

export interface ChannelRow {
  readonly name: string;
  readonly pll: string;
  readonly a2w: number;
}

/** A2W registers with a divider of eight bits and a disable bit. */
export const channels: readonly ChannelRow[] = [
  { name: "PLLA_DSI0", pll: "PLLA", a2w: 0x1300 },
  { name: "PLLA_CORE", pll: "PLLA", a2w: 0x1400 },
  { name: "PLLA_PER", pll: "PLLA", a2w: 0x1500 },
  { name: "PLLA_CCP2", pll: "PLLA", a2w: 0x1600 },
  { name: "PLLB_ARM", pll: "PLLB", a2w: 0x13e0 },
  { name: "PLLB_SP0", pll: "PLLB", a2w: 0x14e0 },
  { name: "PLLB_SP1", pll: "PLLB", a2w: 0x15e0 },
  { name: "PLLB_SP2", pll: "PLLB", a2w: 0x16e0 },
  { name: "PLLC_CORE2", pll: "PLLC", a2w: 0x1320 },
  { name: "PLLC_CORE1", pll: "PLLC", a2w: 0x1420 },
  { name: "PLLC_PER", pll: "PLLC", a2w: 0x1520 },
  { name: "PLLC_CORE0", pll: "PLLC", a2w: 0x1620 },
  { name: "PLLD_DSI0", pll: "PLLD", a2w: 0x1340 },
  { name: "PLLD_CORE", pll: "PLLD", a2w: 0x1440 },
  { name: "PLLD_PER", pll: "PLLD", a2w: 0x1540 },
  { name: "PLLD_DSI1", pll: "PLLD", a2w: 0x1640 },
  { name: "PLLH_AUX", pll: "PLLH", a2w: 0x1360 },
  { name: "PLLH_RCAL", pll: "PLLH", a2w: 0x1460 },
  { name: "PLLH_PIX", pll: "PLLH", a2w: 0x1560 },
];

/** Sources by the SRC field of a clock; an empty name is ground or a test input, which does not oscillate. */
const perSources = ["", "OSC", "", "", "PLLA_PER", "PLLC_PER", "PLLD_PER", "PLLH_AUX"];
const coreSources = ["", "OSC", "", "", "PLLA_CORE", "PLLC_CORE0", "PLLD_CORE", "PLLH_AUX", "PLLC_CORE1", "PLLC_CORE2"];
const oscSources = ["", "OSC"];

export interface ClockRow {
  readonly name: string;
  /** CM_xCTL; CM_xDIV is the next word. */
  readonly ctl: number;
  readonly sources: readonly string[];
  /** Where the clock counts in CM_TCNTCTL, as far as known. */
  readonly tcnt?: number;
}

const row = (name: string, ctl: number, sources: readonly string[], tcnt?: number): ClockRow => ({
  name,
  ctl,
  sources,
  tcnt,
});

export const clocks: readonly ClockRow[] = [
  row("GNRIC", 0x000, oscSources),
  row("VPU", 0x008, coreSources, 5),
  row("SYS", 0x010, coreSources),
  row("PERIA", 0x018, coreSources),
  row("PERII", 0x020, coreSources),
  row("H264", 0x028, coreSources, 1),
  row("ISP", 0x030, coreSources, 2),
  row("V3D", 0x038, coreSources, 4),
  row("CAM0", 0x040, perSources, 14),
  row("CAM1", 0x048, perSources, 15),
  row("CCP2", 0x050, perSources),
  row("DSI0E", 0x058, perSources, 18),
  row("DSI0P", 0x060, [], 12),
  row("DPI", 0x068, perSources, 17),
  row("GP0", 0x070, perSources, 20),
  row("GP1", 0x078, perSources, 21),
  row("GP2", 0x080, perSources),
  row("HSM", 0x088, perSources, 22),
  row("OTP", 0x090, oscSources, 6),
  row("PCM", 0x098, perSources, 23),
  row("PWM", 0x0a0, perSources, 24),
  row("SLIM", 0x0a8, perSources, 25),
  row("SMI", 0x0b0, perSources, 27),
  row("TEC", 0x0c8, oscSources),
  row("TD0", 0x0d0, oscSources),
  row("TD1", 0x0d8, oscSources),
  row("TSENS", 0x0e0, oscSources),
  row("TIMER", 0x0e8, oscSources),
  row("UART", 0x0f0, perSources, 28),
  row("VEC", 0x0f8, perSources, 29),
  row("DSI1E", 0x158, perSources, 19),
  row("DSI1P", 0x160, [], 13),
  row("DFT", 0x168, perSources),
  row("PULSE", 0x190, perSources),
  row("SDC", 0x1a8, coreSources, 3),
  row("ARM", 0x1b0, coreSources),
  row("AVEO", 0x1b8, perSources, 38),
  row("EMMC", 0x1c0, perSources, 39),
];

/** What the firmware sets up before it starts the ARM: a clock's source, its rate, and whether it runs. */
export interface BootClock {
  readonly source: string;
  readonly rateHz: number;
  readonly isOn: boolean;
}

/** `coreHz` stands for the rate of the profile. */
export const bootClocks = (coreHz: number): Readonly<Record<string, BootClock>> => ({
  VPU: { source: "PLLC_CORE0", rateHz: coreHz, isOn: true },
  H264: { source: "PLLC_CORE0", rateHz: coreHz, isOn: false },
  ISP: { source: "PLLC_CORE0", rateHz: coreHz, isOn: false },
  V3D: { source: "PLLC_CORE0", rateHz: coreHz, isOn: false },
  OTP: { source: "OSC", rateHz: 4_800_000, isOn: true },
  TSENS: { source: "OSC", rateHz: 1_920_000, isOn: true },
  TIMER: { source: "OSC", rateHz: 1_000_000, isOn: true },
  UART: { source: "PLLD_PER", rateHz: 48_000_000, isOn: true },
  SDC: { source: "PLLD_CORE", rateHz: 166_666_668, isOn: false },
  EMMC: { source: "PLLC_PER", rateHz: 250_000_000, isOn: true },
});
