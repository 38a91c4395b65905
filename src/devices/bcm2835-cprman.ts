/**
 * Clock manager of the BCM2835: PLLs from the 19.2 MHz crystal, their channels, and the peripheral clocks; BCM2835 ARM
 * Peripherals, section 6.3, and Linux, clk-bcm2835.c, for what the manual leaves out.
 *
 * The registers are those that the firmware leaves behind. Rates follow from them, as `rateHz` says; the other models
 * have their rates from the profile and do not listen. PLLs lock and clocks stop at once.
 */
import type { Clock, State } from "../base/index.ts";
import type { DeviceContext, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, RegisterBlock } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import type { ChannelRow, ClockRow, PllRow } from "./bcm2835-cprman.table.ts";
import { bootClocks, channels, clocks, plls } from "./bcm2835-cprman.table.ts";
import { numberOption } from "./options.ts";
import { StateReader } from "./state-reader.ts";
import { TickRate } from "./tick-rate.ts";

const PASSWORD = 0x5a;
const OSCILLATOR_HZ = 19_200_000;

/** CM_xCTL. */
const ENAB = 1 << 4;
const GATE = 1 << 6;
const FRAC = 1 << 9;
/** CM_PLLx: the analogue part is held in reset. */
const ANARST = 1 << 8;
/** A2W_PLLx_CTRL. */
const PWRDN = 1 << 16;
const PRST_DISABLE = 1 << 17;
/** A2W_PLLx channel. */
const CHANNEL_DISABLE = 1 << 8;
const FRAC_BITS = 20;
const DIVIDER_BITS = 12;
/** Above this rate a PLL needs its feedback divided before the counter. */
const FEEDBACK_RATE_MAX_HZ = 1_750_000_000;
/** CM_TCNTCTL. */
const TCNT_KILL = 1 << 5;
const REFERENCE_COUNT_MAX = 0xffffff;

/** The rates a PLL and its channels have when the ARM starts; a channel that is not named is off. */
interface BootPll {
  readonly vcoHz: number;
  readonly channels: Readonly<Record<string, number>>;
}

function bootPlls(coreHz: number, armHz: number): Readonly<Record<string, BootPll>> {
  // The largest even multiple of the core's rate that PLLC can make, up to eight.
  const multiple = [8, 6, 4].find((factor) => factor * coreHz <= 2_400_000_000) ?? 2;
  return {
    PLLB: { vcoHz: 2 * armHz, channels: { PLLB_ARM: 2 } },
    PLLC: { vcoHz: multiple * coreHz, channels: { PLLC_CORE0: 2, PLLC_PER: 2 } },
    PLLD: { vcoHz: 2_000_000_000, channels: { PLLD_CORE: 4, PLLD_PER: 4 } },
  };
}

/** NDIV, FDIV and whether the pre-divider doubles them; the fraction is rounded up, as the firmware does. */
function feedback(vcoHz: number): { ndiv: number; fdiv: number; isDoubled: boolean } {
  const isDoubled = vcoHz > FEEDBACK_RATE_MAX_HZ;
  const ratio = vcoHz / (isDoubled ? 2 : 1) / OSCILLATOR_HZ;
  const ndiv = Math.floor(ratio);
  return { ndiv, fdiv: Math.ceil((ratio - ndiv) * (1 << FRAC_BITS)), isDoubled };
}

function pllRegisters(pll: PllRow, boot: BootPll | undefined): Record<string, RegisterSpec<Bcm2835Cprman>> {
  const { ndiv, fdiv, isDoubled } = feedback(boot?.vcoHz ?? 0);
  const control = boot === undefined ? PWRDN | (1 << 12) : PRST_DISABLE | (1 << 12) | ndiv;
  const ana = pll.ana.map((value, i) => (i === 1 && isDoubled ? value | pll.prediv : value));
  return {
    [`CM_${pll.name}`]: at(pll.cm, { control: bits(0, 24).rw() }, { reset: boot === undefined ? ANARST : 0 }),
    [`A2W_${pll.name}_CTRL`]: at(
      pll.a2wCtrl,
      { NDIV: bits(0, 10).rw(), PDIV: bits(12, 3).rw(), PWRDN: bit(16).rw(), PRST_DISABLE: bit(17).rw() },
      { reset: control },
    ),
    [`A2W_${pll.name}_FRAC`]: at(pll.frac, { FRAC: bits(0, FRAC_BITS).rw() }, { reset: fdiv }),
    ...Object.fromEntries(
      ana.map((reset, i) => [
        `A2W_${pll.name}_ANA${i}`,
        at(pll.ana0 + i * 4, { value: bits(0, 24).rw<Bcm2835Cprman>() }, { reset }),
      ]),
    ),
  };
}

