/**
 * EMMC, the BCM2835's Arasan SD host controller; SD Host Controller Simplified Specification 3.00, and BCM2835 ARM
 * Peripherals, chapter 5.
 *
 * Registers are words, data goes through the buffer port (or by DREQ 11). As on the chip there are no capabilities, no
 * DMA of its own and no card detection. Commands take no time; a transfer that gets no data times out at once.
 */
import type { State } from "../base/index.ts";
import type { DeviceContext, MmioDevice, RegisterDump, RegisterSpec } from "../device/index.ts";
import { at, bit, bits, irqOutput, RegisterBlock, word } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { numberOption } from "./options.ts";
import { SdCard } from "./sd-card.ts";
import { ENDLESS, SdTransfer, type SdTransferHost } from "./sd-transfer.ts";
import { StateReader } from "./state-reader.ts";

/** CMDTM. */
const TM_BLKCNT_EN = 1 << 1;
const TM_AUTO_CMD12 = 1 << 2;
const TM_AUTO_CMD23 = 2 << 2;
const TM_AUTO_CMD_MASK = 3 << 2;
const TM_READ = 1 << 4;
const TM_MULTI_BLOCK = 1 << 5;
const CMD_ISDATA = 1 << 21;
const RESPONSE_NONE = 0;
const RESPONSE_136 = 1;
const RESPONSE_48_BUSY = 3;
/** STATUS. */
const ST_DAT_INHIBIT = 1 << 1;
const ST_DAT_ACTIVE = 1 << 2;
const ST_WRITE_TRANSFER = 1 << 8;
const ST_READ_TRANSFER = 1 << 9;
const ST_NEW_WRITE_DATA = 1 << 10;
const ST_NEW_READ_DATA = 1 << 11;
const ST_DAT0_LEVEL = 1 << 20;
/** A card that can be written, and lines that are high. */
const ST_IDLE = 0x1fff0000;
/** INTERRUPT. */
const INT_CMD_DONE = 1 << 0;
const INT_DATA_DONE = 1 << 1;
const INT_WRITE_RDY = 1 << 4;
const INT_READ_RDY = 1 << 5;
const INT_ERR = 1 << 15;
const INT_CTO_ERR = 1 << 16;
const INT_DTO_ERR = 1 << 20;
const INT_ERRORS = 0xffff0000;
/** What the enable registers can let through. */
const INT_ALL = 0x017ff1ff;
/** CONTROL1. */
const C1_CLK_INTLEN = 1 << 0;
const C1_SRST_HC = 1 << 24;
const C1_SRST_DATA = 1 << 26;

const GO_IDLE_STATE = 0;
const SELECT_CARD = 7;
const STOP_TRANSMISSION = 12;
const SET_BLOCK_COUNT = 23;

const response = (offset: number) => at(offset, { value: word().ro<Bcm2835Sdhci>() });
const stored = (offset: number) => at(offset, { value: word().rw<Bcm2835Sdhci>() });

