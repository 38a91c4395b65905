/**
 * Power management block of the BCM2835: resets, the watchdog and the power domains; Linux, bcm2835_wdt.c and
 * bcm2835-power.c (the manual leaves it out).
 *
 * The watchdog is also how the board is reset and switched off: the boot loader stays halted when the partition number
 * in PM_RSTS is 63. Supplies are good and memories repaired as soon as they are asked for.
 */
import type { Clock, State, Timer } from "../base/index.ts";
import type { DeviceContext, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, RegisterBlock } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { StateReader } from "./state-reader.ts";
import { TickRate } from "./tick-rate.ts";

const PASSWORD = 0x5a;
const WATCHDOG_HZ = 65_536;
const WATCHDOG_MAX = 0xfffff;

/** PM_RSTC: WRCFG says what an expiry does; only a full reset is more than a stopped watchdog. */
const RSTC_RESET = 0x102;
const WRCFG_MASK = 0x30;
const WRCFG_FULL_RESET = 0x20;
/** PM_RSTS: the partition to boot from lies in the even bits below 12; the reset cause beside it. */
const PARTITION_BITS = 0x555;
const PARTITION_HALT = 0x555;
const HADWRF = 1 << 5;
const HADPOR = 1 << 12;

/** Power domain registers. */
const POWUP = 1 << 0;
const POWOK = 1 << 1;
const ISPOW = 1 << 2;
const MEMREP = 1 << 3;
const MRDONE = 1 << 4;
const ISFUNC = 1 << 5;
const PERIRSTN = 1 << 6;
const ENAB = 1 << 12;
const DOMAIN_ON = POWUP | POWOK | ISPOW | MEMREP | MRDONE | ISFUNC | ENAB;

/** Settings of supplies, pads and analogue parts: kept, with nothing behind them. */
const settings: readonly (readonly [number, string, number])[] = [
  [0x00, "PM_GNRIC", 0],
  [0x04, "PM_AUDIO", 0x0],
  [0x28, "PM_PADS0", 0x1b],
  [0x2c, "PM_PADS2", 0x1b],
  [0x30, "PM_PADS3", 0x1b],
  [0x34, "PM_PADS4", 0x1b],
  [0x38, "PM_PADS5", 0x1b],
  [0x3c, "PM_PADS6", 0x1b],
  [0x44, "PM_CAM0", 0],
  [0x48, "PM_CAM1", 0],
  [0x4c, "PM_CCP2TX", 0],
  [0x50, "PM_DSI0", 0],
  [0x54, "PM_DSI1", 0],
  [0x58, "PM_HDMI", 0],
  [0x5c, "PM_USB", 0],
  [0x60, "PM_PXLDO", 0],
  [0x64, "PM_PXBG", 0],
  [0x68, "PM_DFT", 0],
  [0x6c, "PM_SMPS", 0],
  [0x70, "PM_XOSC", 0],
  [0x74, "PM_SPAREW", 0],
  [0x78, "PM_SPARER", 0],
  [0x7c, "PM_AVS_RSTDR", 0],
  [0x84, "PM_AVS_EVENT", 0],
  [0x88, "PM_AVS_INTEN", 0],
  [0xfc, "PM_DUMMY", 0],
];

const domain = (offset: number, name: string, reset: number): Record<string, RegisterSpec<Bcm2835Pm>> => ({
  [name]: at(
    offset,
    {
      POWUP: bit(0).rw(),
      POWOK: bit(1).ro((s) => s.domainBit(name, POWUP)),
      ISPOW: bit(2).rw(),
      MEMREP: bit(3).rw(),
      MRDONE: bit(4).ro((s) => s.domainBit(name, MEMREP)),
      ISFUNC: bit(5).rw(),
      // PERIRSTN or V3DRSTN, H264RSTN, ISPRSTN, ENAB, INRUSH.
      control: bits(6, 15).rw(),
    },
    { reset },
  ),
});