const channelRegister = (channel: ChannelRow, divider: number | undefined): RegisterSpec<Bcm2835Cprman> =>
  at(
    channel.a2w,
    { DIV: bits(0, 8).rw(), CHENB: bit(8).rw() },
    { reset: divider === undefined ? CHANNEL_DISABLE : divider },
  );

/** CM_xCTL and CM_xDIV of a clock; BUSY follows ENAB. */
function clockRegisters(
  clock: ClockRow,
  control: number,
  divider: number,
): Record<string, RegisterSpec<Bcm2835Cprman>> {
  const { name } = clock;
  return {
    [`CM_${name}CTL`]: at(
      clock.ctl,
      {
        SRC: bits(0, 4).rw(),
        ENAB: bit(4).rw(),
        KILL: bit(5).rw({ write: (s, value) => value !== 0 && s.kill(name) }),
        GATE: bit(6).rw(),
        BUSY: bit(7).ro((s) => s.isBusy(name)),
        BUSYD: bit(8).ro((s) => s.isBusy(name)),
        MASH: bits(9, 2).rw(),
        FLIP: bit(11).rw(),
      },
      { reset: control },
    ),
    [`CM_${name}DIV`]: at(clock.ctl + 4, { DIVF: bits(0, 12).rw(), DIVI: bits(12, 12).rw() }, { reset: divider }),
  };
}

/** Options: `coreHz` (250 MHz) and `armHz` (700 MHz), as the firmware's configuration has them. */
export class Bcm2835Cprman implements MmioDevice {
  readonly name: string;
  private readonly context: DeviceContext;
  private readonly clock: Clock;
  private readonly oscillator = new TickRate(OSCILLATOR_HZ);
  private readonly regs: RegisterBlock<Bcm2835Cprman>;
  /** When the reference count of a measurement began, and how far it counts. */
  private measureNs = 0;
  private referenceCount = 0;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.context = context;
    this.clock = context.clock;
    this.regs = new RegisterBlock<Bcm2835Cprman>(this, registers(context), context.log);
  }

  reset(): void {
    this.regs.reset();
    this.measureNs = this.clock.nowNs();
    this.referenceCount = 0;
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.regs.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    if (value >>> 24 === PASSWORD && sizeBytes === 4) this.regs.write(offset, value, sizeBytes);
    else this.context.log.warnOnce("a write without the password 0x5a was ignored");
  }

  /** The rate of the oscillator, a PLL, a PLL channel or a clock by its name in the tables; zero where it stands still. */
  rateHz(name: string): number {
    if (name === "OSC") return OSCILLATOR_HZ;
    const clock = clocks.find((row) => row.name === name);
    if (clock !== undefined) return this.clockRateHz(clock);
    const channel = channels.find((row) => row.name === name);
    if (channel !== undefined) return this.channelRateHz(channel);
    const pll = plls.find((row) => row.name === name);
    return pll === undefined ? 0 : this.pllRateHz(pll);
  }

  /** CM_LOCK: a PLL with power and out of reset has locked. */
  get lockFlags(): number {
    let flags = 0;
    for (const pll of plls) if (this.isLocked(pll)) flags |= 1 << pll.lock;
    return flags;
  }

  isBusy(name: string): number {
    return Number((this.regs.values[`CM_${name}CTL`] & ENAB) !== 0);
  }

  kill(name: string): void {
    this.regs.values[`CM_${name}CTL`] &= ~ENAB;
  }

  startMeasurement(referenceCount: number): void {
    this.referenceCount = referenceCount;
    this.measureNs = this.clock.nowNs();
  }

  /** CM_OSCCOUNT: what is left of the reference count. */
  get referenceLeft(): number {
    return Math.max(0, this.referenceCount - this.oscillator.ticks(this.clock.nowNs() - this.measureNs));
  }

  /** CM_TCNTCNT: periods of the selected clock while the reference counted. */
  get measuredCount(): number {
    const control = this.regs.values.CM_TCNTCTL;
    const selected = (control & 0xf) | (((control >> 12) & 3) << 4);
    const clock = clocks.find(({ tcnt }) => tcnt === selected);
    if (clock === undefined || (control & TCNT_KILL) !== 0) return 0;
    const counted = this.referenceCount - this.referenceLeft;
    return Math.floor((this.clockRateHz(clock) / OSCILLATOR_HZ) * counted) & 0xffffff;
  }

  private isLocked(pll: PllRow): boolean {
    const { values } = this.regs;
    return (values[`A2W_${pll.name}_CTRL`] & PWRDN) === 0 && (values[`CM_${pll.name}`] & ANARST) === 0;
  }

  private pllRateHz(pll: PllRow): number {
    const { values } = this.regs;
    const control = values[`A2W_${pll.name}_CTRL`];
    const pdiv = (control >> 12) & 7;
    if (!this.isLocked(pll) || (control & PRST_DISABLE) === 0 || pdiv === 0) return 0;
    const factor = (values[`A2W_${pll.name}_ANA1`] & pll.prediv) !== 0 ? 2 : 1;
    const ratio = (control & 0x3ff) + values[`A2W_${pll.name}_FRAC`] / (1 << FRAC_BITS);
    return (OSCILLATOR_HZ * ratio * factor) / pdiv;
  }

  /** A divider of zero stands for 256. */
  private channelRateHz({ name, pll }: ChannelRow): number {
    const value = this.regs.values[`A2W_${name}`];
    const source = plls.find((row) => row.name === pll);
    if (source === undefined || (value & CHANNEL_DISABLE) !== 0) return 0;
    return this.pllRateHz(source) / (value & 0xff || 256);
  }

  /** The VPU's clock has no switch: it is the bus. */
  private clockRateHz({ name, sources }: ClockRow): number {
    const control = this.regs.values[`CM_${name}CTL`];
    const divider = this.regs.values[`CM_${name}DIV`];
    const source = sources[control & 0xf] ?? "";
    const isOn = (control & ENAB) !== 0 || name === "VPU";
    return source === "" || !isOn || divider === 0 ? 0 : this.rateHz(source) / (divider / (1 << DIVIDER_BITS));
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    const { measureNs, referenceCount } = this;
    return { registers: { ...this.regs.values }, measureNs, referenceCount };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.regs.values = reader.registers("registers", this.regs.values);
    this.measureNs = reader.timeNs("measureNs");
    this.referenceCount = reader.number("referenceCount", 0, REFERENCE_COUNT_MAX);
  }
}

