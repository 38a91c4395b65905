/**
 * Mini UART of the BCM2835's auxiliary block: the registers of a 16550 with FIFOs of eight; BCM2835 ARM Peripherals,
 * section 2.2, with its errata (the two interrupt enables are those of a 16550).
 *
 * A transmitted character leaves at once. The other end of the cable is always ready.
 */
import type { State } from "../base/index.ts";
import { Fifo } from "../base/index.ts";
import type { DeviceContext, RegisterSpec, SerialReceiver } from "../device/index.ts";
import { at, bit, bits } from "../device/index.ts";
import type { StateReader } from "./state-reader.ts";

const FIFO_DEPTH = 8;
const IER_RECEIVE = 1 << 0;
const IER_TRANSMIT = 1 << 1;
/** IIR: no interrupt pending, transmitter empty, character received; the FIFOs are always on. */
const IIR_NONE = 1;
const IIR_TRANSMIT = 2;
const IIR_RECEIVE = 4;
const IIR_FIFOS = 0xc0;
const LCR_DLAB = 1 << 7;
const LSR_DATA_READY = 1 << 0;
const LSR_OVERRUN = 1 << 1;
const LSR_TRANSMITTER_EMPTY = 3 << 5;
/** CTS, and DSR where a 16550 has it. */
const MSR_READY = 3 << 4;
const CNTL_RECEIVE = 1 << 0;
const CNTL_TRANSMIT = 1 << 1;
const CNTL_RESET = CNTL_RECEIVE | CNTL_TRANSMIT;
/** STAT: symbol available, space available, both sides idle, CTS, transmitter empty and done. */
const STAT_SYMBOL = 1 << 0;
const STAT_TRANSMITTER = (1 << 1) | (1 << 3) | (1 << 7) | (3 << 8);
const STAT_RECEIVER_IDLE = 1 << 2;
const STAT_OVERRUN = 1 << 4;
const STAT_RTS = 1 << 6;
const STAT_RECEIVE_LEVEL_SHIFT = 16;

/** The registers, at their offsets in the auxiliary block; `uart` finds this part in the device. */
export function miniUartRegisters<S>(uart: (device: S) => Bcm2835MiniUart): Record<string, RegisterSpec<S>> {
  return {
    AUX_MU_IO: at(0x40, {
      data: bits(0, 8).rw<S>({
        read: (s) => uart(s).readData(),
        peek: (s) => uart(s).next,
        write: (s, value) => uart(s).writeData(value),
      }),
    }),
    AUX_MU_IER: at(0x44, {
      enables: bits(0, 8).rw<S>({ read: (s) => uart(s).readEnables(), write: (s, v) => uart(s).writeEnables(v) }),
    }),
    AUX_MU_IIR: at(0x48, {
      identification: bits(0, 8).rw<S>({
        read: (s) => uart(s).identification,
        write: (s, value) => uart(s).clearFifos(value),
      }),
    }),
    AUX_MU_LCR: at(0x4c, {
      settings: bits(0, 8).rw<S>({ read: (s) => uart(s).lineControl, write: (s, v) => uart(s).setLineControl(v) }),
    }),
    AUX_MU_MCR: at(0x50, {
      RTS: bit(1).rw<S>({ read: (s) => Number(uart(s).isReadyToReceive), write: (s, v) => uart(s).setReady(v === 1) }),
    }),
    AUX_MU_LSR: at(0x54, {
      status: bits(0, 8).rw<S>({ read: (s) => uart(s).readLineStatus(), peek: (s) => uart(s).lineStatus }),
    }),
    AUX_MU_MSR: at(0x58, { status: bits(0, 8).ro<S>(() => MSR_READY) }),
    AUX_MU_SCRATCH: at(0x5c, { value: bits(0, 8).rw<S>() }),
    AUX_MU_CNTL: at(0x60, {
      control: bits(0, 8).rw<S>({ read: (s) => uart(s).control, write: (s, value) => uart(s).setControl(value) }),
    }),
    AUX_MU_STAT: at(0x64, { status: bits(0, 28).ro<S>((s) => uart(s).extraStatus) }),
    AUX_MU_BAUD: at(0x68, {
      divisor: bits(0, 16).rw<S>({ read: (s) => uart(s).divisor, write: (s, value) => uart(s).setDivisor(value) }),
    }),
  };
}

export class Bcm2835MiniUart implements SerialReceiver {
  onDrained: () => void = () => {};
  lineControl = 0;
  control = CNTL_RESET;
  divisor = 0;
  isReadyToReceive = false;
  private enables = 0;
  private hasOverrun = false;
  private readonly context: DeviceContext;
  private readonly changed: () => void;
  private readonly received = new Fifo(FIFO_DEPTH);
  private isEnabled = false;

