/**
 * SDHOST, the BCM2835's own SD card controller; no public manual: registers as in Linux drivers/mmc/host/bcm2835.c.
 *
 * A command and its response take no time. The FIFO holds what of the current block is left, up to its 16 words, and is
 * refilled at once, so its thresholds never delay a request for DMA. A transfer that gets no data times out at once.
 */
import type { State } from "../base/index.ts";
import type { DeviceContext, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, irqOutput, RegisterBlock, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { numberOption } from "./options.ts";
import { SdCard } from "./sd-card.ts";
import { SdTransfer, type SdTransferHost } from "./sd-transfer.ts";
import { StateReader } from "./state-reader.ts";

/** SDCMD. */
const CMD_READ = 1 << 6;
const CMD_WRITE = 1 << 7;
const CMD_LONG_RESPONSE = 1 << 9;
const CMD_NO_RESPONSE = 1 << 10;
const CMD_BUSYWAIT = 1 << 11;
const CMD_FAIL = 1 << 14;
const CMD_NEW = 1 << 15;
/** SDHSTS. */
const STS_DATA = 1 << 0;
const STS_FIFO_ERROR = 1 << 3;
const STS_CMD_TIME_OUT = 1 << 6;
const STS_REW_TIME_OUT = 1 << 7;
const STS_BLOCK = 1 << 9;
const STS_BUSY = 1 << 10;
/** Bits that stay until they are written; the data flag follows the FIFO. */
const STS_LATCHED = 0x7f8;
/** SDHCFG. */
const CFG_DATA = 1 << 4;
const CFG_BLOCK = 1 << 8;
const CFG_BUSY = 1 << 10;
/** States of the controller, SDEDM[3:0]. */
const FSM_IDENTMODE = 0x0;
const FSM_DATAMODE = 0x1;
const FSM_READDATA = 0x2;
const FSM_WRITEDATA = 0x3;
const FSM_READWAIT = 0x4;
const FSM_POWERDOWN = 0x8;
const FSM_WRITESTART1 = 0xa;

const FIFO_WORDS = 16;
const GO_IDLE_STATE = 0;
const SELECT_CARD = 7;
const STOP_TRANSMISSION = 12;

const response = (offset: number) => at(offset, { value: word().ro<Bcm2835Sdhost>() });

const table: Record<string, RegisterSpec<Bcm2835Sdhost>> = {
  SDCMD: at(0x00, { command: bits(0, 16).rw() }, { onWrite: (s, value) => s.commandWritten(value) }),
  SDARG: at(0x04, { argument: word().rw() }),
  SDTOUT: at(0x08, { timeout: word().rw() }, { reset: 0xf00000 }),
  SDCDIV: at(0x0c, { divisor: bits(0, 11).rw() }, { reset: 0x1fb }),
  SDRSP0: response(0x10),
  SDRSP1: response(0x14),
  SDRSP2: response(0x18),
  SDRSP3: response(0x1c),
  SDHSTS: at(0x20, {
    status: bits(0, 11).rw({ read: (s) => s.status, peek: (s) => s.status, write: (s, v) => s.clear(v) }),
  }),
  SDVDD: at(0x30, { power: bit(0).rw() }, { onWrite: (s) => s.powerWritten() }),
  SDEDM: at(
    0x34,
    {
      FSM: bits(0, 4).ro((s) => s.fsm),
      FIFO: bits(4, 5).ro((s) => s.fifoWords),
      writeThreshold: bits(9, 5).rw(),
      readThreshold: bits(14, 5).rw(),
      FORCE_DATA_MODE: bit(19).wo((s, value) => s.forceDataMode(value)),
      CLOCK_PULSE: bit(20).wo(() => {}),
      BYPASS: bit(21).todo(),
    },
    { reset: 0xc600 },
  ),
  SDHCFG: at(
    0x38,
    {
      REL_CMD_LINE: bit(0).rw(),
      WIDE_INT_BUS: bit(1).rw(),
      WIDE_EXT_BUS: bit(2).rw(),
      SLOW_CARD: bit(3).rw(),
      DATA_IRPT_EN: bit(4).rw(),
      SDIO_IRPT_EN: bit(5).rw(),
      BLOCK_IRPT_EN: bit(8).rw(),
      BUSY_IRPT_EN: bit(10).rw(),
    },
    { onWrite: (s) => s.update() },
  ),
  SDHBCT: at(0x3c, { byteCount: word().rw() }),
  SDDATA: at(0x40, { data: word().rw({ read: (s) => s.pull(), peek: () => 0, write: (s, v) => s.push(v) }) }),
  SDHBLC: at(0x50, { blockCount: bits(0, 16).rw() }),
};

/** Outputs: the interrupt and the request for DMA (DREQ 13). Option `cardSerial`: the number in the card's CID. */
export class Bcm2835Sdhost implements MmioDevice, SdTransferHost {
  readonly name: string;
  private readonly context: DeviceContext;
  private readonly registers: RegisterBlock<Bcm2835Sdhost>;
  private readonly card: SdCard;
  private readonly transfer: SdTransfer;
  private latched = 0;
  /** The state between two transfers. */
  private restState: number = FSM_POWERDOWN;
  private isMultiple = false;
  /** The last command waits for the card to be ready. */
  private isWaitingForCard = false;

  constructor(context: DeviceContext) {
    this.context = context;
    this.name = context.name;
    this.registers = new RegisterBlock<Bcm2835Sdhost>(this, table, context.log);
    this.card = new SdCard(context, numberOption(context, "cardSerial", { fallback: 1 }));
    this.transfer = new SdTransfer(this.card, this);
    this.card.onReady = () => this.cardReady();
  }

  reset(): void {
    this.registers.reset();
    this.card.reset();
    this.transfer.stop();
    this.latched = 0;
    this.restState = FSM_POWERDOWN;
    this.isMultiple = false;
    this.isWaitingForCard = false;
    this.update();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.registers.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    this.registers.write(offset, value, sizeBytes);
  }

  commandWritten(value: number): void {
    if ((value & CMD_NEW) === 0) return;
    const { values } = this.registers;
    const index = value & 0x3f;
    values.SDCMD &= ~(CMD_NEW | CMD_FAIL);
    this.isWaitingForCard = false;
    if (index === GO_IDLE_STATE || index === SELECT_CARD || index === STOP_TRANSMISSION) this.transfer.stop();
    const answer = this.isPowered ? this.card.command(index, values.SDARG) : undefined;
    const isExpected = (value & CMD_NO_RESPONSE) === 0;
    if (isExpected && (answer === undefined || answer.length === 0)) {
      values.SDCMD |= CMD_FAIL;
      this.latched |= STS_CMD_TIME_OUT;
    } else if (this.isPowered) {
      if (isExpected) this.storeResponse(answer ?? [], (value & CMD_LONG_RESPONSE) !== 0);
      this.commandDone(index, value);
    }
    this.update();
  }

  private storeResponse(answer: readonly number[], isLong: boolean): void {
    const { values } = this.registers;
    const last = answer.length - 1;
    values.SDRSP0 = answer[last] | 0;
    if (!isLong || last !== 3) return;
    [values.SDRSP1, values.SDRSP2, values.SDRSP3] = [answer[2] | 0, answer[1] | 0, answer[0] | 0];
  }

  private commandDone(index: number, value: number): void {
    if (index === GO_IDLE_STATE) this.restState = FSM_IDENTMODE;
    else if (index === SELECT_CARD || index === STOP_TRANSMISSION) this.restState = FSM_DATAMODE;
    if ((value & (CMD_READ | CMD_WRITE)) !== 0) this.startTransfer((value & CMD_READ) !== 0);
    if ((value & CMD_BUSYWAIT) === 0) return;
    this.isWaitingForCard = true;
    if (!this.card.isBusy) this.cardReady();
  }

  private startTransfer(isRead: boolean): void {
    const { SDHBCT, SDHBLC } = this.registers.values;
    const blockCount = Math.max(1, SDHBLC);
    this.isMultiple = blockCount > 1;
    this.restState = FSM_DATAMODE;
    if (isRead) this.transfer.startRead(SDHBCT >>> 0, blockCount);
    else this.transfer.startWrite(SDHBCT >>> 0, blockCount);
  }

  private cardReady(): void {
    if (!this.isWaitingForCard) return;
    this.isWaitingForCard = false;
    // The status bits of interrupts that are off stay 0: the driver acts on every one it sees.
    if ((this.registers.values.SDHCFG & CFG_BUSY) !== 0) this.latched |= STS_BUSY;
    this.update();
  }

  blockDone(): void {
    if (this.transfer.isActive ? this.transfer.writable > 0 : this.isWriting)
      if ((this.registers.values.SDHCFG & CFG_BLOCK) !== 0) this.latched |= STS_BLOCK;
    // After several blocks the controller waits to be told that the card was stopped.
    if (!this.transfer.isActive && this.isMultiple) this.restState = this.isWriting ? FSM_WRITESTART1 : FSM_READWAIT;
    this.update();
  }

  transferFailed(): void {
    this.latched |= STS_REW_TIME_OUT;
    this.update();
  }

  /** SDHSTS. */
  get status(): number {
    return this.latched | (this.hasDataFlag ? STS_DATA : 0);
  }

  clear(ones: number): void {
    this.latched &= ~(ones & STS_LATCHED);
    this.update();
  }

  get fsm(): number {
    if (this.transfer.readable > 0) return FSM_READDATA;
    return this.transfer.writable > 0 ? FSM_WRITEDATA : this.restState;
  }

  get fifoWords(): number {
    return Math.min(FIFO_WORDS, Math.ceil(this.transfer.readable / 4));
  }

  forceDataMode(value: number): void {
    if (value === 0 || !this.isPowered) return;
    this.transfer.stop();
    this.restState = FSM_DATAMODE;
    this.update();
  }

  powerWritten(): void {
    if (this.isPowered && this.restState === FSM_POWERDOWN) this.restState = FSM_IDENTMODE;
    if (this.isPowered) return;
    this.transfer.stop();
    this.card.reset();
    this.isWaitingForCard = false;
    this.restState = FSM_POWERDOWN;
    this.update();
  }

  /** SDDATA. */
  pull(): number {
    if (this.transfer.readable === 0) return this.fifoError();
    const value = this.transfer.read(4);
    this.update();
    return value;
  }

  push(value: number): void {
    if (this.transfer.writable === 0) this.fifoError();
    else this.transfer.write(value, 4);
    this.update();
  }

  update(): void {
    const { SDHCFG } = this.registers.values;
    const enabled =
      ((SDHCFG & CFG_BUSY) !== 0 ? STS_BUSY : 0) |
      ((SDHCFG & CFG_BLOCK) !== 0 ? STS_BLOCK : 0) |
      ((SDHCFG & CFG_DATA) !== 0 ? STS_DATA : 0);
    irqOutput(this.context, 0).set((this.status & enabled) !== 0);
    irqOutput(this.context, 1).set(this.transfer.readable > 0 || this.transfer.writable > 0);
  }

  private fifoError(): number {
    this.latched |= STS_FIFO_ERROR;
    this.update();
    return 0;
  }

  private get isPowered(): boolean {
    return (this.registers.values.SDVDD & 1) !== 0;
  }

  /** The last command was one that writes. */
  private get isWriting(): boolean {
    return (this.registers.values.SDCMD & CMD_WRITE) !== 0;
  }

  /** Something to do at SDDATA; a transfer that failed says so with the same flag, for there is no other. */
  private get hasDataFlag(): boolean {
    return this.transfer.isActive || (this.latched & STS_REW_TIME_OUT) !== 0;
  }

  dump(): RegisterDump[] {
    return this.registers.dump();
  }

  save(): State {
    return {
      registers: { ...this.registers.values },
      card: this.card.save(),
      transfer: this.transfer.save(),
      latched: this.latched,
      restState: this.restState,
      isMultiple: this.isMultiple,
      isWaitingForCard: this.isWaitingForCard,
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.registers.values = reader.registers("registers", this.registers.values);
    this.card.restore(reader.object("card"));
    this.transfer.restore(reader.object("transfer"), this.name);
    this.latched = reader.number("latched", 0, STS_LATCHED);
    this.restState = reader.number("restState", 0, 0xf);
    this.isMultiple = reader.boolean("isMultiple");
    this.isWaitingForCard = reader.boolean("isWaitingForCard");
    this.update();
  }
}
