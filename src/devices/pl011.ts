/**
 * PL011 UART: FIFOs, interrupts, receive timeout, loopback; ARM DDI 0183.
 *
 * A transmitted character leaves at once, so the transmit FIFO is always empty and the transmitter never busy. The
 * modem inputs are those of a cable whose other end is always ready. Not modelled: DMA, IrDA, sending a break.
 */
import type { State, Timer } from "../base/index.ts";
import { Fifo } from "../base/index.ts";
import type {
  DeviceContext,
  IrqLine,
  MmioDevice,
  RegisterDump,
  RegisterSpec,
  SerialReceiver,
} from "../device/index.ts";
import { at, bit, bits, irqOutput, primeCellId, RegisterBlock } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { clockOption, numberOption } from "./options.ts";
import { StateReader } from "./state-reader.ts";

const FIFO_DEPTH = 16;
/** UARTIFLS.RXIFLSEL: eighths 1, 2, 4, 6 and 7 of the FIFO; the codes above are reserved and act as the last. */
const receiveLevels = [2, 4, 8, 12, 14, 14, 14, 14];
const RECEIVE_TIMEOUT_BITS = 32;
/** Taken where the guest has programmed no divisor. */
const DEFAULT_BAUD = 115_200;

/** UARTFR. */
const FR_CTS = 1 << 0;
const FR_DSR = 1 << 1;
const FR_DCD = 1 << 2;
const FR_RXFE = 1 << 4;
const FR_RXFF = 1 << 6;
const FR_TXFE = 1 << 7;
const FR_RI = 1 << 8;
/** UARTCR. */
const CR_UARTEN = 1 << 0;
const CR_LBE = 1 << 7;
const CR_TXE = 1 << 8;
const CR_RXE = 1 << 9;
const CR_DTR = 1 << 10;
const CR_RTS = 1 << 11;
const CR_OUT1 = 1 << 12;
const CR_OUT2 = 1 << 13;
/** UARTLCR_H. */
const LCRH_FEN = 1 << 4;
/** UARTRIS, UARTMIS, UARTIMSC, UARTICR. */
const INT_RX = 1 << 4;
const INT_TX = 1 << 5;
const INT_RT = 1 << 6;
const INT_BE = 1 << 9;
const INT_OE = 1 << 10;
/** Status bits of a received character, as in UARTRSR; in the FIFO they lie above the data. */
const RSR_BE = 1 << 2;
const RSR_OE = 1 << 3;

const interruptFields = (mode: "rw" | "ro") =>
  Object.fromEntries(
    ["RI", "CTS", "DCD", "DSR", "RX", "TX", "RT", "FE", "PE", "BE", "OE"].map((name, i) => [
      name,
      bit(i)[mode]<Pl011>(),
    ]),
  );

