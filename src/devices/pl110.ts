/**
 * PL110 colour LCD controller: registers, palette and where the frame buffer is; ARM DDI 0161E chapter 3.
 *
 * Nothing is drawn here; `frame()` tells a viewer what to read, and how a board's multiplexer between controller and
 * display has the bits arranged. The two interrupt sources that belong to the passing
 * of a frame are raised 60 times a second while the guest has one of them enabled: the pixel clock comes from an
 * oscillator outside this block.
 */
import type { State, Timer } from "../base/index.ts";
import type { DeviceContext, IrqController, IrqLine, MmioDevice, RegisterDump } from "../device/index.ts";
import { at, bit, bits, irqOutput, primeCellId, RegisterBlock } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { optionInvalid } from "./errors.ts";
import { StateReader } from "./state-reader.ts";

const PALETTE_OFFSET = 0x200;
const PALETTE_SIZE = 0x200;
const FRAME_PERIOD_NS = 16_666_667;

const LNBU = 1 << 2;
const VCOMP = 1 << 3;
const FRAME_INTERRUPTS = LNBU | VCOMP;

/** LCDControl.LcdBpp of the native format with 16 bits, the one that a multiplexer can rearrange. */
const BPP_16 = 4;
const BGR = 0x100;
const BEPO = 0x400;

/**
 * What the multiplexer behind the controller makes of 16 bits, by its two control lines (ARM DUI 0224, SYS_CLCD). Straight
 * through, and where there is none, it is the controller's own format.
 */
const multiplexed = [
  { layout: "1555" },
  { layout: "1555" },
  { layout: "565" },
  // Blue is in the low bits, whatever BGR says.
  { layout: "565", isBgr: true },
] as const;

/** LCDControl.LcdBpp: bits of a pixel in memory and how they are meant. */
const pixelFormats = [
  { bitsPerPixel: 1, layout: "palette" },
  { bitsPerPixel: 2, layout: "palette" },
  { bitsPerPixel: 4, layout: "palette" },
  { bitsPerPixel: 8, layout: "palette" },
  { bitsPerPixel: 16, layout: "1555" },
  { bitsPerPixel: 32, layout: "888" },
  { bitsPerPixel: 16, layout: "565" },
  { bitsPerPixel: 16, layout: "444" },
] as const;

export interface Frame {
  /** Whether the controller and the panel's power are on. */
  isOn: boolean;
  /** Guest-physical address of the first pixel. */
  baseAddress: number;
  width: number;
  height: number;
  bitsPerPixel: number;
  layout: (typeof pixelFormats)[number]["layout"];
  /** Red and blue change places. */
  isBgr: boolean;
  /** Of several pixels in a byte the first is the one in the highest bits. */
  isHighFirst: boolean;
  strideBytes: number;
}

const address = () => bits(0, 32).rw<Pl110>();
const interruptBits = (read?: (s: Pl110) => number) => bits(1, 4).ro<Pl110>(read);

