/**
 * PCM/I2S audio interface of the BCM2835 with no codec on its pins; BCM2835 ARM Peripherals, chapter 8.
 *
 * Samples to be sent are clocked out at once while the transmitter is on; none are received. Not modelled: DMA
 * requests, grey mode.
 */
import type { State } from "../base/index.ts";
import type { DeviceContext, IrqLine, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, irqOutput, RegisterBlock, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { StateReader } from "./state-reader.ts";

const FIFO_DEPTH = 64;
/** CS_A. */
const EN = 1 << 0;
const TXON = 1 << 2;
/** TXTHR: below the top, at a quarter, at three quarters, full but one; the level at which TXW is set. */
const transmitLevels = [1, 16, 48, 63];
const TXTHR_SHIFT = 5;
/** INTEN_A, INTSTC_A. */
const INT_TXW = 1 << 0;
const INT_TXERR = 1 << 2;

const table: Record<string, RegisterSpec<Bcm2835I2s>> = {
  CS_A: at(
    0x00,
    {
      EN: bit(0).rw(),
      RXON: bit(1).rw(),
      TXON: bit(2).rw(),
      TXCLR: bit(3).wo((s, one) => one === 1 && s.clearFifo()),
      RXCLR: bit(4).wo(() => {}),
      TXTHR: bits(5, 2).rw(),
      RXTHR: bits(7, 2).rw(),
      DMAEN: bit(9).todo(),
      TXSYNC: bit(13).ro(() => 1),
      RXSYNC: bit(14).ro(() => 1),
      TXERR: bit(15).w1c({ read: (s) => Number(s.hasOverrun), write: (s) => s.clearError() }),
      RXERR: bit(16).w1c({ read: () => 0 }),
      TXW: bit(17).ro((s) => Number(s.wantsSamples)),
      RXR: bit(18).ro(() => 0),
      TXD: bit(19).ro((s) => Number(s.fifoLevel < FIFO_DEPTH)),
      RXD: bit(20).ro(() => 0),
      TXE: bit(21).ro((s) => Number(s.fifoLevel === 0)),
      RXF: bit(22).ro(() => 0),
      RXSEX: bit(23).rw(),
      // Echoes what was written after two clocks of the interface.
      SYNC: bit(24).rw(),
      STBY: bit(25).rw(),
    },
    { onWrite: (s) => s.controlWritten() },
  ),
  FIFO_A: at(0x04, { sample: word().rw({ read: () => 0, write: (s) => s.push() }) }),
  MODE_A: at(0x08, { mode: bits(0, 29).rw() }),
  RXC_A: at(0x0c, { channels: word().rw() }),
  TXC_A: at(0x10, { channels: word().rw() }),
  DREQ_A: at(0x14, { thresholds: word().rw() }, { reset: 0x10303020 }),
  INTEN_A: at(
    0x18,
    { TXW: bit(0).rw(), RXR: bit(1).rw(), TXERR: bit(2).rw(), RXERR: bit(3).rw() },
    { onWrite: (s) => s.update() },
  ),
  INTSTC_A: at(0x1c, { status: bits(0, 4).w1c({ read: (s) => s.raw, write: (s, ones) => s.clearInterrupts(ones) }) }),
  GRAY: at(0x20, { EN: bit(0).todo(), settings: bits(1, 23).rw() }),
};

/** Output: the combined interrupt. */
export class Bcm2835I2s implements MmioDevice {
  readonly name: string;
  /** INTSTC_A. */
  raw = 0;
  fifoLevel = 0;
  hasOverrun = false;
  private readonly irq: IrqLine;
  private readonly regs: RegisterBlock<Bcm2835I2s>;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.irq = irqOutput(context, 0);
    this.regs = new RegisterBlock<Bcm2835I2s>(this, table, context.log);
  }

  reset(): void {
    this.regs.reset();
    this.raw = 0;
    this.fifoLevel = 0;
    this.hasOverrun = false;
    this.update();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.regs.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.regs.write(offset, value, sizeBytes);
  }

  get wantsSamples(): boolean {
    const { CS_A } = this.regs.values;
    return (CS_A & TXON) !== 0 && this.fifoLevel < transmitLevels[(CS_A >> TXTHR_SHIFT) & 3];
  }

  controlWritten(): void {
    if ((this.regs.values.CS_A & (EN | TXON)) === (EN | TXON)) this.fifoLevel = 0;
    if (this.wantsSamples) this.raw |= INT_TXW;
    this.update();
  }

  push(): void {
    if (this.fifoLevel >= FIFO_DEPTH) {
      this.hasOverrun = true;
      this.raw |= INT_TXERR;
    } else this.fifoLevel++;
    this.controlWritten();
  }

  clearFifo(): void {
    this.fifoLevel = 0;
  }

  clearError(): void {
    this.hasOverrun = false;
  }

  clearInterrupts(ones: number): void {
    this.raw &= ~ones;
    this.update();
  }

  update(): void {
    this.irq.set((this.raw & this.regs.values.INTEN_A) !== 0);
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    const { raw, fifoLevel, hasOverrun } = this;
    return { registers: { ...this.regs.values }, raw, fifoLevel, hasOverrun };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.regs.values = reader.registers("registers", this.regs.values);
    this.raw = reader.number("raw", 0, 0xf);
    this.fifoLevel = reader.number("fifoLevel", 0, FIFO_DEPTH);
    this.hasOverrun = reader.boolean("hasOverrun");
    this.update();
  }
}
