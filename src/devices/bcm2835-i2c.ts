/**
 * BSC, the BCM2835's I2C master; BCM2835 ARM Peripherals, chapter 3.
 *
 * A transfer takes no time; what waits is only the FIFO of a transfer longer than its 16 bytes. An address that no part
 * answers ends with ERR. Clock stretching, and so the timeout, is not modelled.
 */
import type { State } from "../base/index.ts";
import { Fifo } from "../base/index.ts";
import type { DeviceContext, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, irqOutput, RegisterBlock } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { StateReader } from "./state-reader.ts";

/** A part on the bus, by its 7-bit address; it saves its own state. */
export interface I2cSlave {
  readonly address: number;
  /** A start condition with the slave's address; false for no acknowledge. */
  start(isRead: boolean): boolean;
  /** False for no acknowledge, which ends the transfer. */
  writeByte(value: number): boolean;
  readByte(): number;
  stop(): void;
  save(): State;
  restore(state: State): void;
}

const FIFO_SIZE = 16;
/** Three quarters and one quarter of the FIFO. */
const RXR_LEVEL = 12;
const TXW_LEVEL = 4;
/** C. */
const C_READ = 1 << 0;
const C_CLEAR = 3 << 4;
const C_ST = 1 << 7;
const C_INTD = 1 << 8;
const C_INTT = 1 << 9;
const C_INTR = 1 << 10;
const C_I2CEN = 1 << 15;
/** S. */
const S_TA = 1 << 0;
const S_DONE = 1 << 1;
const S_TXW = 1 << 2;
const S_RXR = 1 << 3;
const S_TXD = 1 << 4;
const S_RXD = 1 << 5;
const S_TXE = 1 << 6;
const S_RXF = 1 << 7;
const S_ERR = 1 << 8;
const S_CLKT = 1 << 9;
const S_LATCHED = S_DONE | S_ERR | S_CLKT;

const table: Record<string, RegisterSpec<Bcm2835I2c>> = {
  C: at(
    0x00,
    {
      READ: bit(0).rw(),
      CLEAR: bits(4, 2).wo(() => {}),
      ST: bit(7).wo(() => {}),
      INTD: bit(8).rw(),
      INTT: bit(9).rw(),
      INTR: bit(10).rw(),
      I2CEN: bit(15).rw(),
    },
    { onWrite: (s, value) => s.control(value) },
  ),
  S: at(0x04, {
    status: bits(0, 10).rw({ read: (s) => s.status, peek: (s) => s.status, write: (s, v) => s.clear(v) }),
  }),
  DLEN: at(0x08, { DLEN: bits(0, 16).rw({ read: (s) => s.lengthLeft, peek: (s) => s.lengthLeft }) }),
  A: at(0x0c, { ADDR: bits(0, 7).rw() }),
  FIFO: at(0x10, { DATA: bits(0, 8).rw({ read: (s) => s.pull(), peek: () => 0, write: (s, v) => s.push(v) }) }),
  DIV: at(0x14, { CDIV: bits(0, 16).rw() }, { reset: 0x5dc }),
  DEL: at(0x18, { REDL: bits(0, 16).rw(), FEDL: bits(16, 16).rw() }, { reset: 0x00300030 }),
  CLKT: at(0x1c, { TOUT: bits(0, 16).rw() }, { reset: 0x40 }),
};

/** Output 0 is the interrupt. */
export class Bcm2835I2c implements MmioDevice {
  readonly name: string;
  private readonly context: DeviceContext;
  private readonly slaves: readonly I2cSlave[];
  private readonly registers: RegisterBlock<Bcm2835I2c>;
  private readonly fifo = new Fifo(FIFO_SIZE);
  private latched = 0;
  private isActive = false;
  /** Bytes of the transfer that have not crossed the wire. */
  private left = 0;

  constructor(context: DeviceContext, slaves: readonly I2cSlave[] = []) {
    this.context = context;
    this.name = context.name;
    this.slaves = slaves;
    this.registers = new RegisterBlock<Bcm2835I2c>(this, table, context.log);
  }