function registers(context: DeviceContext): Record<string, RegisterSpec<Bcm2835Cprman>> {
  const coreHz = numberOption(context, "coreHz", { fallback: 250_000_000, low: 100_000_000, high: 600_000_000 });
  const armHz = numberOption(context, "armHz", { fallback: 700_000_000, low: 300_000_000, high: 1_200_000_000 });
  const pllsAtBoot = bootPlls(coreHz, armHz);
  const clocksAtBoot = bootClocks(coreHz);
  const table: Record<string, RegisterSpec<Bcm2835Cprman>> = {
    CM_TCNTCTL: at(0x0c0, { control: bits(0, 24).rw() }),
    CM_TCNTCNT: at(0x0c4, { count: bits(0, 24).ro((s) => s.measuredCount) }),
    CM_OSCCOUNT: at(0x100, {
      count: bits(0, 24).rw({ read: (s) => s.referenceLeft, write: (s, value) => s.startMeasurement(value) }),
    }),
    CM_LOCK: at(0x114, { FLOCK: bits(0, 24).ro((s) => s.lockFlags) }),
    CM_EVENT: at(0x118, { event: bits(0, 24).rw() }),
    A2W_XOSC_CTRL: at(0x1190, { enables: bits(0, 8).rw() }, { reset: 0xff }),
  };
  const channelRate = (name: string): number => {
    if (name === "OSC") return OSCILLATOR_HZ;
    const channel = channels.find((row) => row.name === name);
    const boot = pllsAtBoot[channel?.pll ?? ""];
    return boot === undefined ? 0 : boot.vcoHz / (boot.channels[name] ?? 1);
  };
  for (const pll of plls) Object.assign(table, pllRegisters(pll, pllsAtBoot[pll.name]));
  for (const channel of channels)
    table[`A2W_${channel.name}`] = channelRegister(channel, pllsAtBoot[channel.pll]?.channels[channel.name]);
  for (const clock of clocks) {
    const boot = clocksAtBoot[clock.name];
    const source = boot === undefined ? 0 : clock.sources.indexOf(boot.source);
    const divider = boot === undefined ? 0 : Math.round((channelRate(boot.source) / boot.rateHz) * (1 << DIVIDER_BITS));
    const fraction = (divider & ((1 << DIVIDER_BITS) - 1)) === 0 ? 0 : FRAC;
    const isOn = boot?.isOn === true ? ENAB | GATE : 0;
    Object.assign(table, clockRegisters(clock, source | isOn | fraction, divider));
  }
  return table;
}
