/**
 * SP810 system controller: system mode, timer clock selection, peripheral clock gates; ARM DDI 0254.
 *
 * The mode is taken on at once and clocks run whatever is chosen here: the timers' rate comes from the profile.
 */
import type { State } from "../base/index.ts";
import type { DeviceContext, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, primeCellId, RegisterBlock, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { StateReader } from "./state-reader.ts";

/** SCCTRL.ModeStatus by ModeCtrl: SLEEP, DOZE, SLOW (01x) and NORMAL (1xx). */
const modeStatus = [0, 1, 2, 2, 4, 4, 4, 4];
/** After reset: DOZE. */
const MODE_RESET = 1;

const table: Record<string, RegisterSpec<Sp810>> = {
  SCCTRL: at(
    0x000,
    {
      ModeCtrl: bits(0, 3).rw(),
      ModeStatus: bits(3, 4).ro((s) => s.modeStatus),
      RemapClear: bit(8).todo(),
      RemapStat: bit(9).ro(),
      HCLKDivSel: bits(12, 3).rw(),
      TimerEn0Sel: bit(15).rw(),
      TimerEn0Ov: bit(16).rw(),
      TimerEn1Sel: bit(17).rw(),
      TimerEn1Ov: bit(18).rw(),
      TimerEn2Sel: bit(19).rw(),
      TimerEn2Ov: bit(20).rw(),
      TimerEn3Sel: bit(21).rw(),
      TimerEn3Ov: bit(22).rw(),
      WDogEnOv: bit(23).rw(),
    },
    { reset: MODE_RESET },
  ),
  // A write of any value is a request for a soft reset.
  SCSYSSTAT: at(0x004, { request: word().wo((s) => s.requestReset()) }),
  SCIMCTRL: at(0x008, { ItMdEn: bit(0).rw(), ItMdCtrl: bits(1, 3).rw(), InMdType: bit(7).rw() }),
  SCIMSTAT: at(0x00c, { ItMdStat: bit(0).rw() }),
  SCXTALCTRL: at(0x010, {
    XtalOver: bit(0).rw(),
    XtalEn: bit(1).rw(),
    XtalStat: bit(2).ro(),
    XtalTime: bits(3, 16).rw(),
  }),
  SCPLLCTRL: at(0x014, { PllOver: bit(0).rw(), PllEn: bit(1).rw(), PllStat: bit(2).ro(), PllTime: bits(3, 25).rw() }),
  SCPLLFCTRL: at(0x018, { PllFreqCtrl: word().rw() }),
  SCPERCTRL0: at(0x01c, { PerCtrl0: word().rw() }),
  SCPERCTRL1: at(0x020, { PerCtrl1: word().rw() }),
  SCPEREN: at(0x024, { PerEn: word().wo((s, ones) => s.gate(ones, 0)) }),
  SCPERDIS: at(0x028, { PerDis: word().wo((s, ones) => s.gate(0, ones)) }),
  SCPERCLKEN: at(0x02c, { PerClkEn: word().ro((s) => s.clockEnables) }),
  SCPERSTAT: at(0x030, { PerStat: word().ro((s) => s.clockEnables) }),
  SCSysID0: at(0xee0, { value: bits(0, 8).ro() }),
  SCSysID1: at(0xee4, { value: bits(0, 8).ro() }),
  SCSysID2: at(0xee8, { value: bits(0, 8).ro() }),
  SCSysID3: at(0xeec, { value: bits(0, 8).ro() }),
  SCITCR: at(0xf00, { ITEN: bit(0).todo() }),
  ...primeCellId<Sp810>(0x00041810),
};

export class Sp810 implements MmioDevice {
  readonly name: string;
  readonly requestReset: () => void;
  /** SCPERCLKEN: gates of the peripheral clocks, all open after reset. */
  clockEnables = -1;
  private readonly regs: RegisterBlock<Sp810>;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.requestReset = context.requestReset;
    this.regs = new RegisterBlock<Sp810>(this, table, context.log);
  }

  reset(): void {
    this.regs.reset();
    this.clockEnables = -1;
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.regs.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.regs.write(offset, value, sizeBytes);
  }

  get modeStatus(): number {
    return modeStatus[this.regs.values.SCCTRL & 7];
  }

  gate(open: number, close: number): void {
    this.clockEnables = (this.clockEnables | open) & ~close;
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    return { registers: { ...this.regs.values }, clockEnables: this.clockEnables };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.regs.values = reader.registers("registers", this.regs.values);
    this.clockEnables = reader.number("clockEnables") | 0;
  }
}