  reset(): void {
    this.registers.reset();
    this.fifo.clear();
    this.latched = this.left = 0;
    this.isActive = false;
    this.update();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.registers.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.registers.write(offset, value, sizeBytes);
  }

  control(value: number): void {
    if ((value & C_CLEAR) !== 0) this.fifo.clear();
    if ((value & C_I2CEN) === 0) this.isActive = false;
    else if ((value & C_ST) !== 0) this.start();
    this.update();
  }

  get status(): number {
    const { length } = this.fifo;
    let status = this.latched | (this.isActive ? S_TA : 0);
    if (this.isReading) {
      if (length > 0) status |= S_RXD;
      if (length === FIFO_SIZE) status |= S_RXF;
      if (this.isActive && length >= RXR_LEVEL) status |= S_RXR;
      return status | S_TXD | S_TXE;
    }
    if (length < FIFO_SIZE) status |= S_TXD;
    if (length === 0) status |= S_TXE;
    if (this.isActive && this.left > 0 && length < TXW_LEVEL) status |= S_TXW;
    return status;
  }

  clear(ones: number): void {
    this.latched &= ~(ones & S_LATCHED);
    this.update();
  }

  /** Counts down during a transfer; before and after it is what was written. */
  get lengthLeft(): number {
    return this.isActive ? this.left : this.registers.values.DLEN;
  }

  pull(): number {
    const value = this.fifo.shift() ?? 0;
    this.advance();
    return value;
  }

  push(value: number): void {
    if (!this.fifo.push(value)) this.context.log.warnOnce("a byte was written to a full FIFO; dropped");
    this.advance();
  }

  update(): void {
    const { C } = this.registers.values;
    const { status } = this;
    const isRaised =
      ((C & C_INTD) !== 0 && (status & S_DONE) !== 0) ||
      ((C & C_INTT) !== 0 && (status & S_TXW) !== 0) ||
      ((C & C_INTR) !== 0 && (status & S_RXR) !== 0);
    irqOutput(this.context, 0).set(isRaised);
  }

  private get isReading(): boolean {
    return (this.registers.values.C & C_READ) !== 0;
  }

  private get slave(): I2cSlave | undefined {
    return this.slaves.find(({ address }) => address === this.registers.values.A);
  }

  private start(): void {
    // A start during a transfer is a repeated start: what is under way ends without a stop.
    this.left = this.registers.values.DLEN;
    this.isActive = true;
    if (this.slave?.start(this.isReading) === true) this.advance();
    else this.end(S_ERR);
  }

  /** Moves bytes between FIFO and slave until one of them has to wait. */
  private advance(): void {
    const { slave } = this;
    while (this.isActive && slave !== undefined && this.left > 0) {
      if (this.isReading) {
        if (this.fifo.isFull) break;
        this.fifo.push(slave.readByte() & 0xff);
      } else {
        const value = this.fifo.shift();
        if (value === undefined) break;
        if (!slave.writeByte(value)) {
          this.end(S_ERR);
          return;
        }
      }
      this.left--;
    }
    if (this.isActive && this.left === 0) this.end(0);
    this.update();
  }

  private end(error: number): void {
    this.isActive = false;
    this.latched |= S_DONE | error;
    this.slave?.stop();
    this.update();
  }

  dump(): RegisterDump[] {
    return this.registers.dump();
  }

  save(): State {
    return {
      registers: { ...this.registers.values },
      fifo: this.fifo.toArray(),
      latched: this.latched,
      isActive: this.isActive,
      left: this.left,
      slaves: this.slaves.map((slave) => slave.save()),
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.registers.values = reader.registers("registers", this.registers.values);
    this.fifo.assign(reader.numbers("fifo", FIFO_SIZE, 0, 0xff));
    this.latched = reader.number("latched", 0, S_LATCHED);
    this.isActive = reader.boolean("isActive");
    this.left = reader.number("left", 0, 0xffff);
    const slaves = reader.objects("slaves", this.slaves.length);
    for (const [index, slave] of this.slaves.entries()) slave.restore(slaves[index]);
    this.update();
  }
}