const table: Record<string, RegisterSpec<Bcm2835Sdhci>> = {
  ARG2: stored(0x00),
  BLKSIZECNT: at(0x04, { BLKSIZE: bits(0, 10).rw(), BOUNDARY: bits(12, 3).rw(), BLKCNT: bits(16, 16).rw() }),
  ARG1: stored(0x08),
  CMDTM: at(
    0x0c,
    {
      DMA_EN: bit(0).todo(),
      TM_BLKCNT_EN: bit(1).rw(),
      TM_AUTO_CMD_EN: bits(2, 2).rw(),
      TM_DAT_DIR: bit(4).rw(),
      TM_MULTI_BLOCK: bit(5).rw(),
      CMD_RSPNS_TYPE: bits(16, 2).rw(),
      CMD_CRCCHK_EN: bit(19).rw(),
      CMD_IXCHK_EN: bit(20).rw(),
      CMD_ISDATA: bit(21).rw(),
      CMD_TYPE: bits(22, 2).rw(),
      CMD_INDEX: bits(24, 6).rw(),
    },
    { onWrite: (s, value) => s.commandWritten(value) },
  ),
  RESP0: response(0x10),
  RESP1: response(0x14),
  RESP2: response(0x18),
  RESP3: response(0x1c),
  DATA: at(0x20, { data: word().rw({ read: (s) => s.pull(), peek: () => 0, write: (s, v) => s.push(v) }) }),
  STATUS: at(0x24, { status: word().ro((s) => s.status) }),
  CONTROL0: at(0x28, {
    HCTL_LED: bit(0).rw(),
    HCTL_DWIDTH: bit(1).rw(),
    HCTL_HS_EN: bit(2).rw(),
    DMA_SELECT: bits(3, 2).rw(),
    HCTL_8BIT: bit(5).rw(),
    CARD_DETECT_TEST: bits(6, 2).rw(),
    POWER: bits(8, 8).rw(),
    GAP: bits(16, 8).rw(),
    WAKE: bits(24, 8).rw(),
  }),
  CONTROL1: at(
    0x2c,
    {
      CLK_INTLEN: bit(0).rw(),
      CLK_STABLE: bit(1).ro((s) => s.isClockStable),
      CLK_EN: bit(2).rw(),
      CLK_GENSEL: bit(5).rw(),
      CLK_FREQ: bits(6, 10).rw(),
      DATA_TOUNIT: bits(16, 4).rw(),
      SRST: bits(24, 3).wo(() => {}),
    },
    { onWrite: (s, value) => s.softReset(value) },
  ),
  INTERRUPT: at(0x30, {
    status: word().rw({ read: (s) => s.interrupts, peek: (s) => s.interrupts, write: (s, v) => s.clear(v) }),
  }),
  IRPT_MASK: at(0x34, { enable: word().rw() }, { onWrite: (s) => s.update() }),
  IRPT_EN: at(0x38, { enable: word().rw() }, { onWrite: (s) => s.update() }),
  CONTROL2: at(0x3c, { ACMD_STATUS: bits(0, 16).ro(), HOST_CONTROL2: bits(16, 16).rw() }),
  CAPABILITIES0: response(0x40),
  CAPABILITIES1: response(0x44),
  FORCE_IRPT: at(0x50, { force: word().wo((s, value) => s.raise(value)) }),
  BOOT_TIMEOUT: stored(0x70),
  DBG_SEL: stored(0x74),
  EXRDFIFO_CFG: stored(0x80),
  EXRDFIFO_EN: stored(0x84),
  TUNE_STEP: stored(0x88),
  TUNE_STEPS_STD: stored(0x8c),
  TUNE_STEPS_DDR: stored(0x90),
  SPI_INT_SPT: stored(0xf0),
  SLOTISR_VER: at(
    0xfc,
    { SLOT_STATUS: bits(0, 8).ro((s) => s.slotStatus), SDVERSION: bits(16, 8).ro(), VENDOR: bits(24, 8).ro() },
    { reset: 0x99020000 },
  ),
};

/** Outputs: the interrupt and the request for DMA (DREQ 11). Option `cardSerial`: the number in the card's CID. */
export class Bcm2835Sdhci implements MmioDevice, SdTransferHost {
  readonly name: string;
  private readonly context: DeviceContext;
  private readonly registers: RegisterBlock<Bcm2835Sdhci>;
  private readonly card: SdCard;
  private readonly transfer: SdTransfer;
  private latched = 0;
  /** The last command waits for the card to be ready. */
  private isWaitingForCard = false;

  constructor(context: DeviceContext) {
    this.context = context;
    this.name = context.name;
    this.registers = new RegisterBlock<Bcm2835Sdhci>(this, table, context.log);
    this.card = new SdCard(context, numberOption(context, "cardSerial", { fallback: 1 }));
    this.transfer = new SdTransfer(this.card, this);
    this.card.onReady = () => this.cardReady();
  }

  reset(): void {
    this.card.reset();
    this.resetController();
  }

  read(offset: number, sizeBytes: AccessSize): number {
    return this.registers.read(offset, sizeBytes);
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    if (sizeBytes !== 4) this.context.log.warnOnce("a register was written with less than a word; the rest became 0");
    this.registers.write(offset, value, sizeBytes);
  }

  commandWritten(value: number): void {
    const { values } = this.registers;
    const index = (value >>> 24) & 0x3f;
    const type = (value >>> 16) & 3;
    if (index === GO_IDLE_STATE || index === SELECT_CARD || index === STOP_TRANSMISSION) this.transfer.stop();
    if ((value & TM_AUTO_CMD_MASK) === TM_AUTO_CMD23) this.card.command(SET_BLOCK_COUNT, values.ARG2);
    const answer = this.card.command(index, values.ARG1);
    if (type !== RESPONSE_NONE && (answer === undefined || answer.length === 0)) {
      this.raise(INT_CTO_ERR);
      return;
    }
    if (type !== RESPONSE_NONE) this.storeResponse(answer ?? [], type === RESPONSE_136);
    this.raise(INT_CMD_DONE);
    if ((value & CMD_ISDATA) !== 0) this.startTransfer(value);
    else if (type === RESPONSE_48_BUSY) {
      this.isWaitingForCard = true;
      if (!this.card.isBusy) this.cardReady();
    }
  }

  /** A long response stands without its last byte, the CRC. */
  private storeResponse(answer: readonly number[], isLong: boolean): void {
    const { values } = this.registers;
    if (!isLong || answer.length !== 4) {
      values.RESP0 = answer[answer.length - 1] | 0;
      return;
    }
    const [high, upper, lower, low] = answer;
    values.RESP0 = (low >>> 8) | (lower << 24);
    values.RESP1 = (lower >>> 8) | (upper << 24);
    values.RESP2 = (upper >>> 8) | (high << 24);
    values.RESP3 = high >>> 8;
  }

