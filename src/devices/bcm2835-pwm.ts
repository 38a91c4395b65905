/**
 * Pulse width modulator of the BCM2835: two channels fed from data registers or a FIFO; BCM2835 ARM Peripherals,
 * chapter 9.
 *
 * What a channel puts out follows from its registers; `dutyCycle` says it. Words written to the FIFO are played at
 * once by a channel that uses it; without one they stay until the FIFO is cleared. Not modelled: DMA requests.
 */
import type { State } from "../base/index.ts";
import type { DeviceContext, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, RegisterBlock, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { StateReader } from "./state-reader.ts";

const FIFO_DEPTH = 16;
/** CTL of channel 1; those of channel 2 lie eight bits higher. */
const PWEN = 1 << 0;
const POLA = 1 << 4;
const USEF = 1 << 5;
const RANGE_RESET = 0x20;
const WERR = 1 << 2;

const channelFields = (index: 1 | 2) => {
  const low = (index - 1) * 8;
  return {
    [`PWEN${index}`]: bit(low).rw<Bcm2835Pwm>(),
    [`MODE${index}`]: bit(low + 1).rw<Bcm2835Pwm>(),
    [`RPTL${index}`]: bit(low + 2).rw<Bcm2835Pwm>(),
    [`SBIT${index}`]: bit(low + 3).rw<Bcm2835Pwm>(),
    [`POLA${index}`]: bit(low + 4).rw<Bcm2835Pwm>(),
    [`USEF${index}`]: bit(low + 5).rw<Bcm2835Pwm>(),
    [`MSEN${index}`]: bit(low + 7).rw<Bcm2835Pwm>(),
  };
};

const table: Record<string, RegisterSpec<Bcm2835Pwm>> = {
  CTL: at(
    0x00,
    { ...channelFields(1), CLRF1: bit(6).wo((s, one) => one === 1 && s.clearFifo()), ...channelFields(2) },
    { onWrite: (s) => s.drainFifo() },
  ),
  STA: at(0x04, {
    FULL1: bit(0).ro((s) => Number(s.fifoLevel >= FIFO_DEPTH)),
    EMPT1: bit(1).ro((s) => Number(s.fifoLevel === 0)),
    errors: bits(2, 7).w1c({ read: (s) => s.errors >> 2, write: (s, ones) => s.clearErrors(ones << 2) }),
    STA1: bit(9).ro((s) => Number(s.isEnabled(1))),
    STA2: bit(10).ro((s) => Number(s.isEnabled(2))),
  }),
  DMAC: at(0x08, { DREQ: bits(0, 8).rw(), PANIC: bits(8, 8).rw(), ENAB: bit(31).todo() }, { reset: 0x707 }),
  RNG1: at(0x10, { range: word().rw() }, { reset: RANGE_RESET }),
  DAT1: at(0x14, { data: word().rw() }),
  FIF1: at(0x18, { data: word().wo((s) => s.pushFifo()) }),
  RNG2: at(0x20, { range: word().rw() }, { reset: RANGE_RESET }),
  DAT2: at(0x24, { data: word().rw() }),
};

export class Bcm2835Pwm implements MmioDevice {
  readonly name: string;
  /** STA: errors that were seen, in their places. */
  errors = 0;
  fifoLevel = 0;
  private readonly regs: RegisterBlock<Bcm2835Pwm>;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.regs = new RegisterBlock<Bcm2835Pwm>(this, table, context.log);
  }

  reset(): void {
    this.regs.reset();
    this.errors = 0;
    this.fifoLevel = 0;
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.regs.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.regs.write(offset, value, sizeBytes);
  }

  isEnabled(channel: 1 | 2): boolean {
    return (this.control(channel) & PWEN) !== 0;
  }

  /** The share of the time in which a channel's pin is high, 0 .. 1; for one fed by the FIFO that of its last data word. */
  dutyCycle(channel: 1 | 2): number {
    const { values } = this.regs;
    const range = values[`RNG${channel}`] >>> 0;
    const high = this.isEnabled(channel) && range > 0 ? Math.min(1, (values[`DAT${channel}`] >>> 0) / range) : 0;
    return (this.control(channel) & POLA) !== 0 ? 1 - high : high;
  }

  pushFifo(): void {
    if (this.fifoLevel >= FIFO_DEPTH) this.errors |= WERR;
    else this.fifoLevel++;
    this.drainFifo();
  }

  drainFifo(): void {
    for (const channel of [1, 2] as const)
      if ((this.control(channel) & (PWEN | USEF)) === (PWEN | USEF)) this.fifoLevel = 0;
  }

  clearFifo(): void {
    this.fifoLevel = 0;
  }

  clearErrors(ones: number): void {
    this.errors &= ~ones;
  }

  private control(channel: 1 | 2): number {
    return (this.regs.values.CTL >> ((channel - 1) * 8)) & 0xff;
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    return { registers: { ...this.regs.values }, errors: this.errors, fifoLevel: this.fifoLevel };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.regs.values = reader.registers("registers", this.regs.values);
    this.errors = reader.number("errors", 0, 0x1ff);
    this.fifoLevel = reader.number("fifoLevel", 0, FIFO_DEPTH);
  }
}