const table: Record<string, RegisterSpec<Pl011>> = {
  UARTDR: at(0x000, {
    DATA: bits(0, 8).rw({ read: (s) => s.pull(), peek: (s) => s.next, write: (s, v) => s.transmit(v) }),
    // Read after DATA: the status of the character just taken.
    STATUS: bits(8, 4).ro((s) => s.status),
  }),
  UARTRSR: at(0x004, { STATUS: bits(0, 4).ro((s) => s.status) }, { onWrite: (s) => s.clearStatus() }),
  UARTFR: at(
    0x018,
    {
      CTS: bit(0).ro(),
      DSR: bit(1).ro(),
      DCD: bit(2).ro(),
      BUSY: bit(3).ro(),
      RXFE: bit(4).ro(),
      TXFF: bit(5).ro(),
      RXFF: bit(6).ro(),
      TXFE: bit(7).ro(),
      RI: bit(8).ro(),
    },
    { readWord: (s) => s.flags },
  ),
  UARTILPR: at(0x020, { ILPDVSR: bits(0, 8).todo() }),
  UARTIBRD: at(0x024, { DIVINT: bits(0, 16).rw() }),
  UARTFBRD: at(0x028, { DIVFRAC: bits(0, 6).rw() }),
  UARTLCR_H: at(
    0x02c,
    {
      BRK: bit(0).todo(),
      PEN: bit(1).rw(),
      EPS: bit(2).rw(),
      STP2: bit(3).rw(),
      FEN: bit(4).rw(),
      WLEN: bits(5, 2).rw(),
      SPS: bit(7).rw(),
    },
    { onWrite: (s) => s.lineControlWritten() },
  ),
  UARTCR: at(
    0x030,
    {
      UARTEN: bit(0).rw(),
      SIREN: bit(1).todo(),
      SIRLP: bit(2).todo(),
      LBE: bit(7).rw(),
      TXE: bit(8).rw(),
      RXE: bit(9).rw(),
      DTR: bit(10).rw(),
      RTS: bit(11).rw(),
      Out1: bit(12).rw(),
      Out2: bit(13).rw(),
      RTSEn: bit(14).rw(),
      CTSEn: bit(15).rw(),
    },
    { reset: CR_TXE | CR_RXE, onWrite: (s) => s.onDrained() },
  ),
  UARTIFLS: at(0x034, { TXIFLSEL: bits(0, 3).rw(), RXIFLSEL: bits(3, 3).rw() }, { reset: 0x12 }),
  UARTIMSC: at(0x038, interruptFields("rw"), { onWrite: (s) => s.update() }),
  UARTRIS: at(0x03c, interruptFields("ro"), { readWord: (s) => s.raw }),
  UARTMIS: at(0x040, interruptFields("ro"), { readWord: (s) => s.masked }),
  UARTICR: at(0x044, { interrupts: bits(0, 11).wo((s, ones) => s.clearInterrupts(ones)) }),
  UARTDMACR: at(0x048, { RXDMAE: bit(0).todo(), TXDMAE: bit(1).todo(), DMAONERR: bit(2).todo() }),
  UARTTCR: at(0x080, { TEST: bits(0, 3).todo() }),
};

