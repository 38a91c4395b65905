/**
 * Status and system control registers of the Versatile boards; ARM DUI 0224.
 *
 * Linux takes its scheduler clock from the 24 MHz counter and resets the board through SYS_RESETCTL.
 */
import type { Clock, State } from "../base/index.ts";
import type { DeviceContext, IrqLine, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, irqOutput, RegisterBlock, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { numberOption } from "./options.ts";
import { StateReader } from "./state-reader.ts";
import { TickRate } from "./tick-rate.ts";

const UNLOCK_KEY = 0xa05f;
const OSCILLATOR_COUNT = 5;
/** SYS_RESETCTL: resets the board as deep as bits 0 .. 2 say; every depth resets this machine as a whole. */
const RESET_REQUEST = 1 << 8;
/** SYS_CLCD.CLCDID of a board with a VGA connector and no panel. */
const CLCDID_VGA = 0x1f << 8;

/** Offsets that SYS_LOCK protects: SYS_OSC0 .. 4, SYS_CFGDATA1 and 2, SYS_RESETCTL. */
const isProtected = (offset: number): boolean =>
  (offset >= 0x0c && offset < 0x20) || (offset >= 0x28 && offset < 0x30) || (offset >= 0x40 && offset < 0x44);

function oscillators(): Record<string, RegisterSpec<VersatileSysreg>> {
  const table: Record<string, RegisterSpec<VersatileSysreg>> = {};
  for (let i = 0; i < OSCILLATOR_COUNT; i++) {
    table[`SYS_OSC${i}`] = at(0x0c + i * 4, { DIVIDE: bits(0, 19).rw() });
    table[`SYS_OSCRESET${i}`] = at(0x8c + i * 4, { DIVIDE: bits(0, 19).rw() });
    // The counters of the programmable oscillators; without displays all of them run at the reference rate.
    table[`SYS_TEST_OSC${i}`] = at(0xc0 + i * 4, { COUNT: word().ro((s) => s.counter24MHz) });
  }
  return table;
}

const registers = (context: DeviceContext): Record<string, RegisterSpec<VersatileSysreg>> => ({
  SYS_ID: at(0x00, { ID: word().ro() }, { reset: numberOption(context, "sysId", { fallback: 0x41008004 }) }),
  SYS_SW: at(0x04, { SW: bits(0, 8).ro() }, { reset: numberOption(context, "switches", { fallback: 0, high: 0xff }) }),
  SYS_LED: at(0x08, { LED: bits(0, 8).rw() }),
  ...oscillators(),
  SYS_LOCK: at(0x20, { LOCKVAL: bits(0, 16).rw(), LOCKED: bit(16).ro((s) => Number(s.isLocked)) }),
  SYS_100HZ: at(0x24, { COUNT: word().ro((s) => s.counter100Hz) }),
  SYS_CFGDATA1: at(0x28, { value: word().rw() }),
  SYS_CFGDATA2: at(0x2c, { value: word().rw() }),
  SYS_FLAGS: at(0x30, { value: word().w1s({ read: (s) => s.flags, write: (s, ones) => s.setFlags(ones, 0) }) }),
  SYS_FLAGSCLR: at(0x34, { value: word().wo((s, ones) => s.setFlags(0, ones)) }),
  SYS_NVFLAGS: at(0x38, { value: word().w1s({ read: (s) => s.nvFlags, write: (s, ones) => s.setNvFlags(ones, 0) }) }),
  SYS_NVFLAGSCLR: at(0x3c, { value: word().wo((s, ones) => s.setNvFlags(0, ones)) }),
  SYS_RESETCTL: at(0x40, { value: bits(0, 9).rw() }, { onWrite: (s, value) => s.resetControlWritten(value) }),
  // Bit 0 would say that the board sits in a PCI backplane.
  SYS_PCICTL: at(0x44, { PCICONTROL: bit(0).ro() }),
  SYS_MCI: at(
    0x48,
    { CARDIN0: bit(0).ro(), CARDIN1: bit(1).ro(), WPROT0: bit(2).ro(), WPROT1: bit(3).ro() },
    { reset: numberOption(context, "mci", { fallback: 0, high: 0xf }) },
  ),
  SYS_FLASH: at(0x4c, { FLASHWPn: bit(0).rw() }),
  SYS_CLCD: at(
    0x50,
    {
      MODE: bits(0, 2).rw({ write: (s) => s.updateDisplayMode() }),
      SWITCHES: bits(2, 6).rw(),
      CLCDID: bits(8, 5).ro(),
    },
    { reset: CLCDID_VGA },
  ),
  SYS_CLCDSER: at(0x54, { value: bits(0, 8).todo() }),
  SYS_BOOTCS: at(0x58, { BOOTCSSEL: bits(0, 8).ro() }),
  SYS_24MHZ: at(0x5c, { COUNT: word().ro((s) => s.counter24MHz) }),
  SYS_MISC: at(0x60, { value: word().ro() }),
  SYS_DMAPSR0: at(0x64, { value: bits(0, 8).todo() }),
  SYS_DMAPSR1: at(0x68, { value: bits(0, 8).todo() }),
  SYS_DMAPSR2: at(0x6c, { value: bits(0, 8).todo() }),
  SYS_PROCID0: at(0x84, { ID: word().ro() }, { reset: numberOption(context, "procId", { fallback: 0x02000000 }) }),
  // All ones in the top byte: no core tile on the second site.
  SYS_PROCID1: at(0x88, { ID: word().ro() }, { reset: 0xff000000 }),
});

/**
 * Options: `sysId`, `procId`, `switches` (SYS_SW), `mci` (SYS_MCI: cards present and write-protected).
 *
 * Outputs 0 and 1 are SYS_CLCD.MODE, for the multiplexer between display controller and display.
 *
 * The counters follow virtual time and do not start again on a reset.
 */
export class VersatileSysreg implements MmioDevice {
  readonly name: string;
  flags = 0;
  nvFlags = 0;
  private readonly clock: Clock;
  private readonly requestReset: () => void;
  private readonly displayMode: readonly IrqLine[];
  private readonly rate24MHz = new TickRate(24_000_000);
  private readonly rate100Hz = new TickRate(100);
  private readonly regs: RegisterBlock<VersatileSysreg>;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.clock = context.clock;
    this.requestReset = context.requestReset;
    this.displayMode = [irqOutput(context, 0), irqOutput(context, 1)];
    this.regs = new RegisterBlock<VersatileSysreg>(this, registers(context), context.log);
  }

  reset(): void {
    this.regs.reset();
    this.flags = 0;
    this.nvFlags = 0;
    this.updateDisplayMode();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.regs.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    if (!(isProtected(offset) && this.isLocked)) this.regs.write(offset, value, sizeBytes);
  }

  get isLocked(): boolean {
    return (this.regs.values.SYS_LOCK & 0xffff) !== UNLOCK_KEY;
  }

  get counter24MHz(): number {
    return this.rate24MHz.ticks(this.clock.nowNs()) >>> 0;
  }

  get counter100Hz(): number {
    return this.rate100Hz.ticks(this.clock.nowNs()) >>> 0;
  }

  setFlags(set: number, clear: number): void {
    this.flags = (this.flags | set) & ~clear;
  }

  setNvFlags(set: number, clear: number): void {
    this.nvFlags = (this.nvFlags | set) & ~clear;
  }

  updateDisplayMode(): void {
    for (const [index, line] of this.displayMode.entries()) line.set(((this.regs.values.SYS_CLCD >>> index) & 1) !== 0);
  }

  resetControlWritten(value: number): void {
    if ((value & RESET_REQUEST) !== 0) this.requestReset();
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    return { registers: { ...this.regs.values }, flags: this.flags, nvFlags: this.nvFlags };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.regs.values = reader.registers("registers", this.regs.values);
    this.flags = reader.number("flags") | 0;
    this.nvFlags = reader.number("nvFlags") | 0;
    this.updateDisplayMode();
  }
}