  private startTransfer(value: number): void {
    const { BLKSIZECNT } = this.registers.values;
    const size = BLKSIZECNT & 0x3ff;
    const isCounted = (value & TM_BLKCNT_EN) !== 0;
    const many = isCounted ? BLKSIZECNT >>> 16 : ENDLESS;
    const blockCount = (value & TM_MULTI_BLOCK) === 0 ? 1 : many;
    // No blocks at all is a transfer that is already done.
    if (blockCount === 0) this.raise(INT_DATA_DONE);
    else if ((value & TM_READ) !== 0) this.transfer.startRead(size, blockCount);
    else this.transfer.startWrite(size, blockCount);
    this.raiseReady();
  }

  /** The buffer can be read or written now. */
  private raiseReady(): void {
    if (this.transfer.readable > 0) this.raise(INT_READ_RDY);
    if (this.transfer.writable > 0) this.raise(INT_WRITE_RDY);
    this.update();
  }

  blockDone(): void {
    const { values } = this.registers;
    if ((values.CMDTM & TM_BLKCNT_EN) !== 0 && values.BLKSIZECNT >>> 16 !== 0) values.BLKSIZECNT -= 0x10000;
    if (!this.transfer.isActive) {
      if ((values.CMDTM & TM_AUTO_CMD_MASK) === TM_AUTO_CMD12) {
        const answer = this.card.command(STOP_TRANSMISSION, 0);
        values.RESP3 = (answer?.[0] ?? 0) | 0;
      }
      this.raise(INT_DATA_DONE);
    }
    this.raiseReady();
  }

  transferFailed(): void {
    this.raise(INT_DTO_ERR);
  }

  private cardReady(): void {
    if (!this.isWaitingForCard) return;
    this.isWaitingForCard = false;
    this.raise(INT_DATA_DONE);
  }

  /** Latches what IRPT_MASK lets through. */
  raise(ones: number): void {
    this.latched |= ones & this.registers.values.IRPT_MASK & INT_ALL & ~INT_ERR;
    this.update();
  }

  get interrupts(): number {
    return this.latched | ((this.latched & INT_ERRORS) !== 0 ? INT_ERR : 0);
  }

  clear(ones: number): void {
    this.latched &= ~ones;
    this.update();
  }

  get slotStatus(): number {
    return (this.interrupts & this.registers.values.IRPT_EN) !== 0 ? 1 : 0;
  }

  get isClockStable(): number {
    return this.registers.values.CONTROL1 & C1_CLK_INTLEN;
  }

  get status(): number {
    let status = ST_IDLE;
    if (this.transfer.readable > 0) status |= ST_READ_TRANSFER | ST_NEW_READ_DATA;
    if (this.transfer.writable > 0) status |= ST_WRITE_TRANSFER | ST_NEW_WRITE_DATA;
    if (this.transfer.isActive) status |= ST_DAT_INHIBIT | ST_DAT_ACTIVE;
    if (this.card.isBusy) status = (status | ST_DAT_INHIBIT) & ~ST_DAT0_LEVEL;
    return status;
  }

  softReset(value: number): void {
    if ((value & C1_SRST_HC) !== 0) this.resetController();
    else if ((value & C1_SRST_DATA) !== 0) {
      this.transfer.stop();
      this.isWaitingForCard = false;
      this.latched &= ~(INT_DATA_DONE | INT_READ_RDY | INT_WRITE_RDY);
    }
    this.update();
  }

  /** The buffer data port. */
  pull(): number {
    if (this.transfer.readable === 0) return 0;
    const value = this.transfer.read(4);
    this.update();
    return value;
  }

  push(value: number): void {
    if (this.transfer.writable > 0) this.transfer.write(value, 4);
    else this.context.log.warnOnce("data was written while no transfer waits for it; dropped");
    this.update();
  }

  update(): void {
    irqOutput(this.context, 0).set(this.slotStatus !== 0);
    irqOutput(this.context, 1).set(this.transfer.readable > 0 || this.transfer.writable > 0);
  }

  private resetController(): void {
    this.registers.reset();
    this.transfer.stop();
    this.latched = 0;
    this.isWaitingForCard = false;
    this.update();
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
      isWaitingForCard: this.isWaitingForCard,
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    this.registers.values = reader.registers("registers", this.registers.values);
    this.card.restore(reader.object("card"));
    this.transfer.restore(reader.object("transfer"), this.name);
    this.latched = reader.number("latched");
    this.isWaitingForCard = reader.boolean("isWaitingForCard");
    this.update();
  }
}
