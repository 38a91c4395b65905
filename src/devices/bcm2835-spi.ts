/**
 * SPI0 of the BCM2835 with nothing attached; BCM2835 ARM Peripherals, chapter 10.
 *
 * A byte leaves at once and one comes back, read from MISO, which its pull resistor holds low. Not modelled: LoSSI.
 */
import type { State } from "../base/index.ts";
import { Fifo } from "../base/index.ts";
import type { DeviceContext, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, irqOutput, RegisterBlock } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { numberOption } from "./options.ts";
import { StateReader } from "./state-reader.ts";

const FIFO_SIZE = 64;
/** Three quarters of the FIFO. */
const RXR_LEVEL = 48;
/** CS. */
const CS_CLEAR_TX = 1 << 4;
const CS_CLEAR_RX = 1 << 5;
const CS_TA = 1 << 7;
const CS_DMAEN = 1 << 8;
const CS_INTD = 1 << 9;
const CS_INTR = 1 << 10;
const CS_DONE = 1 << 16;
const CS_RXD = 1 << 17;
const CS_TXD = 1 << 18;
const CS_RXR = 1 << 19;
const CS_RXF = 1 << 20;
/** Bits of CS that the first word of a DMA transfer sets. */
const CS_DMA_HEADER = 0xcf;

const table: Record<string, RegisterSpec<Bcm2835Spi>> = {
  CS: at(
    0x00,
    {
      CS: bits(0, 2).rw(),
      CPHA: bit(2).rw(),
      CPOL: bit(3).rw(),
      CLEAR: bits(4, 2).wo(() => {}),
      CSPOL: bit(6).rw(),
      TA: bit(7).rw(),
      DMAEN: bit(8).rw(),
      INTD: bit(9).rw(),
      INTR: bit(10).rw(),
      ADCS: bit(11).rw(),
      REN: bit(12).rw(),
      LEN: bit(13).todo(),
      LMONO: bit(14).rw(),
      TE_EN: bit(15).rw(),
      STATUS: bits(16, 5).ro((s) => s.status >>> 16),
      CSPOL0: bits(21, 3).rw(),
      DMA_LEN: bit(24).rw(),
      LEN_LONG: bit(25).todo(),
    },
    { reset: 0x1000, onWrite: (s, value) => s.control(value) },
  ),
  FIFO: at(0x04, { DATA: bits(0, 32).rw({ read: (s) => s.pull(), peek: () => 0, write: (s, v) => s.push(v) }) }),
  CLK: at(0x08, { CDIV: bits(0, 16).rw() }),
  DLEN: at(0x0c, { LEN: bits(0, 16).rw() }),
  LTOH: at(0x10, { TOH: bits(0, 4).rw() }, { reset: 1 }),
  DC: at(
    0x14,
    { TDREQ: bits(0, 8).rw(), TPANIC: bits(8, 8).rw(), RDREQ: bits(16, 8).rw(), RPANIC: bits(24, 8).rw() },
    { reset: 0x30201020 },
  ),
};

/** Outputs: the interrupt, and the requests for DMA to send (DREQ 6) and to receive (DREQ 7). Option `miso`: 0 or 1. */
export class Bcm2835Spi implements MmioDevice {
  readonly name: string;
  private readonly context: DeviceContext;
  private readonly registers: RegisterBlock<Bcm2835Spi>;
  private readonly idleByte: number;
  /** Bytes written while no transfer was active. */
  private readonly waiting = new Fifo(FIFO_SIZE);
  private readonly received = new Fifo(FIFO_SIZE);
  /** Bytes a DMA transfer has still to send. */
  private left = 0;

  constructor(context: DeviceContext) {
    this.context = context;
    this.name = context.name;
    this.idleByte = numberOption(context, "miso", { fallback: 0, high: 1 }) === 1 ? 0xff : 0;
    this.registers = new RegisterBlock<Bcm2835Spi>(this, table, context.log);
  }

  reset(): void {
    this.registers.reset();
    this.waiting.clear();
    this.received.clear();
    this.left = 0;
    this.update();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.registers.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.registers.write(offset, value, sizeBytes);
  }

  control(value: number): void {
    if ((value & CS_CLEAR_TX) !== 0) this.waiting.clear();
    if ((value & CS_CLEAR_RX) !== 0) this.received.clear();
    this.shift();
  }

  get status(): number {
    const { length } = this.received;
    let status = 0;
    if (this.isActive && this.waiting.isEmpty && this.left === 0) status |= CS_DONE;
    if (length > 0) status |= CS_RXD;
    if (!this.waiting.isFull) status |= CS_TXD;
    if (this.isActive && length >= RXR_LEVEL) status |= CS_RXR;
    if (length >= FIFO_SIZE) status |= CS_RXF;
    return status;
  }

  /** One byte, or with DMA a word of four. */
  pull(): number {
    let value = 0;
    for (let i = 0; i < this.unit; i++) value |= (this.received.shift() ?? 0) << (8 * i);
    this.shift();
    return value;
  }

  push(value: number): void {
    if (this.isDma && !this.isActive) {
      // The first word of a DMA transfer is its header: length, and the low bits of CS with TA.
      this.left = value >>> 16;
      const { CS } = this.registers.values;
      this.registers.values.CS = (CS & ~CS_DMA_HEADER) | (value & CS_DMA_HEADER) | CS_TA;
    } else if (this.isDma) {
      const count = Math.min(this.unit, this.left);
      for (let i = 0; i < count; i++) this.queue(value >>> (8 * i));
      this.left -= count;
    } else this.queue(value);
    this.shift();
  }

  private queue(value: number): void {
    if (!this.waiting.push(value & 0xff)) this.context.log.warnOnce("a byte was written to a full FIFO; dropped");
  }

  /** Sends while there is room for what comes back. */
  private shift(): void {
    while (this.isActive && !this.waiting.isEmpty && this.received.push(this.idleByte)) this.waiting.shift();
    this.update();
  }

  private update(): void {
    const { CS } = this.registers.values;
    const { status } = this;
    const isRaised =
      ((CS & CS_INTD) !== 0 && (status & CS_DONE) !== 0) || ((CS & CS_INTR) !== 0 && (status & CS_RXR) !== 0);
    irqOutput(this.context, 0).set(isRaised);
    const isSending = this.isDma && (!this.isActive || this.left > 0);
    irqOutput(this.context, 1).set(isSending && this.waiting.length + 4 <= FIFO_SIZE);
    const isRest = this.left === 0 && this.waiting.isEmpty && !this.received.isEmpty;
    irqOutput(this.context, 2).set(this.isDma && (this.received.length >= 4 || isRest));
  }

  private get isActive(): boolean {
    return (this.registers.values.CS & CS_TA) !== 0;
  }

  private get isDma(): boolean {
    return (this.registers.values.CS & CS_DMAEN) !== 0;
  }

  private get unit(): number {
    return this.isDma ? 4 : 1;
  }

  dump(): RegisterDump[] {
    return this.registers.dump();
  }

  save(): State {
    return {
      registers: { ...this.registers.values },
      waiting: this.waiting.toArray(),
      received: this.received.toArray(),
      left: this.left,
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.registers.values = reader.registers("registers", this.registers.values);
    this.waiting.assign(reader.numbers("waiting", FIFO_SIZE, 0, 0xff));
    this.received.assign(reader.numbers("received", FIFO_SIZE, 0, 0xff));
    this.left = reader.number("left", 0, 0xffff);
    this.update();
  }
}
