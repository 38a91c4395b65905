/**
 * ARM interrupt controller of the BCM2835: eight ARM lines and 64 GPU lines to IRQ, one of them to FIQ;
 * BCM2835 ARM Peripherals, chapter 7.
 *
 * Input lines are numbered as Linux does: 0 .. 7 are the ARM's own, 32 .. 63 are GPU 0 .. 31, 64 .. 95 are GPU 32 .. 63.
 */
import type { State } from "../base/index.ts";
import type { DeviceContext, IrqController, IrqLine, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, irqOutput, RegisterBlock, unconnected, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { StateReader } from "./state-reader.ts";

/** Lines a profile can name; 8 .. 31 lead nowhere. */
export const ARMCTRL_LINE_COUNT = 96;
const BANK_COUNT = 3;
const BASIC_LINES = 0xff;
const FIQ_ENABLE = 0x80;

/** GPU interrupts, within bank 1 and 2, that also show in the basic pending register from bit 10 on. */
const shortcuts: readonly { readonly bank: 1 | 2; readonly line: number }[] = [
  ...[7, 9, 10, 18, 19].map((line) => ({ bank: 1 as const, line })),
  ...[21, 22, 23, 24, 25, 30].map((line) => ({ bank: 2 as const, line })),
];
const FIRST_SHORTCUT = 10;
const shortcutLines = (bank: 1 | 2): number =>
  shortcuts.reduce((mask, shortcut) => (shortcut.bank === bank ? mask | (1 << shortcut.line) : mask), 0);
/** Lines that bit 8 and bit 9 of the basic pending register speak for: those without a bit of their own. */
const UNSHOWN = [0, ~shortcutLines(1), ~shortcutLines(2)];

const enableRegister = (offset: number, bank: number, lines = word()): RegisterSpec<Bcm2835ArmctrlIc> =>
  at(offset, { lines: lines.w1s({ read: (s) => s.enabled[bank], write: (s, ones) => s.enable(bank, ones) }) });
const disableRegister = (offset: number, bank: number, lines = word()): RegisterSpec<Bcm2835ArmctrlIc> =>
  at(offset, { lines: lines.w1c({ read: (s) => s.enabled[bank], write: (s, ones) => s.disable(bank, ones) }) });

const table: Record<string, RegisterSpec<Bcm2835ArmctrlIc>> = {
  IRQ_BASIC_PENDING: at(0x00, { pending: bits(0, 21).ro() }, { readWord: (s) => s.basicPending }),
  IRQ_PENDING_1: at(0x04, { lines: word().ro((s) => s.pending(1)) }),
  IRQ_PENDING_2: at(0x08, { lines: word().ro((s) => s.pending(2)) }),
  FIQ_CONTROL: at(0x0c, { source: bits(0, 7).rw(), enable: bit(7).rw() }, { onWrite: (s) => s.update() }),
  ENABLE_IRQS_1: enableRegister(0x10, 1),
  ENABLE_IRQS_2: enableRegister(0x14, 2),
  ENABLE_BASIC_IRQS: enableRegister(0x18, 0, bits(0, 8)),
  DISABLE_IRQS_1: disableRegister(0x1c, 1),
  DISABLE_IRQS_2: disableRegister(0x20, 2),
  DISABLE_BASIC_IRQS: disableRegister(0x24, 0, bits(0, 8)),
};

/** Outputs: IRQ and FIQ of the CPU. */
export class Bcm2835ArmctrlIc implements MmioDevice, IrqController {
  readonly name: string;
  /** Enable bits by bank: ARM, GPU 0 .. 31, GPU 32 .. 63. */
  readonly enabled: number[] = [0, 0, 0];
  private readonly irq: IrqLine;
  private readonly fiq: IrqLine;
  private readonly regs: RegisterBlock<Bcm2835ArmctrlIc>;
  /** Levels of the input lines by bank; a reset leaves the wires to those who drive them. */
  private readonly lines: number[] = [0, 0, 0];
  /** How many drivers of a line are high; it follows from what the devices say when they are restored. */
  private readonly drivers: number[] = new Array(ARMCTRL_LINE_COUNT).fill(0);

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.irq = irqOutput(context, 0);
    this.fiq = irqOutput(context, 1);
    this.regs = new RegisterBlock<Bcm2835ArmctrlIc>(this, table, context.log);
  }

  reset(): void {
    this.regs.reset();
    this.enabled.fill(0);
    this.update();
  }

  /** Each call gives a driver of its own; a line that several drive is high while one of them is. */
  input(line: number): IrqLine {
    const bank = line >> 5;
    const mask = 1 << (line & 31);
    if (bank >= BANK_COUNT || (bank === 0 && (mask & BASIC_LINES) === 0)) return unconnected;
    let isHigh = false;
    return {
      set: (level) => {
        this.drivers[line] += Number(level) - Number(isHigh);
        isHigh = level;
        const before = this.lines[bank];
        this.lines[bank] = this.drivers[line] > 0 ? before | mask : before & ~mask;
        if (this.lines[bank] !== before) this.update();
      },
    };
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.regs.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.regs.write(offset, value, sizeBytes);
  }

  /** The enabled lines of a bank that are high. */
  pending(bank: number): number {
    return this.lines[bank] & this.enabled[bank];
  }

  /** The ARM's lines, the lines with a shortcut, and in bits 8 and 9 whether a bank has others. */
  get basicPending(): number {
    let pending = this.pending(0);
    for (let bank = 1; bank < BANK_COUNT; bank++)
      if ((this.pending(bank) & UNSHOWN[bank]) !== 0) pending |= 0x80 << bank;
    for (let i = 0; i < shortcuts.length; i++) {
      const { bank, line } = shortcuts[i];
      pending |= ((this.pending(bank) >>> line) & 1) << (FIRST_SHORTCUT + i);
    }
    return pending;
  }

  enable(bank: number, ones: number): void {
    this.enabled[bank] |= ones;
    this.update();
  }

  disable(bank: number, ones: number): void {
    this.enabled[bank] &= ~ones;
    this.update();
  }

  update(): void {
    this.irq.set((this.pending(0) | this.pending(1) | this.pending(2)) !== 0);
    this.fiq.set(this.fiqLevel);
  }

  /** Sources 0 .. 63 are the GPU's, 64 .. 71 the ARM's; the enable registers have no say in it. */
  private get fiqLevel(): boolean {
    const { FIQ_CONTROL } = this.regs.values;
    if ((FIQ_CONTROL & FIQ_ENABLE) === 0) return false;
    const source = FIQ_CONTROL & 0x7f;
    const bank = source < 64 ? 1 + (source >> 5) : 0;
    if (source >= 64 + 8) return false;
    return ((this.lines[bank] >>> (source & 31)) & 1) !== 0;
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    return { registers: { ...this.regs.values }, lines: [...this.lines], enabled: [...this.enabled] };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.regs.values = reader.registers("registers", this.regs.values);
    const lines = reader.numbers("lines", BANK_COUNT);
    const enabled = reader.numbers("enabled", BANK_COUNT);
    for (let bank = 0; bank < BANK_COUNT; bank++) {
      this.lines[bank] = (lines[bank] ?? 0) | 0;
      this.enabled[bank] = (enabled[bank] ?? 0) | 0;
    }
    this.update();
  }
}
