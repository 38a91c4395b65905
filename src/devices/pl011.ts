/**
 * PL011 UART: FIFOs, interrupts, receive timeout, loopback; ARM DDI 0183.
 *
 * On a line that is not paced a transmitted character leaves at once, unless the far end holds it up by CTS, and others
 * arrive as fast as the part can receive: faster ones no driver could take. The modem inputs are those of a null-modem
 * cable whose other end is ready until it says otherwise. Not modelled: DMA, IrDA.
 */
import type { LineEvent, LineSettings, ModemLines, State, Timer } from "../base/index.ts";
import { Fifo } from "../base/index.ts";
import type { DeviceContext, IrqLine, MmioDevice, RegisterDump, SerialReceiver } from "../device/index.ts";
import { irqOutput, RegisterBlock } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import type { Received } from "./line-sampler.ts";
import { clockOption, numberOption } from "./options.ts";
import { PacedWire, type WireEnds } from "./paced-wire.ts";
import { baudRate, type LineRegisters, LineReporter, lineSettings } from "./pl011-line.ts";
import {
  CR_CTSEN,
  CR_DTR,
  CR_LBE,
  CR_OUT1,
  CR_OUT2,
  CR_RTS,
  CR_RTSEN,
  CR_RXE,
  CR_TXE,
  CR_UARTEN,
  FIFO_DEPTH,
  FR_BUSY,
  FR_CTS,
  FR_DCD,
  FR_DSR,
  FR_RI,
  FR_RXFE,
  FR_RXFF,
  FR_TXFE,
  FR_TXFF,
  fifoLevels,
  INT_BE,
  INT_CTS,
  INT_DCD,
  INT_DSR,
  INT_FE,
  INT_OE,
  INT_PE,
  INT_RT,
  INT_RX,
  INT_TX,
  LCRH_FEN,
  type Pl011Part,
  pl011Registers,
  RSR_BE,
  RSR_FE,
  RSR_OE,
  RSR_PE,
} from "./pl011-registers.table.ts";
import { StateReader } from "./state-reader.ts";
import { UartBurst } from "./uart-burst.ts";
import { UartTransmitter } from "./uart-transmitter.ts";

const RECEIVE_TIMEOUT_BITS = 32;

type WireRest = Pick<WireEnds, "deliver" | "onFree">;

