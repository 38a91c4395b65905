/**
 * ARM-side timer of the BCM2835: one counter of an SP804 with a pre-divider, and a free-running counter; BCM2835 ARM
 * Peripherals, chapter 14.
 *
 * Unlike an SP804 it always counts down from the load value again. The 23 bits that the manual gives the wide counter
 * are 32 in the part (errata to page 197).
 */
import type { Clock, State } from "../base/index.ts";
import type { DeviceContext, IrqLine, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, irqOutput, RegisterBlock, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { clockOption } from "./options.ts";
import { Sp804Counter } from "./sp804-counter.ts";
import { StateReader } from "./state-reader.ts";
import { TickRate } from "./tick-rate.ts";

/** Control bits that mean the same as in an SP804: TimerSize, TimerPre, IntEnable, TimerEn. */
const SP804_BITS = 0xae;
const SP804_PERIODIC = 1 << 6;
const PRESCALE_MASK = 3 << 2;
const FREE_ENABLE = 1 << 9;
const PRE_DIVIDER_RESET = 0x7d;
const CONTROL_RESET = 0x003e0020;

const table: Record<string, RegisterSpec<Bcm2835ArmTimer>> = {
  Load: at(0x00, {
    value: word().rw({ read: (s) => s.counter.loadValue, write: (s, v) => s.counter.writeLoad(v) }),
  }),
  Value: at(0x04, { value: word().ro((s) => s.counter.value) }),
  Control: at(
    0x08,
    {
      wide: bit(1).rw(),
      prescale: bits(2, 2).rw(),
      interruptEnable: bit(5).rw(),
      enable: bit(7).rw(),
      // The core is never halted by a debugger behind the model's back.
      debugHalt: bit(8).rw(),
      freeEnable: bit(9).rw(),
      freePrescale: bits(16, 8).rw(),
    },
    { reset: CONTROL_RESET, onWrite: (s) => s.controlWritten() },
  ),
  IRQClear: at(0x0c, { value: word().wo((s) => s.counter.clearInterrupt()) }),
  RAWIRQ: at(0x10, { interrupt: bit(0).ro((s) => Number(s.counter.rawInterrupt)) }),
  MaskedIRQ: at(0x14, { interrupt: bit(0).ro((s) => Number(s.counter.maskedInterrupt)) }),
  Reload: at(0x18, {
    value: word().rw({ read: (s) => s.counter.loadValue, write: (s, v) => s.counter.writeBackgroundLoad(v) }),
  }),
  PreDivider: at(
    0x1c,
    { divider: bits(0, 10).rw() },
    { reset: PRE_DIVIDER_RESET, onWrite: (s) => s.preDividerWritten() },
  ),
  FreeCounter: at(0x20, { count: word().ro((s) => s.freeCount) }),
};

/** Output: the ARM's interrupt 0. Option `clockHz`: the core clock, 250 MHz. */
export class Bcm2835ArmTimer implements MmioDevice {
  readonly name: string;
  readonly counter: Sp804Counter;
  private readonly clock: Clock;
  private readonly irq: IrqLine;
  private readonly clockHz: number;
  private readonly regs: RegisterBlock<Bcm2835ArmTimer>;
  private freeRate: TickRate;
  private freeAnchorNs = 0;
  private freeAnchorCount = 0;
  private isFreeRunning = false;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.clock = context.clock;
    this.irq = irqOutput(context, 0);
    this.clockHz = clockOption(context, 250_000_000);
    this.counter = new Sp804Counter({
      name: `${context.name}.zero`,
      clock: context.clock,
      clockHz: this.clockHz,
      changed: () => this.irq.set(this.counter.maskedInterrupt),
    });
    this.regs = new RegisterBlock<Bcm2835ArmTimer>(this, table, context.log);
    this.freeRate = new TickRate(this.clockHz, 1);
  }

  reset(): void {
    this.regs.reset();
    this.counter.reset();
    this.freeAnchorCount = 0;
    this.isFreeRunning = false;
    this.preDividerWritten();
    this.controlWritten();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.regs.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.regs.write(offset, value, sizeBytes);
  }

  get freeCount(): number {
    if (!this.isFreeRunning) return this.freeAnchorCount | 0;
    return (this.freeAnchorCount + this.freeRate.ticks(this.clock.nowNs() - this.freeAnchorNs)) | 0;
  }

  controlWritten(): void {
    const { Control } = this.regs.values;
    // The fourth prescale code, undefined in an SP804, divides by one here.
    const isFourth = (Control & PRESCALE_MASK) === PRESCALE_MASK;
    this.counter.writeControl((Control & SP804_BITS & (isFourth ? ~PRESCALE_MASK : -1)) | SP804_PERIODIC);
    this.freeAnchorCount = this.freeCount >>> 0;
    this.freeAnchorNs = this.clock.nowNs();
    this.isFreeRunning = (Control & FREE_ENABLE) !== 0;
    this.setFreeRate();
  }

  preDividerWritten(): void {
    this.counter.setDivider(this.regs.values.PreDivider + 1);
  }

  private setFreeRate(): void {
    this.freeRate = new TickRate(this.clockHz, ((this.regs.values.Control >> 16) & 0xff) + 1);
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    return {
      registers: { ...this.regs.values },
      counter: this.counter.save(),
      freeAnchorNs: this.freeAnchorNs,
      freeAnchorCount: this.freeAnchorCount,
      isFreeRunning: this.isFreeRunning,
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.regs.values = reader.registers("registers", this.regs.values);
    this.preDividerWritten();
    this.counter.restore(reader.child("counter"));
    this.freeAnchorNs = reader.timeNs("freeAnchorNs");
    this.freeAnchorCount = reader.number("freeAnchorCount", 0);
    this.isFreeRunning = reader.boolean("isFreeRunning");
    this.setFreeRate();
    this.irq.set(this.counter.maskedInterrupt);
  }
}