const table: Record<string, RegisterSpec<Bcm2835Pm>> = {
  ...Object.fromEntries(
    settings.map(([offset, name, reset]) => [name, at(offset, { value: bits(0, 24).rw<Bcm2835Pm>() }, { reset })]),
  ),
  PM_STATUS: at(0x18, { value: bits(0, 24).ro() }),
  PM_RSTC: at(0x1c, { value: bits(0, 24).rw() }, { reset: RSTC_RESET, onWrite: (s) => s.resetControlWritten() }),
  PM_RSTS: at(0x20, { value: bits(0, 24).rw() }),
  PM_WDOG: at(0x24, { TIME: bits(0, 20).rw({ read: (s) => s.remaining, write: (s, v) => s.load(v) }) }),
  PM_AVS_STAT: at(0x80, { value: bits(0, 24).ro() }),
  // The firmware leaves the peripheral side of the image domain on, and the 3D core off.
  ...domain(0x108, "PM_IMAGE", DOMAIN_ON | PERIRSTN),
  ...domain(0x10c, "PM_GRAFX", ENAB),
  ...domain(0x110, "PM_PROC", DOMAIN_ON),
};

export class Bcm2835Pm implements MmioDevice {
  readonly name: string;
  private readonly context: DeviceContext;
  private readonly clock: Clock;
  private readonly rate = new TickRate(WATCHDOG_HZ);
  private readonly regs: RegisterBlock<Bcm2835Pm>;
  private readonly timer: Timer;
  /** Ticks left at `anchorNs`. */
  private anchorTicks = 0;
  private anchorNs = 0;
  private isRunning = false;
  /** The watchdog has asked for the reset that is to come. */
  private hasExpired = false;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.context = context;
    this.clock = context.clock;
    this.regs = new RegisterBlock<Bcm2835Pm>(this, table, context.log);
    this.timer = context.clock.timer(`${context.name}.watchdog`, () => this.expire());
  }

  /** After the watchdog the partition and the cause stay in PM_RSTS. */
  reset(): void {
    const partition = this.regs.values.PM_RSTS & PARTITION_BITS;
    this.regs.reset();
    this.regs.values.PM_RSTS = this.hasExpired ? partition | HADWRF : HADPOR;
    this.hasExpired = false;
    this.isRunning = false;
    this.anchorTicks = 0;
    this.anchorNs = this.clock.nowNs();
    this.timer.cancel();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.regs.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    if (value >>> 24 === PASSWORD && sizeBytes === 4) this.regs.write(offset, value, sizeBytes);
    else this.context.log.warnOnce("a write without the password 0x5a was ignored");
  }

  domainBit(name: string, request: number): number {
    return Number((this.regs.values[name] & request) !== 0);
  }

  /** PM_WDOG. */
  get remaining(): number {
    if (!this.isRunning) return this.anchorTicks;
    return Math.max(0, this.anchorTicks - this.rate.ticks(this.clock.nowNs() - this.anchorNs));
  }

  load(ticks: number): void {
    this.anchorTicks = ticks;
    this.anchorNs = this.clock.nowNs();
    this.schedule();
  }

  resetControlWritten(): void {
    this.anchorTicks = this.remaining;
    this.anchorNs = this.clock.nowNs();
    this.isRunning = (this.regs.values.PM_RSTC & WRCFG_MASK) === WRCFG_FULL_RESET;
    this.schedule();
  }

  private schedule(): void {
    if (this.isRunning) this.timer.arm(this.anchorNs + this.rate.durationNs(this.anchorTicks));
    else this.timer.cancel();
  }

  private expire(): void {
    this.isRunning = false;
    this.anchorTicks = 0;
    if ((this.regs.values.PM_RSTS & PARTITION_BITS) === PARTITION_HALT) {
      this.context.requestPowerOff();
      return;
    }
    this.hasExpired = true;
    this.context.requestReset();
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    return {
      registers: { ...this.regs.values },
      anchorTicks: this.anchorTicks,
      anchorNs: this.anchorNs,
      isRunning: this.isRunning,
      hasExpired: this.hasExpired,
      expiryNs: this.timer.deadlineNs ?? null,
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.regs.values = reader.registers("registers", this.regs.values);
    this.anchorTicks = reader.number("anchorTicks", 0, WATCHDOG_MAX);
    this.anchorNs = reader.timeNs("anchorNs");
    this.isRunning = reader.boolean("isRunning");
    this.hasExpired = reader.boolean("hasExpired");
    reader.timer("expiryNs", this.timer);
  }
}
