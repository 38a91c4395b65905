/**
 * Mailboxes between the ARM and the VideoCore of the BCM2835, and the firmware behind them: mailbox 0 brings answers,
 * mailbox 1 takes requests; Linux, bcm2835-mailbox.c, and the Raspberry Pi firmware wiki, mailboxes.
 *
 * The firmware answers at once, as long as mailbox 0 has room. Only the property channel is modelled.
 */
import type { State } from "../base/index.ts";
import { Fifo } from "../base/index.ts";
import type { DeviceContext, IrqLine, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, irqOutput, RegisterBlock, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { Bcm2835Firmware } from "./bcm2835-firmware.ts";
import { answerProperties } from "./bcm2835-property.ts";
import { StateReader } from "./state-reader.ts";

const FIFO_DEPTH = 8;
const CHANNEL_PROPERTY = 8;
/** Bus addresses carry the cache alias in their top two bits. */
const BUS_ADDRESS_MASK = 0x3ffffff0;
/** MAIL0_CNF: an interrupt while there is an answer to read, and its pending bit. */
const DATA_IRQ_ENABLE = 1 << 0;

const statusFields = (fifo: (s: Bcm2835Mbox) => Fifo) => ({
  LEVEL: bits(0, 8).ro((s: Bcm2835Mbox) => fifo(s).length),
  EMPTY: bit(30).ro((s: Bcm2835Mbox) => Number(fifo(s).isEmpty)),
  FULL: bit(31).ro((s: Bcm2835Mbox) => Number(fifo(s).isFull)),
});

const table: Record<string, RegisterSpec<Bcm2835Mbox>> = {
  MAIL0_RD: at(0x00, { message: word().rw({ read: (s) => s.take(), peek: (s) => s.next, write: () => {} }) }),
  MAIL0_POL: at(0x10, { message: word().ro((s) => s.next) }),
  MAIL0_SND: at(0x14, { sender: bits(0, 2).ro() }),
  MAIL0_STA: at(
    0x18,
    statusFields((s) => s.answers),
  ),
  MAIL0_CNF: at(
    0x1c,
    {
      DATA_IRQ_ENABLE: bit(0).rw(),
      SPACE_IRQ_ENABLE: bit(1).todo(),
      OPPOSITE_EMPTY_IRQ_ENABLE: bit(2).todo(),
      CLEAR: bit(3).wo((s, one) => one === 1 && s.clearAnswers()),
      DATA_IRQ_PENDING: bit(4).ro((s) => Number(s.hasInterrupt)),
    },
    { onWrite: (s) => s.update() },
  ),
  MAIL1_WRT: at(0x20, { message: word().wo((s, message) => s.request(message)) }),
  MAIL1_POL: at(0x30, { message: word().ro((s) => s.requests.peek() ?? 0) }),
  MAIL1_SND: at(0x34, { sender: bits(0, 2).ro() }),
  MAIL1_STA: at(
    0x38,
    statusFields((s) => s.requests),
  ),
  MAIL1_CNF: at(0x3c, { config: bits(0, 11).todo() }),
};

/** Output: the ARM's interrupt 1. Options: those of `Bcm2835Firmware`. */
export class Bcm2835Mbox implements MmioDevice {
  readonly name: string;
  readonly firmware: Bcm2835Firmware;
  readonly answers = new Fifo(FIFO_DEPTH);
  readonly requests = new Fifo(FIFO_DEPTH);
  private readonly context: DeviceContext;
  private readonly irq: IrqLine;
  private readonly regs: RegisterBlock<Bcm2835Mbox>;

  constructor(context: DeviceContext) {
    this.name = context.name;
    this.context = context;
    this.irq = irqOutput(context, 0);
    this.firmware = new Bcm2835Firmware(context);
    this.regs = new RegisterBlock<Bcm2835Mbox>(this, table, context.log);
  }

  reset(): void {
    this.regs.reset();
    this.firmware.reset();
    this.answers.clear();
    this.requests.clear();
    this.update();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.regs.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.regs.write(offset, value, sizeBytes);
  }

  /** The message `take` would give. */
  get next(): number {
    return this.answers.peek() ?? 0;
  }

  take(): number {
    const message = this.answers.shift() ?? 0;
    this.serve();
    return message;
  }

  request(message: number): void {
    if (!this.requests.push(message >>> 0)) this.context.log.warnOnce("a message to a full mailbox was lost");
    this.serve();
  }

  clearAnswers(): void {
    this.answers.clear();
    this.serve();
  }

  get hasInterrupt(): boolean {
    return (this.regs.values.MAIL0_CNF & DATA_IRQ_ENABLE) !== 0 && !this.answers.isEmpty;
  }

  update(): void {
    this.irq.set(this.hasInterrupt);
  }

  /** The firmware's side: answers requests in their order while there is room. */
  private serve(): void {
    while (!this.answers.isFull) {
      const message = this.requests.shift();
      if (message === undefined) break;
      const channel = message & 0xf;
      if (channel === CHANNEL_PROPERTY) {
        const { memory, log } = this.context;
        answerProperties({ memory, log, firmware: this.firmware }, message & BUS_ADDRESS_MASK);
        this.answers.push(message);
      } else this.context.log.warnOnce(`mailbox channel ${channel} is not modelled; nobody answers on it`);
    }
    this.update();
  }

  dump(): RegisterDump[] {
    return this.regs.dump();
  }

  save(): State {
    return {
      registers: { ...this.regs.values },
      answers: this.answers.toArray(),
      requests: this.requests.toArray(),
      firmware: this.firmware.save(),
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.regs.values = reader.registers("registers", this.regs.values);
    this.answers.assign(reader.numbers("answers", FIFO_DEPTH, 0));
    this.requests.assign(reader.numbers("requests", FIFO_DEPTH, 0));
    this.firmware.restore(reader.child("firmware"));
    this.update();
  }
}
