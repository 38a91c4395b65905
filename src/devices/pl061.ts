/** PL061 GPIO, eight pins; ARM DDI 0190B chapter 3. */
import type { State } from "../base/index.ts";
import type { DeviceContext, IrqLine, MmioDevice, PinBank, RegisterDump } from "../device/index.ts";
import { at, bits, irqOutput, primeCellId, RegisterBlock } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { StateReader } from "./state-reader.ts";

const PIN_COUNT = 8;
/** GPIODATA takes the first KiB: address bits 9:2 are the mask of the pins that an access touches. */
const DATA_WINDOW_SIZE = 0x400;

const pins = () => bits(0, PIN_COUNT);
const setting = () => pins().rw({ write: (s: Pl061) => s.update() });

const table = {
  GPIODIR: at(0x400, { pins: pins().rw({ write: (s: Pl061) => s.changeDirection() }) }),
  GPIOIS: at(0x404, { pins: setting() }),
  GPIOIBE: at(0x408, { pins: setting() }),
  GPIOIEV: at(0x40c, { pins: setting() }),
  GPIOIE: at(0x410, { pins: setting() }),
  GPIORIS: at(0x414, { pins: pins().ro((s: Pl061) => s.rawStatus()) }),
  GPIOMIS: at(0x418, { pins: pins().ro((s: Pl061) => s.maskedStatus()) }),
  GPIOIC: at(0x41c, { pins: pins().wo((s: Pl061, value) => s.clearEdges(value)) }),
  GPIOAFSEL: at(0x420, { pins: pins().todo<Pl061>() }),
  ...primeCellId<Pl061>(0x00041061),
};

/** Output 0 is the interrupt; `input(n)` drives pin n from outside. */
export class Pl061 implements MmioDevice, PinBank {
  readonly pinCount = PIN_COUNT;
  readonly name: string;
  /** Called when a pin that the guest drives changed: levels and which pins are driven, a bit each. */
  onOutput: (levels: number, driven: number) => void = () => {};
  private readonly context: DeviceContext;
  private readonly registers: RegisterBlock<Pl061>;
  /** What the outside drives, also on pins that are outputs now. */
  private inputs = 0;
  private outputs = 0;
  private edges = 0;

  constructor(context: DeviceContext) {
    this.context = context;
    this.name = context.name;
    this.registers = new RegisterBlock<Pl061>(this, table, context.log);
  }

  reset(): void {
    this.registers.reset();
    this.outputs = 0;
    this.edges = 0;
    this.onOutput(0, 0);
    this.update();
  }

  input(line: number): IrqLine {
    const pin = 1 << line;
    return {
      set: (level) => {
        const before = this.inputs;
        this.inputs = level ? before | pin : before & ~pin;
        this.latchEdges(before ^ this.inputs);
      },
    };
  }

  level(pin: number): boolean {
    return ((this.levels() >>> pin) & 1) !== 0;
  }

  read(offset: number, sizeBytes: AccessSize): number {
    if (offset >= DATA_WINDOW_SIZE) return this.registers.read(offset, sizeBytes);
    return this.levels() & (offset >> 2);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    if (offset >= DATA_WINDOW_SIZE) {
      this.registers.write(offset, value, sizeBytes);
      return;
    }
    // A pin that is an input keeps no value for the time when it becomes an output.
    const touched = (offset >> 2) & 0xff & this.registers.values.GPIODIR;
    this.outputs = (this.outputs & ~touched) | (value & touched);
    if (touched !== 0) this.onOutput(this.outputs, this.registers.values.GPIODIR);
  }

  changeDirection(): void {
    const driven = this.registers.values.GPIODIR;
    this.outputs &= driven;
    this.onOutput(this.outputs, driven);
    this.update();
  }

  /** Edges that were seen and levels that are there now, on pins that are inputs. */
  rawStatus(): number {
    const { GPIOIS, GPIOIEV, GPIODIR } = this.registers.values;
    const matching = ~(this.inputs ^ GPIOIEV) & ~GPIODIR & 0xff;
    return (this.edges & ~GPIOIS) | (matching & GPIOIS);
  }

  maskedStatus(): number {
    return this.rawStatus() & this.registers.values.GPIOIE;
  }

  clearEdges(value: number): void {
    this.edges &= ~value;
    this.update();
  }

  update(): void {
    irqOutput(this.context, 0).set(this.maskedStatus() !== 0);
  }

  dump(): RegisterDump[] {
    return this.registers.dump();
  }

  save(): State {
    const { inputs, outputs, edges } = this;
    return { registers: { ...this.registers.values }, inputs, outputs, edges };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.registers.values = reader.registers("registers", this.registers.values);
    this.inputs = reader.number("inputs", 0, 0xff);
    this.outputs = reader.number("outputs", 0, 0xff);
    this.edges = reader.number("edges", 0, 0xff);
    this.onOutput(this.outputs, this.registers.values.GPIODIR);
    this.update();
  }

  private levels(): number {
    const { GPIODIR } = this.registers.values;
    return (this.outputs & GPIODIR) | (this.inputs & ~GPIODIR);
  }

  private latchEdges(changed: number): void {
    const { GPIOIS, GPIOIBE, GPIOIEV, GPIODIR } = this.registers.values;
    const wanted = GPIOIBE | ~(this.inputs ^ GPIOIEV);
    this.edges |= changed & wanted & ~GPIOIS & ~GPIODIR & 0xff;
    this.update();
  }
}