/** Output: UARTINTR. Options: `clockHz` (UARTCLK, 24 MHz), `periphId` for variants of the part. */
export class Pl011 implements MmioDevice, SerialReceiver {
  readonly name: string;
  onDrained: () => void = () => {};
  /** UARTRIS. */
  raw = 0;
  /** UARTRSR: the status of the character read last. */
  status = 0;
  private readonly context: DeviceContext;
  private readonly irq: IrqLine;
  private readonly clockHz: number;
  private readonly regs: RegisterBlock<Pl011>;
  private readonly received = new Fifo(FIFO_DEPTH);
  /** A character was lost; the next one in the FIFO says so. */
  private overrun = false;
  /** The depth the FIFO was last emptied for. */
  private depthInUse = 1;
  private readonly timeout: Timer;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.context = context;
    this.irq = irqOutput(context, 0);
    this.clockHz = clockOption(context, 24_000_000);
    const periphId = numberOption(context, "periphId", { fallback: 0x00041011 });
    this.regs = new RegisterBlock<Pl011>(this, { ...table, ...primeCellId<Pl011>(periphId) }, context.log);
    this.timeout = context.clock.timer(`${context.name}.receive-timeout`, () => this.timedOut());
    context.serial?.connect(this);
  }

  reset(): void {
    this.regs.reset();
    this.raw = 0;
    this.status = 0;
    this.emptyFifo();
    this.update();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.regs.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.regs.write(offset, value, sizeBytes);
  }

  /** None while the receiver is off or looped back, so that what is typed before the guest listens is not lost. */
  get space(): number {
    return this.isListening ? Math.max(0, this.depth - this.received.length) : 0;
  }

  receive(byte: number): void {
    if (this.isListening) this.accept(byte & 0xff);
  }

  /** The line was held low for more than a frame, as a terminal's break key does. */
  receiveBreak(): void {
    if (!this.isListening) return;
    this.raw |= INT_BE;
    this.accept(RSR_BE << 8);
  }

  transmit(byte: number): void {
    const control = this.control;
    if ((control & (CR_UARTEN | CR_TXE)) !== (CR_UARTEN | CR_TXE))
      // The boot loader would have enabled it, and an early console relies on that.
      this.context.log.warnOnce("a character was sent while the transmitter is off; it went out all the same");
    if ((control & CR_LBE) !== 0) this.accept(byte);
    else this.context.serial?.transmit(byte);
    // The FIFO has fallen through its level, which is what raises the interrupt.
    this.raw |= INT_TX;
    this.update();
  }

  /** Takes the next character; with an empty FIFO the last status stays and the data is zero. */
  pull(): number {
    const entry = this.received.shift();
    if (entry === undefined) return 0;
    this.status = entry >> 8;
    if (this.received.length < this.receiveLevel) this.raw &= ~INT_RX;
    if (this.received.isEmpty) {
      this.raw &= ~INT_RT;
      this.timeout.cancel();
    }
    this.update();
    this.onDrained();
    return entry & 0xff;
  }

  /** The character `pull` would give. */
  get next(): number {
    return (this.received.peek() ?? 0) & 0xff;
  }

  clearStatus(): void {
    this.status = 0;
  }

  get flags(): number {
    const control = this.control;
    let flags = FR_TXFE;
    if (this.received.isEmpty) flags |= FR_RXFE;
    else if (this.received.length >= this.depth) flags |= FR_RXFF;
    if ((control & CR_LBE) === 0) return flags | FR_CTS | FR_DSR | FR_DCD;
    if ((control & CR_RTS) !== 0) flags |= FR_CTS;
    if ((control & CR_DTR) !== 0) flags |= FR_DSR;
    if ((control & CR_OUT1) !== 0) flags |= FR_DCD;
    if ((control & CR_OUT2) !== 0) flags |= FR_RI;
    return flags;
  }

  /** UARTMIS. */
  get masked(): number {
    return this.raw & this.regs.values.UARTIMSC;
  }

  clearInterrupts(ones: number): void {
    this.raw &= ~ones;
    this.update();
  }

  /** Switching the FIFOs on or off empties them. */
  lineControlWritten(): void {
    const depth = this.depth;
    if (depth === this.depthInUse) return;
    this.depthInUse = depth;
    this.emptyFifo();
    this.raw &= ~(INT_RX | INT_RT);
    this.update();
    this.onDrained();
  }

  update(): void {
    this.irq.set(this.masked !== 0);
  }

  private get control(): number {
    return this.regs.values.UARTCR;
  }

  private get isListening(): boolean {
    return (this.control & (CR_UARTEN | CR_RXE | CR_LBE)) === (CR_UARTEN | CR_RXE);
  }

  private get depth(): number {
    return (this.regs.values.UARTLCR_H & LCRH_FEN) !== 0 ? FIFO_DEPTH : 1;
  }

  private get receiveLevel(): number {
    return this.depth === 1 ? 1 : receiveLevels[(this.regs.values.UARTIFLS >> 3) & 7];
  }

  private accept(entry: number): void {
    if (this.received.length >= this.depth) {
      this.overrun = true;
      this.raw |= INT_OE;
      this.update();
      return;
    }
    this.received.push(this.overrun ? entry | (RSR_OE << 8) : entry);
    this.overrun = false;
    if (this.received.length >= this.receiveLevel) this.raw |= INT_RX;
    if (this.depth > 1) {
      this.timeout.arm(this.context.clock.nowNs() + this.receiveTimeoutNs);
    }
    this.update();
  }

  /** A bit lasts 16 * (DIVINT + DIVFRAC / 64) periods of UARTCLK. */
  private get receiveTimeoutNs(): number {
    const divisor64 = this.regs.values.UARTIBRD * 64 + this.regs.values.UARTFBRD;
    const bitsNs = RECEIVE_TIMEOUT_BITS * 1_000_000_000;
    return Math.round(divisor64 === 0 ? bitsNs / DEFAULT_BAUD : (bitsNs * divisor64) / (4 * this.clockHz));
  }

  private timedOut(): void {
    if (this.received.isEmpty) return;
    this.raw |= INT_RT;
    this.update();
  }

  private emptyFifo(): void {
    this.received.clear();
    this.overrun = false;
    this.depthInUse = this.depth;
    this.timeout.cancel();
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    return {
      registers: { ...this.regs.values },
      raw: this.raw,
      status: this.status,
      received: this.received.toArray(),
      overrun: this.overrun,
      timeoutNs: this.timeout.deadlineNs ?? null,
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.regs.values = reader.registers("registers", this.regs.values);
    this.raw = reader.number("raw", 0, 0x7ff);
    this.status = reader.number("status", 0, 0xf);
    this.received.assign(reader.numbers("received", FIFO_DEPTH, 0, 0xfff));
    this.overrun = reader.boolean("overrun");
    reader.timer("timeoutNs", this.timeout);
    this.depthInUse = this.depth;
    this.update();
  }
}
