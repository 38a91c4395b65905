/**
 * GPIO of the BCM2835: 54 pins with their functions, levels, events and pulls; BCM2835 ARM Peripherals, chapter 6.
 *
 * A pin that nothing outside drives lies at its pull, or keeps low without one. The functions of other blocks are
 * selected and kept; the blocks themselves are wired by the board profile, not by these pins. Pins 14, 15, 40, 45, 47
 * and 48 .. 53 come as the firmware leaves them.
 */
import type { State } from "../base/index.ts";
import type { DeviceContext, IrqLine, MmioDevice, PinBank, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bits, irqOutput, RegisterBlock, unconnected, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { StateReader } from "./state-reader.ts";

export const GPIO_PIN_COUNT = 54;
/** The pins of the second bank. */
const BANK1_PINS = (1 << (GPIO_PIN_COUNT - 32)) - 1;
const PINS_PER_SELECT = 10;
const SELECT_COUNT = 6;

/** GPFSELn: 0 input, 1 output, then the functions of other blocks in the manual's order. */
const FUNCTION_OUTPUT = 1;
const functionNames = ["input", "output", "alt5", "alt4", "alt0", "alt1", "alt2", "alt3"] as const;
export type PinFunction = (typeof functionNames)[number];
const ALT0 = 4;
const ALT3 = 7;

/** GPPUD codes. */
const PULL_DOWN = 1;
const PULL_UP = 2;
const pullNames = ["none", "down", "up"] as const;
export type PinPull = (typeof pullNames)[number];

/** First and last pin, and what they are: pulls after power-on, section 6.2 ... */
const powerOnPulls = [
  [0, 8, PULL_UP],
  [9, 27, PULL_DOWN],
  [30, 33, PULL_DOWN],
  [34, 36, PULL_UP],
  [37, 43, PULL_DOWN],
  [46, 53, PULL_UP],
] as const;
/** ... and functions after the boot loader: console, audio, activity light, card. */
const bootFunctions = [
  [14, 15, ALT0],
  [40, 40, ALT0],
  [45, 45, ALT0],
  [47, 47, FUNCTION_OUTPUT],
  [48, 53, ALT3],
] as const;

/** Interrupt outputs 0 .. 2 by their first and last pin; output 3 is their sum. */
const irqPins = [
  [0, 27],
  [28, 45],
  [46, 53],
] as const;

type Bank = 0 | 1;
/** A bit for each pin. */
type Pins = [number, number];

const isIn = (pins: readonly [number, number], pin: number): boolean => ((pins[pin >> 5] >>> (pin & 31)) & 1) !== 0;
const pinMask = (first: number, last: number): Pins => {
  const mask: Pins = [0, 0];
  for (let pin = first; pin <= last; pin++) mask[pin >> 5] |= 1 << (pin & 31);
  return mask;
};

const bankPins = (bank: Bank) => (bank === 0 ? word() : bits(0, GPIO_PIN_COUNT - 32));

function bankRegisters(bank: Bank): Record<string, RegisterSpec<Bcm2835Gpio>> {
  const register = (base: number) => base + bank * 4;
  const pins = bankPins(bank);
  const detect = () => ({ pins: pins.rw({ write: (s: Bcm2835Gpio) => s.update() }) });
  return {
    [`GPSET${bank}`]: at(register(0x1c), { pins: pins.wo((s, ones) => s.drive(bank, ones, 0)) }),
    [`GPCLR${bank}`]: at(register(0x28), { pins: pins.wo((s, ones) => s.drive(bank, 0, ones)) }),
    [`GPLEV${bank}`]: at(register(0x34), { pins: pins.ro((s) => s.levels(bank)) }),
    [`GPEDS${bank}`]: at(register(0x40), {
      pins: pins.w1c({ read: (s) => s.events[bank], write: (s, ones) => s.clearEvents(bank, ones) }),
    }),
    [`GPREN${bank}`]: at(register(0x4c), detect()),
    [`GPFEN${bank}`]: at(register(0x58), detect()),
    [`GPHEN${bank}`]: at(register(0x64), detect()),
    [`GPLEN${bank}`]: at(register(0x70), detect()),
    [`GPAREN${bank}`]: at(register(0x7c), detect()),
    [`GPAFEN${bank}`]: at(register(0x88), detect()),
    [`GPPUDCLK${bank}`]: at(register(0x98), { pins: pins.rw({ write: (s, ones) => s.clockPulls(bank, ones) }) }),
  };
}

function selectRegisters(): Record<string, RegisterSpec<Bcm2835Gpio>> {
  const table: Record<string, RegisterSpec<Bcm2835Gpio>> = {};
  for (let i = 0; i < SELECT_COUNT; i++) {
    const pinCount = Math.min(PINS_PER_SELECT, GPIO_PIN_COUNT - i * PINS_PER_SELECT);
    let reset = 0;
    for (const [first, last, code] of bootFunctions)
      for (let pin = first; pin <= last; pin++)
        if (Math.floor(pin / PINS_PER_SELECT) === i) reset |= code << ((pin % PINS_PER_SELECT) * 3);
    table[`GPFSEL${i}`] = at(i * 4, { FSEL: bits(0, pinCount * 3).rw() }, { reset, onWrite: (s) => s.update() });
  }
  return table;
}

const table: Record<string, RegisterSpec<Bcm2835Gpio>> = {
  ...selectRegisters(),
  ...bankRegisters(0),
  ...bankRegisters(1),
  GPPUD: at(0x94, { PUD: bits(0, 2).rw() }),
};

/** Outputs: pins 0 .. 27, 28 .. 45, 46 .. 53, and all. `input(n)` drives pin n from outside. */
export class Bcm2835Gpio implements MmioDevice, PinBank {
  readonly pinCount = GPIO_PIN_COUNT;
  readonly name: string;
  /** Called with each pin whose level changed: what the guest drives, or what the board shows it. */
  onLevel: (pin: number, level: boolean) => void = () => {};
  /** GPEDS0 and GPEDS1, edges only; levels add themselves as long as they last. */
  private readonly edges: Pins = [0, 0];
  /** What GPSET and GPCLR left, also on pins that are no outputs. */
  private readonly latches: Pins = [0, 0];
  /** What the outside drives, and which pins it does. */
  private readonly outside: Pins = [0, 0];
  private readonly driven: Pins = [0, 0];
  private readonly pullsUp: Pins = [0, 0];
  private readonly pullsDown: Pins = [0, 0];
  private readonly seen: Pins = [0, 0];
  private readonly irqs: readonly IrqLine[];
  private readonly regs: RegisterBlock<Bcm2835Gpio>;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.irqs = [0, 1, 2, 3].map((index) => irqOutput(context, index));
    this.regs = new RegisterBlock<Bcm2835Gpio>(this, table, context.log);
  }

  /** The outside goes on driving what it drives. */
  reset(): void {
    this.regs.reset();
    for (const pins of [this.edges, this.latches, this.pullsUp, this.pullsDown]) pins.fill(0);
    for (const [first, last, pull] of powerOnPulls) {
      const mask = pinMask(first, last);
      const pulls = pull === PULL_UP ? this.pullsUp : this.pullsDown;
      for (const bank of [0, 1] as const) pulls[bank] |= mask[bank];
    }
    // A change of level that the reset itself makes is no event.
    for (const bank of [0, 1] as const) this.seen[bank] = this.levels(bank);
    this.update();
  }

  input(line: number): IrqLine {
    if (line >= GPIO_PIN_COUNT) return unconnected;
    const bank = line >> 5;
    const pin = 1 << (line & 31);
    return {
      set: (level) => {
        this.driven[bank] |= pin;
        this.outside[bank] = level ? this.outside[bank] | pin : this.outside[bank] & ~pin;
        this.update();
      },
    };
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.regs.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.regs.write(offset, value, sizeBytes);
  }

  /** The level of a pin as a meter would show it. */
  level(pin: number): boolean {
    return isIn([this.levels(0), this.levels(1)], pin);
  }

  functionOf(pin: number): PinFunction {
    return functionNames[this.functionCode(pin)];
  }

  pullOf(pin: number): PinPull {
    if (isIn(this.pullsUp, pin)) return "up";
    return isIn(this.pullsDown, pin) ? "down" : pullNames[0];
  }

  drive(bank: Bank, set: number, clear: number): void {
    this.latches[bank] = (this.latches[bank] | set) & ~clear;
    this.update();
  }

  /** GPPUDCLKn: the pins named take the pull that GPPUD says. */
  clockPulls(bank: Bank, ones: number): void {
    const pull = this.regs.values.GPPUD;
    this.pullsUp[bank] = (this.pullsUp[bank] & ~ones) | (pull === PULL_UP ? ones : 0);
    this.pullsDown[bank] = (this.pullsDown[bank] & ~ones) | (pull === PULL_DOWN ? ones : 0);
    this.update();
  }

  levels(bank: Bank): number {
    const outputs = this.outputs(bank);
    const resting = (this.driven[bank] & this.outside[bank]) | (~this.driven[bank] & this.pullsUp[bank]);
    return (this.latches[bank] & outputs) | (resting & ~outputs);
  }

  /** GPEDSn: edges that were seen, and levels that are there now. */
  get events(): Pins {
    const events: Pins = [0, 0];
    for (const bank of [0, 1] as const) {
      const levels = this.levels(bank);
      const { [`GPHEN${bank}`]: high, [`GPLEN${bank}`]: low } = this.regs.values;
      events[bank] = this.edges[bank] | (levels & high) | (~levels & low);
    }
    events[1] &= BANK1_PINS;
    return events;
  }

  clearEvents(bank: Bank, ones: number): void {
    this.edges[bank] &= ~ones;
    this.update();
  }

  /** Looks for edges since the last time, and drives the interrupt lines. */
  update(): void {
    for (const bank of [0, 1] as const) {
      const levels = this.levels(bank);
      const changed = levels ^ this.seen[bank];
      this.seen[bank] = levels;
      const { values } = this.regs;
      const rising = values[`GPREN${bank}`] | values[`GPAREN${bank}`];
      const falling = values[`GPFEN${bank}`] | values[`GPAFEN${bank}`];
      this.edges[bank] |= changed & ((levels & rising) | (~levels & falling));
      this.report(bank, changed, levels);
    }
    this.driveLines();
  }

  private report(bank: Bank, changed: number, levels: number): void {
    for (let rest = changed; rest !== 0; rest &= rest - 1) {
      const bitNumber = 31 - Math.clz32(rest & -rest);
      this.onLevel(bank * 32 + bitNumber, ((levels >>> bitNumber) & 1) !== 0);
    }
  }

  private driveLines(): void {
    const events = this.events;
    for (let i = 0; i < irqPins.length; i++) {
      const mask = irqMasks[i];
      this.irqs[i].set(((events[0] & mask[0]) | (events[1] & mask[1])) !== 0);
    }
    this.irqs[irqPins.length].set((events[0] | events[1]) !== 0);
  }

  private functionCode(pin: number): number {
    return (this.regs.values[`GPFSEL${Math.floor(pin / PINS_PER_SELECT)}`] >>> ((pin % PINS_PER_SELECT) * 3)) & 7;
  }

  private outputs(bank: Bank): number {
    let outputs = 0;
    for (let pin = bank * 32; pin < Math.min(GPIO_PIN_COUNT, bank * 32 + 32); pin++)
      if (this.functionCode(pin) === FUNCTION_OUTPUT) outputs |= 1 << (pin & 31);
    return outputs;
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    const { edges, latches, outside, driven, pullsUp, pullsDown, seen } = this;
    const pins = { edges, latches, outside, driven, pullsUp, pullsDown, seen };
    return {
      registers: { ...this.regs.values },
      ...Object.fromEntries(Object.entries(pins).map(([name, value]) => [name, [...value]])),
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.regs.values = reader.registers("registers", this.regs.values);
    const { edges, latches, outside, driven, pullsUp, pullsDown, seen } = this;
    for (const [name, pins] of Object.entries({ edges, latches, outside, driven, pullsUp, pullsDown, seen })) {
      const saved = reader.numbers(name, 2);
      for (const bank of [0, 1]) pins[bank] = (saved[bank] ?? 0) | 0;
    }
    this.update();
  }
}

const irqMasks: readonly Pins[] = irqPins.map(([first, last]) => pinMask(first, last));