  /** `changed` is called when `hasInterrupt` may have changed. */
  constructor(context: DeviceContext, changed: () => void) {
    this.context = context;
    this.changed = changed;
    context.serial?.connect(this);
  }

  reset(): void {
    this.lineControl = 0;
    this.control = CNTL_RESET;
    this.divisor = 0;
    this.isReadyToReceive = false;
    this.enables = 0;
    this.hasOverrun = false;
    this.received.clear();
  }

  /** AUX_ENABLES: a part that is off neither answers nor listens. */
  setEnabled(isEnabled: boolean): void {
    this.isEnabled = isEnabled;
    this.changed();
    this.onDrained();
  }

  get space(): number {
    const isListening = this.isEnabled && (this.control & CNTL_RECEIVE) !== 0;
    return isListening ? FIFO_DEPTH - this.received.length : 0;
  }

  receive(byte: number): void {
    if (!this.isEnabled || (this.control & CNTL_RECEIVE) === 0) return;
    if (!this.received.push(byte & 0xff)) this.hasOverrun = true;
    this.changed();
  }

  get hasInterrupt(): boolean {
    return this.isEnabled && this.pending !== IIR_NONE;
  }

  get identification(): number {
    return IIR_FIFOS | this.pending;
  }

  private get pending(): number {
    if ((this.enables & IER_RECEIVE) !== 0 && !this.received.isEmpty) return IIR_RECEIVE;
    return (this.enables & IER_TRANSMIT) !== 0 ? IIR_TRANSMIT : IIR_NONE;
  }

  private get showsDivisor(): boolean {
    return (this.lineControl & LCR_DLAB) !== 0;
  }

  /** The character `readData` would give. */
  get next(): number {
    return this.showsDivisor ? this.divisor & 0xff : (this.received.peek() ?? 0);
  }

  readData(): number {
    const value = this.next;
    if (this.showsDivisor) return value;
    this.received.shift();
    this.changed();
    this.onDrained();
    return value;
  }

  writeData(value: number): void {
    if (this.showsDivisor) {
      this.divisor = (this.divisor & 0xff00) | value;
      return;
    }
    if ((this.control & CNTL_TRANSMIT) === 0)
      this.context.log.warnOnce("a character was sent while the transmitter is off; it went out all the same");
    this.context.serial?.transmit(value);
    this.changed();
  }

  readEnables(): number {
    return this.showsDivisor ? this.divisor >> 8 : this.enables;
  }

  writeEnables(value: number): void {
    if (this.showsDivisor) this.divisor = (this.divisor & 0xff) | (value << 8);
    else this.enables = value & 0xf;
    this.changed();
  }

  /** Bit 1 empties the receive FIFO; the transmit FIFO is empty. */
  clearFifos(value: number): void {
    if ((value & 2) !== 0) this.received.clear();
    this.changed();
    this.onDrained();
  }

  setLineControl(value: number): void {
    this.lineControl = value;
  }

  setReady(isReady: boolean): void {
    this.isReadyToReceive = isReady;
  }

  setControl(value: number): void {
    this.control = value;
    this.onDrained();
  }

  setDivisor(value: number): void {
    this.divisor = value;
  }

  get lineStatus(): number {
    const data = this.received.isEmpty ? 0 : LSR_DATA_READY;
    return LSR_TRANSMITTER_EMPTY | data | (this.hasOverrun ? LSR_OVERRUN : 0);
  }

  /** Reading says once that characters were lost. */
  readLineStatus(): number {
    const status = this.lineStatus;
    this.hasOverrun = false;
    return status;
  }

  get extraStatus(): number {
    let status = STAT_TRANSMITTER | STAT_RECEIVER_IDLE | (this.received.length << STAT_RECEIVE_LEVEL_SHIFT);
    if (!this.received.isEmpty) status |= STAT_SYMBOL;
    if (this.hasOverrun) status |= STAT_OVERRUN;
    return this.isReadyToReceive ? status | STAT_RTS : status;
  }

  save(): State {
    const { lineControl, control, divisor, isReadyToReceive, enables, hasOverrun, isEnabled } = this;
    const received = this.received.toArray();
    return { lineControl, control, divisor, isReadyToReceive, enables, hasOverrun, isEnabled, received };
  }

  restore(reader: StateReader): void {
    this.lineControl = reader.number("lineControl", 0, 0xff);
    this.control = reader.number("control", 0, 0xff);
    this.divisor = reader.number("divisor", 0, 0xffff);
    this.isReadyToReceive = reader.boolean("isReadyToReceive");
    this.enables = reader.number("enables", 0, 0xf);
    this.hasOverrun = reader.boolean("hasOverrun");
    this.isEnabled = reader.boolean("isEnabled");
    this.received.assign(reader.numbers("received", FIFO_DEPTH, 0, 0xff));
  }
}
