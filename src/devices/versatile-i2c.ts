/**
 * The Versatile's two-wire serial control: SCL and SDA driven by software, DUI 0224 section 4.21.
 *
 * Nothing answers on the bus. Both wires are pulled up, so a line reads low only while software pulls it low: a master
 * sees a free bus and no acknowledge, and gives up at once.
 */
import type { State } from "../base/index.ts";
import type { DeviceContext, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, RegisterBlock } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { StateReader } from "./state-reader.ts";

/** SCL is bit 0, SDA bit 1; both released. */
const RELEASED = 3;

const table: Record<string, RegisterSpec<VersatileI2c>> = {
  SB_CONTROL: at(
    0x000,
    { SCL: bit(0).ro((s) => s.lines & 1), SDA: bit(1).ro((s) => s.lines >>> 1) },
    {
      onWrite: (s, ones) => s.drive(ones, 0),
    },
  ),
  SB_CONTROLC: at(0x004, { lines: bits(0, 2).wo((s, ones) => s.drive(0, ones)) }),
};

export class VersatileI2c implements MmioDevice {
  readonly name: string;
  /** What software releases (1) or pulls low (0). */
  lines = RELEASED;
  private readonly registers: RegisterBlock<VersatileI2c>;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.registers = new RegisterBlock<VersatileI2c>(this, table, context.log);
  }

  drive(release: number, pullLow: number): void {
    this.lines = (this.lines | release) & ~pullLow & RELEASED;
  }

  reset(): void {
    this.registers.reset();
    this.lines = RELEASED;
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.registers.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.registers.write(offset, value, sizeBytes);
  }

  dump(): RegisterDump[] {
    return this.registers.dump();
  }

  save(): State {
    return { lines: this.lines };
  }

  restore(state: State): void {
    this.lines = new StateReader(state, this.name).number("lines", 0, RELEASED);
  }
}