function registerTable(maskOffset: number, controlOffset: number) {
  return {
    LCDTiming0: at(0x000, {
      PPL: bits(2, 6).rw<Pl110>(),
      HSW: bits(8, 8).rw<Pl110>(),
      HFP: bits(16, 8).rw<Pl110>(),
      HBP: bits(24, 8).rw<Pl110>(),
    }),
    LCDTiming1: at(0x004, {
      LPP: bits(0, 10).rw<Pl110>(),
      VSW: bits(10, 6).rw<Pl110>(),
      VFP: bits(16, 8).rw<Pl110>(),
      VBP: bits(24, 8).rw<Pl110>(),
    }),
    LCDTiming2: at(0x008, { value: bits(0, 32).rw<Pl110>() }),
    LCDTiming3: at(0x00c, { LED: bits(0, 7).rw<Pl110>(), LEE: bit(16).rw<Pl110>() }),
    LCDUPBASE: at(0x010, { address: address() }),
    LCDLPBASE: at(0x014, { address: address() }),
    LCDIMSC: at(maskOffset, { mask: bits(1, 4).rw<Pl110>() }, { onWrite: (s: Pl110) => s.interruptsChanged() }),
    LCDControl: at(
      controlOffset,
      {
        LcdEn: bit(0).rw<Pl110>(),
        LcdBpp: bits(1, 3).rw<Pl110>(),
        LcdBW: bit(4).rw<Pl110>(),
        LcdTFT: bit(5).rw<Pl110>(),
        LcdMono8: bit(6).rw<Pl110>(),
        LcdDual: bit(7).todo<Pl110>(),
        BGR: bit(8).rw<Pl110>(),
        BEBO: bit(9).todo<Pl110>(),
        BEPO: bit(10).rw<Pl110>(),
        LcdPwr: bit(11).rw<Pl110>(),
        LcdVComp: bits(12, 2).rw<Pl110>(),
        WATERMARK: bit(16).rw<Pl110>(),
      },
      { onWrite: (s: Pl110) => s.interruptsChanged() },
    ),
    LCDStatus: at(0x020, {
      raw: bits(1, 4).w1c({
        read: (s: Pl110) => s.pending >> 1,
        peek: (s: Pl110) => s.pending >> 1,
        write: (s: Pl110, ones) => s.acknowledge(ones << 1),
      }),
    }),
    LCDInterrupt: at(0x024, { masked: interruptBits((s) => s.masked >> 1) }),
    LCDUPCURR: at(0x028, { address: bits(0, 32).ro((s: Pl110) => s.frame().baseAddress) }),
    LCDLPCURR: at(0x02c, { address: bits(0, 32).ro((s: Pl110) => s.lowerBase) }),
    ...primeCellId<Pl110>(0x00041110),
  };
}

/**
 * Output 0 is the combined interrupt. Inputs 0 and 1 are the control lines of the multiplexer between controller and
 * display; they are the board's, so the state does not have them and a reset leaves them.
 */
export class Pl110 implements MmioDevice, IrqController {
  readonly name: string;
  /** Raw interrupt sources, as bits of LCDStatus. */
  pending = 0;
  private readonly context: DeviceContext;
  private readonly registers: RegisterBlock<Pl110>;
  private readonly palette = new Uint8Array(PALETTE_SIZE);
  private readonly paletteView = new DataView(this.palette.buffer);
  private readonly frameTimer: Timer;
  private multiplexer = 0;

  /**
   * Option `controlOffset`: where LCDControl is, 0x1c with LCDIMSC at 0x18 or, as in a PL111 and in the PL110 of the
   * Versatile boards, 0x18 with LCDIMSC at 0x1c. Default 0x1c.
   */
  constructor(context: DeviceContext) {
    this.context = context;
    this.name = context.name;
    const { controlOffset = 0x1c } = context.options;
    if (controlOffset !== 0x18 && controlOffset !== 0x1c)
      throw optionInvalid(context.name, "controlOffset", "24 or 28", controlOffset);
    const table = registerTable(controlOffset === 0x18 ? 0x1c : 0x18, controlOffset);
    this.registers = new RegisterBlock<Pl110>(this, table, context.log);
    this.frameTimer = context.clock.timer(`${context.name} frame`, () => this.frameDone());
  }

  reset(): void {
    this.registers.reset();
    this.palette.fill(0);
    this.pending = 0;
    this.frameTimer.cancel();
    this.updateIrq();
  }

  input(line: number): IrqLine {
    const mask = line < 2 ? 1 << line : 0;
    return {
      set: (level) => {
        this.multiplexer = level ? this.multiplexer | mask : this.multiplexer & ~mask;
      },
    };
  }

