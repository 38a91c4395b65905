/**
 * Secondary interrupt controller of the Versatile boards: 32 lines to one VIC input; ARM DUI 0224, interrupt controllers.
 *
 * Some lines can bypass it. SIC_PICENABLE sends lines 21 .. 30 straight on to VIC inputs of the same number: outputs
 * 1 .. 10 of this model. A profile wires either a device to the SIC and these outputs to the VIC, or the device to
 * the VIC directly, never both.
 */
import type { State } from "../base/index.ts";
import type { DeviceContext, IrqController, IrqLine, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, irqOutput, RegisterBlock, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { StateReader } from "./state-reader.ts";

const LINE_COUNT = 32;
/** The lines that can bypass the controller. */
const FIRST_PIC_LINE = 21;
const LAST_PIC_LINE = 30;

/** Output names in the order of the profile: the sum of the enabled lines, then the bypasses. */
export const sicOutputs: readonly string[] = [
  "irq",
  ...Array.from({ length: LAST_PIC_LINE - FIRST_PIC_LINE + 1 }, (_, i) => `pic${FIRST_PIC_LINE + i}`),
];

const table: Record<string, RegisterSpec<VersatileSic>> = {
  SIC_STATUS: at(0x00, { lines: word().ro((s) => s.status) }),
  SIC_RAWSTAT: at(0x04, { lines: word().ro((s) => s.raw) }),
  SIC_ENABLE: at(0x08, { lines: word().w1s({ read: (s) => s.enabled, write: (s, ones) => s.setEnabled(ones, 0) }) }),
  SIC_ENCLR: at(0x0c, { lines: word().wo((s, ones) => s.setEnabled(0, ones)) }),
  SIC_SOFTINTSET: at(0x10, { lines: word().w1s({ read: (s) => s.soft, write: (s, ones) => s.setSoft(ones, 0) }) }),
  SIC_SOFTINTCLR: at(0x14, { lines: word().wo((s, ones) => s.setSoft(0, ones)) }),
  SIC_PICENABLE: at(0x20, {
    lines: word().w1s({ read: (s) => s.bypassed, write: (s, ones) => s.setBypassed(ones, 0) }),
  }),
  SIC_PICENCLR: at(0x24, { lines: word().wo((s, ones) => s.setBypassed(0, ones)) }),
  // FIQ_ENABLE_CLEAR of the Integrator's sibling; Linux clears it on every board of the family. Nothing is there.
  FIQ_ENABLE_CLEAR: at(0x2c, { lines: word().wo(() => {}) }),
};

export class VersatileSic implements MmioDevice, IrqController {
  readonly name: string;
  private readonly outputs: readonly IrqLine[];
  private readonly regs: RegisterBlock<VersatileSic>;
  /** Levels of the input lines; a reset leaves the wires to those who drive them. */
  private lines = 0;
  enabled = 0;
  soft = 0;
  bypassed = 0;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.outputs = sicOutputs.map((_, index) => irqOutput(context, index));
    this.regs = new RegisterBlock<VersatileSic>(this, table, context.log);
  }

  reset(): void {
    this.regs.reset();
    this.enabled = 0;
    this.soft = 0;
    this.bypassed = 0;
    this.update();
  }

  input(line: number): IrqLine {
    const mask = line < LINE_COUNT ? 1 << line : 0;
    return {
      set: (level) => {
        const lines = level ? this.lines | mask : this.lines & ~mask;
        if (lines === this.lines) return;
        this.lines = lines;
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

  get raw(): number {
    return this.lines | this.soft;
  }

  get status(): number {
    return this.raw & this.enabled;
  }

  setEnabled(set: number, clear: number): void {
    this.enabled = (this.enabled | set) & ~clear;
    this.update();
  }

  setSoft(set: number, clear: number): void {
    this.soft = (this.soft | set) & ~clear;
    this.update();
  }

  setBypassed(set: number, clear: number): void {
    this.bypassed = (this.bypassed | set) & ~clear;
    this.update();
  }

  private update(): void {
    this.outputs[0].set(this.status !== 0);
    const direct = this.lines & this.bypassed;
    for (let line = FIRST_PIC_LINE; line <= LAST_PIC_LINE; line++)
      this.outputs[1 + line - FIRST_PIC_LINE].set(((direct >>> line) & 1) !== 0);
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    return {
      registers: { ...this.regs.values },
      lines: this.lines,
      enabled: this.enabled,
      soft: this.soft,
      bypassed: this.bypassed,
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.regs.values = reader.registers("registers", this.regs.values);
    this.lines = reader.number("lines") | 0;
    this.enabled = reader.number("enabled") | 0;
    this.soft = reader.number("soft") | 0;
    this.bypassed = reader.number("bypassed") | 0;
    this.update();
  }
}