/** Output: UARTINTR. Options: `clockHz` (UARTCLK, 24 MHz), `periphId` for variants of the part. */
export class Pl011 implements MmioDevice, SerialReceiver, Pl011Part {
  readonly name: string;
  onDrained: () => void = () => {};
  /** UARTRIS. */
  raw = 0;
  /** UARTRSR: the status of the character read last. */
  status = 0;
  private readonly context: DeviceContext;
  private readonly irq: IrqLine;
  private readonly clockHz: number;
  private readonly regs: RegisterBlock<Pl011Part>;
  private readonly received = new Fifo(FIFO_DEPTH);
  /** A character was lost; the next one in the FIFO says so. */
  private overrun = false;
  /** The depth the FIFO was last emptied for. */
  private depthInUse = 1;
  private readonly timeout: Timer;
  /** The far end's outputs, which are our modem inputs, and its rate where it has said one. */
  private far: ModemLines = { dtr: true, rts: true };
  private farSettings: Partial<LineSettings> = {};
  private readonly reporter = new LineReporter();
  private readonly transmitter: UartTransmitter;
  private readonly burst: UartBurst;
  /** Of a paced line: what the far end sends. */
  private readonly receiveWire: PacedWire | undefined;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.context = context;
    this.irq = irqOutput(context, 0);
    this.clockHz = clockOption(context, 24_000_000);
    const periphId = numberOption(context, "periphId", { fallback: 0x00041011 });
    this.regs = new RegisterBlock<Pl011Part>(this, pl011Registers(periphId), context.log);
    this.timeout = context.clock.timer(`${context.name}.receive-timeout`, () => this.timedOut());
    const { clock, serial } = context;
    this.burst = new UartBurst(clock, context.name, {
      length: FIFO_DEPTH,
      // A bit takes 16 periods of UARTCLK at least.
      timeNs: Math.round((FIFO_DEPTH * 10 * 16 * 1e9) / this.clockHz),
      onMore: () => this.onDrained(),
    });
    const isPaced = serial?.isPaced === true;
    const ends = { near: () => lineSettings(this.line, this.clockHz), far: () => this.farLine };
    const wire = (way: string, sender: () => LineSettings, receiver: () => LineSettings, rest: WireRest) =>
      new PacedWire(clock, `${context.name}.${way}`, { sender, receiver, ...rest });
    this.transmitter = new UartTransmitter({
      emit: (byte) => this.emit(byte),
      onFallen: (length) => this.transmitterFell(length),
      isHeld: () => (this.control & (CR_CTSEN | CR_LBE)) === CR_CTSEN && !this.far.rts,
      wire: isPaced
        ? (onFree) => wire("transmit", ends.near, ends.far, { onFree, deliver: ({ byte }) => this.emit(byte) })
        : undefined,
    });
    this.receiveWire = isPaced
      ? wire("receive", ends.far, ends.near, {
          onFree: () => this.onDrained(),
          deliver: (received) => this.acceptSampled(received),
        })
      : undefined;
    serial?.connect(this);
  }

  reset(): void {
    this.regs.reset();
    this.raw = 0;
    this.status = 0;
    this.emptyFifo();
    this.transmitter.reset();
    this.receiveWire?.reset();
    this.burst.reset();
    this.tellFarEnd();
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
    if (!this.isListening) return 0;
    const room = Math.max(0, this.depth - this.received.length);
    if (this.receiveWire === undefined) return Math.min(room, this.burst.space);
    // A paced line waits for nobody but for RTS: what comes into a full FIFO is an overrun.
    const isHeld = (this.control & CR_RTSEN) !== 0 && this.received.length >= this.receiveLevel;
    return this.receiveWire.isFree && !isHeld ? 1 : 0;
  }

  receive(byte: number): void {
    if (!this.isListening) return;
    if (this.receiveWire !== undefined) {
      this.receiveWire.send(byte & 0xff);
      return;
    }
    this.burst.take();
    this.accept(byte & 0xff);
  }

  farLineChanged(event: LineEvent): void {
    if (event.kind === "break") {
      if (event.isOn) this.receiveBreak();
    } else if (event.kind === "settings") {
      this.farSettings = { ...this.farSettings, ...event.settings };
    } else {
      this.farLinesChanged({ ...this.far, ...event.lines });
    }
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
    this.transmitter.push(byte, this.depth);
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
    let flags = this.transmitter.isEmpty ? FR_TXFE : 0;
    if (this.transmitter.isBusy) flags |= FR_BUSY;
    if (this.transmitter.length >= this.depth) flags |= FR_TXFF;
    if (this.received.isEmpty) flags |= FR_RXFE;
    else if (this.received.length >= this.depth) flags |= FR_RXFF;
    if ((control & CR_LBE) === 0) {
      return flags | (this.far.rts ? FR_CTS : 0) | (this.far.dtr ? FR_DSR | FR_DCD : 0);
    }
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
    // A write here is also what makes a new divisor count.
    this.tellFarEnd();
    const depth = this.depth;
    if (depth === this.depthInUse) return;
    this.depthInUse = depth;
    this.emptyFifo();
    this.raw &= ~(INT_RX | INT_RT);
    this.update();
    this.onDrained();
  }

  controlWritten(): void {
    this.tellFarEnd();
    this.transmitter.pump();
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
    return this.depth === 1 ? 1 : fifoLevels[(this.regs.values.UARTIFLS >> 3) & 7];
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
      const bitNs = 1e9 / baudRate(this.line, this.clockHz);
      this.timeout.arm(this.context.clock.nowNs() + Math.round(RECEIVE_TIMEOUT_BITS * bitNs));
    }
    this.update();
  }

  private get line(): LineRegisters {
    return this.regs.values as unknown as LineRegisters;
  }

  /** A far end that has said nothing of its line is as we are. */
  private get farLine(): LineSettings {
    return { ...lineSettings(this.line, this.clockHz), ...this.farSettings };
  }

  private tellFarEnd(): void {
    this.reporter.report(this.context.serial, this.line, this.clockHz);
  }

  private farLinesChanged(far: ModemLines): void {
    const before = this.far;
    this.far = far;
    if (far.rts !== before.rts) this.raw |= INT_CTS;
    if (far.dtr !== before.dtr) this.raw |= INT_DSR | INT_DCD;
    this.transmitter.pump();
    this.update();
  }

  private emit(byte: number): void {
    if ((this.control & CR_LBE) !== 0) this.accept(byte);
    else this.context.serial?.transmit(byte);
  }

  /** The transmit FIFO has given a character away and holds `length` now. */
  private transmitterFell(length: number): void {
    // As at each character of a console that is polled: nothing changes.
    if ((this.raw & INT_TX) !== 0) return;
    const level = this.depth === 1 ? 0 : fifoLevels[this.regs.values.UARTIFLS & 7];
    // Without pacing a FIFO falls to nothing at once: through its level, whatever that is.
    if (this.receiveWire === undefined || length === level) this.raw |= INT_TX;
    this.update();
  }

  private acceptSampled({ byte, isFramingError, isParityError, isBreak }: Received): void {
    if (!this.isListening) return;
    if (isBreak) {
      this.receiveBreak();
      return;
    }
    if (isFramingError) this.raw |= INT_FE;
    if (isParityError) this.raw |= INT_PE;
    this.accept(byte | ((isFramingError ? RSR_FE : 0) << 8) | ((isParityError ? RSR_PE : 0) << 8));
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
      burst: this.burst.save(),
      far: { ...this.far },
      transmitter: this.transmitter.save(),
      ...(this.receiveWire === undefined ? {} : { receiveWire: this.receiveWire.save() }),
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
    if (reader.has("burst")) this.burst.restore(reader.child("burst"));
    if (reader.has("far")) {
      const far = reader.child("far");
      this.far = { dtr: far.boolean("dtr"), rts: far.boolean("rts") };
    }
    if (reader.has("transmitter")) this.transmitter.restore(reader.child("transmitter"));
    if (reader.has("receiveWire")) this.receiveWire?.restore(reader.child("receiveWire"));
    this.tellFarEnd();
    this.update();
  }
}
