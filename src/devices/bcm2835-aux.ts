/**
 * Auxiliary block of the BCM2835: a mini UART and two SPI masters behind one interrupt; BCM2835 ARM Peripherals,
 * chapter 2.
 *
 * The SPI masters keep their settings and have nothing on their wires; transfers on them are not modelled.
 */
import type { State } from "../base/index.ts";
import type { DeviceContext, IrqLine, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, irqOutput, RegisterBlock, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { Bcm2835MiniUart, miniUartRegisters } from "./bcm2835-mini-uart.ts";
import { StateReader } from "./state-reader.ts";

/** Where the parts begin; the bit of AUX_ENABLES is the part's number. */
const PART_OFFSETS = [0x40, 0x80, 0xc0] as const;
/** STAT of an SPI master: both FIFOs empty. */
const SPI_FIFOS_EMPTY = (1 << 7) | (1 << 9);

function spiRegisters(index: 1 | 2): Record<string, RegisterSpec<Bcm2835Aux>> {
  const base = PART_OFFSETS[index];
  const name = `AUX_SPI${index}`;
  const table: Record<string, RegisterSpec<Bcm2835Aux>> = {
    [`${name}_CNTL0`]: at(base, { control: word().rw() }),
    [`${name}_CNTL1`]: at(base + 0x04, { control: word().rw() }),
    [`${name}_STAT`]: at(base + 0x08, { status: word().ro(() => SPI_FIFOS_EMPTY) }),
    [`${name}_PEEK`]: at(base + 0x0c, { data: word().ro(() => 0) }),
  };
  for (let i = 0; i < 4; i++) {
    table[`${name}_IO${i}`] = at(base + 0x20 + i * 4, { data: word().wo((s) => s.spiWritten(index)) });
    table[`${name}_TXHOLD${i}`] = at(base + 0x30 + i * 4, { data: word().wo((s) => s.spiWritten(index)) });
  }
  return table;
}

const table: Record<string, RegisterSpec<Bcm2835Aux>> = {
  AUX_IRQ: at(0x00, {
    MINI_UART: bit(0).ro((s) => Number(s.uart.hasInterrupt)),
    SPI1: bit(1).ro(() => 0),
    SPI2: bit(2).ro(() => 0),
  }),
  AUX_ENABLES: at(0x04, { parts: bits(0, 3).rw({ write: (s, value) => s.uart.setEnabled((value & 1) !== 0) }) }),
  ...miniUartRegisters<Bcm2835Aux>((s) => s.uart),
  ...spiRegisters(1),
  ...spiRegisters(2),
};

/** Output: the shared interrupt. The serial back end is the mini UART's. */
export class Bcm2835Aux implements MmioDevice {
  readonly name: string;
  readonly uart: Bcm2835MiniUart;
  private readonly context: DeviceContext;
  private readonly irq: IrqLine;
  private readonly regs: RegisterBlock<Bcm2835Aux>;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.context = context;
    this.irq = irqOutput(context, 0);
    this.uart = new Bcm2835MiniUart(context, () => this.update());
    this.regs = new RegisterBlock<Bcm2835Aux>(this, table, context.log);
  }

  reset(): void {
    this.regs.reset();
    this.uart.reset();
    this.uart.setEnabled(false);
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.isOn(offset) ? this.regs.read(offset, sizeBytes) : 0;
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    if (this.isOn(offset)) this.regs.write(offset, value, sizeBytes);
    else this.context.log.warnOnce("a write to a part that AUX_ENABLES has off was ignored");
  }

  spiWritten(index: 1 | 2): void {
    this.context.log.warnOnce(`transfers of SPI${index} are not modelled; what was written is lost`);
  }

  private isOn(offset: number): boolean {
    if (offset < PART_OFFSETS[0]) return true;
    const part = offset < PART_OFFSETS[1] ? 0 : offset < PART_OFFSETS[2] ? 1 : 2;
    return (this.regs.values.AUX_ENABLES & (1 << part)) !== 0;
  }

  private update(): void {
    this.irq.set(this.uart.hasInterrupt);
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    return { registers: { ...this.regs.values }, uart: this.uart.save() };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.regs.values = reader.registers("registers", this.regs.values);
    this.uart.restore(reader.child("uart"));
    this.update();
  }
}
