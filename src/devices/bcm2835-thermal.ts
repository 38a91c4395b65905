/**
 * Temperature sensor of the BCM2835; Linux, bcm2835_thermal.c, and the coefficients of the device tree.
 *
 * The chip's surroundings are the profile's: option `milliCelsius` is what the sensor feels.
 */
import type { State } from "../base/index.ts";
import type { DeviceContext, IrqLine, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, irqOutput, RegisterBlock } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { numberOption } from "./options.ts";
import { StateReader } from "./state-reader.ts";

/** Of the BCM2835: the temperature is 407 degrees less 0.538 for each step of the converter. */
const OFFSET_MILLI_CELSIUS = 407_000;
const STEP_MILLI_CELSIUS = 538;
const CODE_MAX = 0x3ff;

const PRWDW = 1 << 0;
const RSTB = 1 << 1;
const EN_INT = 1 << 5;
const THOLD_SHIFT = 8;

/** As the firmware leaves it: reference 1, regulator on, out of reset, the longest reset delay, threshold 90 degrees. */
const codeOf = (milliCelsius: number): number =>
  Math.min(CODE_MAX, Math.max(0, Math.round((OFFSET_MILLI_CELSIUS - milliCelsius) / STEP_MILLI_CELSIUS)));
const CONTROL_RESET = RSTB | (1 << 2) | (codeOf(90_000) << THOLD_SHIFT) | (0xfe << 18) | (1 << 26);

const table: Record<string, RegisterSpec<Bcm2835Thermal>> = {
  TSENSCTL: at(
    0x0,
    {
      PRWDW: bit(0).rw(),
      RSTB: bit(1).rw(),
      CTRL: bits(2, 3).rw(),
      EN_INT: bit(5).rw(),
      DIRECT: bit(6).todo(),
      CLR_INT: bit(7).rw(),
      THOLD: bits(8, 10).rw(),
      RSTDELAY: bits(18, 8).rw(),
      REGULEN: bit(26).rw(),
    },
    { reset: CONTROL_RESET, onWrite: (s) => s.update() },
  ),
  TSENSSTAT: at(0x4, {
    DATA: bits(0, 10).ro((s) => s.code),
    VALID: bit(10).ro((s) => Number(s.isOn)),
    INTERRUPT: bit(11).ro((s) => Number(s.isTooHot)),
  }),
};

/** Output: the threshold interrupt. */
export class Bcm2835Thermal implements MmioDevice {
  readonly name: string;
  private readonly irq: IrqLine;
  private readonly sensedCode: number;
  private readonly regs: RegisterBlock<Bcm2835Thermal>;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.irq = irqOutput(context, 0);
    this.sensedCode = codeOf(numberOption(context, "milliCelsius", { fallback: 45_000, low: -40_000, high: 150_000 }));
    this.regs = new RegisterBlock<Bcm2835Thermal>(this, table, context.log);
  }

  reset(): void {
    this.regs.reset();
    this.update();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.regs.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.regs.write(offset, value, sizeBytes);
  }

  get isOn(): boolean {
    return (this.regs.values.TSENSCTL & (RSTB | PRWDW)) === RSTB;
  }

  get code(): number {
    return this.isOn ? this.sensedCode : 0;
  }

  /** The code falls as the temperature rises. */
  get isTooHot(): boolean {
    return this.isOn && this.sensedCode < ((this.regs.values.TSENSCTL >> THOLD_SHIFT) & CODE_MAX);
  }

  update(): void {
    this.irq.set((this.regs.values.TSENSCTL & EN_INT) !== 0 && this.isTooHot);
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    return { registers: { ...this.regs.values } };
  }

  restore(state: State): void {
    this.regs.values = new StateReader(state, this.name).registers("registers", this.regs.values);
    this.update();
  }
}