  read(offset: number, sizeBytes: AccessSize): number {
    const at = paletteIndex(offset, sizeBytes);
    return at === undefined ? this.registers.read(offset, sizeBytes) : readSized(this.paletteView, at, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    const at = paletteIndex(offset, sizeBytes);
    if (at === undefined) this.registers.write(offset, value, sizeBytes);
    else for (let i = 0; i < sizeBytes; i++) this.palette[at + i] = value >>> (8 * i);
  }

  /** What the guest has set up to be shown. */
  frame(): Frame {
    const { LCDControl, LCDTiming0, LCDTiming1, LCDUPBASE } = this.registers.values;
    const format = (LCDControl >>> 1) & 7;
    const { bitsPerPixel, layout } = pixelFormats[format];
    const isBgr = (LCDControl & BGR) !== 0;
    const seen = format === BPP_16 ? { isBgr, ...multiplexed[this.multiplexer] } : { isBgr, layout };
    const width = 16 * (((LCDTiming0 >>> 2) & 0x3f) + 1);
    return {
      isOn: (LCDControl & 0x801) === 0x801,
      // The two lowest bits do not exist: a frame begins on a word.
      baseAddress: (LCDUPBASE & ~3) >>> 0,
      width,
      height: (LCDTiming1 & 0x3ff) + 1,
      bitsPerPixel,
      ...seen,
      isHighFirst: (LCDControl & BEPO) !== 0,
      strideBytes: (width * bitsPerPixel) / 8,
    };
  }

  /** Entry `index`, 0 .. 255, as the guest stored it: 1 bit intensity, 5 blue, 5 green, 5 red. */
  paletteEntry(index: number): number {
    return this.paletteView.getUint16(index * 2, true);
  }

  get lowerBase(): number {
    return (this.registers.values.LCDLPBASE & ~3) >>> 0;
  }

  get masked(): number {
    return this.pending & this.registers.values.LCDIMSC;
  }

  acknowledge(ones: number): void {
    this.pending &= ~ones;
    this.updateIrq();
  }

  interruptsChanged(): void {
    const isWanted = this.isFrameWanted();
    if (!isWanted) this.frameTimer.cancel();
    else if (this.frameTimer.deadlineNs === undefined)
      this.frameTimer.arm(this.context.clock.nowNs() + FRAME_PERIOD_NS);
    this.updateIrq();
  }

  dump(): RegisterDump[] {
    return this.registers.dump();
  }

  save(): State {
    return {
      registers: { ...this.registers.values },
      palette: this.palette.slice(),
      pending: this.pending,
      frameDeadlineNs: this.frameTimer.deadlineNs ?? null,
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.registers.values = reader.registers("registers", this.registers.values);
    this.palette.set(reader.bytes("palette", PALETTE_SIZE));
    this.pending = reader.number("pending", 0, 0x1f);
    this.frameTimer.cancel();
    if (state.frameDeadlineNs !== null)
      this.frameTimer.arm(reader.number("frameDeadlineNs", 0, Number.MAX_SAFE_INTEGER));
    this.updateIrq();
  }

  private isFrameWanted(): boolean {
    const { LCDControl, LCDIMSC } = this.registers.values;
    return (LCDControl & 1) !== 0 && (LCDIMSC & FRAME_INTERRUPTS) !== 0;
  }

  private frameDone(): void {
    this.pending |= FRAME_INTERRUPTS;
    this.interruptsChanged();
  }

  private updateIrq(): void {
    irqOutput(this.context, 0).set(this.masked !== 0);
  }
}

function paletteIndex(offset: number, sizeBytes: AccessSize): number | undefined {
  const at = offset - PALETTE_OFFSET;
  return at >= 0 && at + sizeBytes <= PALETTE_SIZE ? at : undefined;
}

function readSized(view: DataView, at: number, sizeBytes: AccessSize): number {
  if (sizeBytes === 4) return view.getInt32(at, true);
  return sizeBytes === 2 ? view.getUint16(at, true) : view.getUint8(at);
}
