/**
 * SD memory card on a disk image: commands, states, block transfers; SD Physical Layer Simplified Specification 3.01, chapter 4.
 *
 * A block that the card took is in the image before the host learns of it, in the order in which the blocks came. Erasing
 * takes virtual time, a piece of the range at each event. Not modelled: CRC errors, passwords (CMD42), CSD programming
 * (CMD27), write protection of groups, 1.8 V signalling; such commands are illegal and get no answer, as from a card
 * without the option.
 */
import type { State } from "../base/index.ts";
import type { DeviceContext } from "../device/index.ts";
import { cardSizeInvalid } from "./errors.ts";
import { type SdCommand, SdState, sdApplicationCommands, sdCommands } from "./sd-card-commands.table.ts";
import { BLOCK_LEN_ERROR, ERROR, LARGEST_SECTOR, OPEN_ENDED, SdCardData, type SdSpan } from "./sd-card-data.ts";
import { SdCardFeatures } from "./sd-card-features.ts";
import {
  makeCid,
  makeCsd,
  makeScr,
  nextCardSectors,
  responseWords,
  SD_BLOCK_SIZE,
  type SdCapacity,
  sdCapacity,
} from "./sd-card-registers.ts";
import { SdErase } from "./sd-erase.ts";
import { StateReader } from "./state-reader.ts";

/** Card status, chapter 4.10.1. */
const ILLEGAL_COMMAND = 1 << 22;
const READY_FOR_DATA = 1 << 8;
const APP_CMD = 1 << 5;

const OCR_READY = 0x80000000;
const OCR_CCS = 0x40000000;
const OCR_VOLTAGES = 0x00ff8000;
const VOLTAGE_27_36 = 1;

/** Response words: one for R1, R3, R6, R7; four for R2, the most significant first; none for CMD0 and its like. */
export type SdResponse = readonly number[];

const noResponse: SdResponse = [];

export class SdCard {
  /** Called when the card is no longer busy. */
  onReady: () => void = () => {};
  private readonly context: DeviceContext;
  private readonly serial: number;
  /** Of the medium in the slot when it was last looked at. */
  private sectorCount = 0;
  private capacity: SdCapacity | undefined;
  private state: number = SdState.idle;
  private rca = 0;
  /** Error bits that the next status reports. */
  private errors = 0;
  private isAppCommand = false;
  private hasInterfaceCondition = false;
  private readonly features = new SdCardFeatures();
  private blockLength = SD_BLOCK_SIZE;
  /** Blocks of the next multiple block transfer (CMD23), 0 for no limit. */
  private blockCount = 0;
  private readonly data: SdCardData;
  private readonly erasing: SdErase;

  /**
   * `context.block` is the card's content; without one the slot is empty. Throws `sd-card-size` when no card of its
   * size exists. Option `cardSerial` is the serial number in the CID.
   */
  constructor(context: DeviceContext, serial: number) {
    this.context = context;
    this.serial = serial;
    this.data = new SdCardData(context);
    const sectorCount = context.block?.sectorCount ?? 0;
    if (sectorCount > 0 && sdCapacity(sectorCount) === undefined)
      throw cardSizeInvalid(context.name, sectorCount * SD_BLOCK_SIZE, nextCardSectors(sectorCount) * SD_BLOCK_SIZE);
    this.erasing = new SdErase(context, (isGood) => this.erased(isGood));
  }

  /** As after power-on; takes the size of what is in the slot now. */
  reset(): void {
    this.sectorCount = this.context.block?.sectorCount ?? 0;
    this.capacity = sdCapacity(this.sectorCount);
    if (this.sectorCount !== 0 && this.capacity === undefined)
      this.context.log.error(
        `no SD card can have ${this.sectorCount} sectors: the slot stays empty; make the image a multiple of 512 KiB`,
      );
    this.erasing.cancel();
    this.goIdle();
    this.errors = 0;
  }

  get isPresent(): boolean {
    return this.capacity !== undefined;
  }

  /** The card holds DAT0 low: an erase is under way. */
  get isBusy(): boolean {
    return this.erasing.isActive;
  }

  /** A block of data can be read from the card. */
  get isSending(): boolean {
    return this.state === SdState.data;
  }

  /** The card waits for a block of data. */
  get isReceiving(): boolean {
    return this.state === SdState.rcv;
  }

  /** `undefined` when the card gives no response: not there, not meant, illegal. */
  command(index: number, argument: number): SdResponse | undefined {
    // Another medium is another card, which knows nothing of what was before.
    if ((this.context.block?.sectorCount ?? 0) !== this.sectorCount) this.reset();
    if (this.capacity === undefined || this.state === SdState.ina) return undefined;
    const isApplication = this.isAppCommand;
    this.isAppCommand = false;
    const command: SdCommand | undefined =
      (isApplication ? sdApplicationCommands[index] : undefined) ?? sdCommands[index];
    if (command === undefined || ((command.states >> this.state) & 1) === 0) {
      this.errors |= ILLEGAL_COMMAND;
      this.blockCount = 0;
      return undefined;
    }
    const limit = this.blockCount;
    const isExtended = isApplication && sdApplicationCommands[index] !== undefined;
    const response = this.run(command.name, argument >>> 0, isExtended);
    // CMD23 counts for the command right after it.
    if (command.name !== "SET_BLOCK_COUNT" && limit !== 0) this.blockCount = 0;
    return response;
  }

  /** The next block the card sends; `undefined` when it sends none, or one of another size. */
  readBlock(sizeBytes: number): Uint8Array | undefined {
    const block = this.isSending ? this.data.read(sizeBytes) : undefined;
    if (this.isSending && this.data.isDone) this.state = SdState.tran;
    return block;
  }

  /** False when the card refuses the block. One that it takes is in the image. */
  writeBlock(block: Uint8Array): boolean {
    const isGood = this.isReceiving && this.data.write(block);
    if (this.isReceiving && this.data.isDone) this.state = SdState.tran;
    return isGood;
  }

  // The commands, by their names in the specification.

  private run(name: SdCommand["name"], argument: number, isApplication: boolean): SdResponse | undefined {
    switch (name) {
      case "GO_IDLE_STATE":
        this.goIdle();
        return noResponse;
      case "SET_DSR":
        return noResponse;
      case "SEND_IF_COND":
        return this.sendInterfaceCondition(argument);
      case "SD_SEND_OP_COND":
        return this.sendOperatingConditions(argument);
      case "ALL_SEND_CID":
        this.state = SdState.ident;
        return responseWords(makeCid(this.serial));
      case "SEND_RELATIVE_ADDR":
        return this.sendRelativeAddress();
      case "SELECT_CARD":
        return this.select(argument);
      case "SEND_CSD":
        return this.isAddressed(argument) ? responseWords(this.csd) : undefined;
      case "SEND_CID":
        return this.isAddressed(argument) ? responseWords(makeCid(this.serial)) : undefined;
      case "SEND_STATUS":
        return this.isAddressed(argument) ? this.status(isApplication) : undefined;
      case "GO_INACTIVE_STATE":
        if (this.isAddressed(argument)) this.state = SdState.ina;
        return noResponse;
      case "APP_CMD":
        return this.nextIsApplication(argument);
      default:
        return this.runInTransfer(name, argument, isApplication);
    }
  }

  private runInTransfer(name: SdCommand["name"], argument: number, isApplication: boolean): SdResponse {
    const status = () => this.status(isApplication);
    switch (name) {
      case "SWITCH_FUNC":
        return this.sendRegister(this.features.switch(argument), isApplication);
      case "STOP_TRANSMISSION":
        return this.stop();
      case "SET_BLOCKLEN":
        if (argument === 0 || argument > SD_BLOCK_SIZE) this.errors |= BLOCK_LEN_ERROR;
        else this.blockLength = argument;
        return status();
      case "SET_BLOCK_COUNT":
        this.blockCount = argument;
        return status();
      case "READ_SINGLE_BLOCK":
        return this.startRead(argument, 1);
      case "READ_MULTIPLE_BLOCK":
        return this.startRead(argument, this.blockCount === 0 ? OPEN_ENDED : this.blockCount);
      case "WRITE_BLOCK":
        return this.startWrite(argument, 1);
      case "WRITE_MULTIPLE_BLOCK":
        return this.startWrite(argument, this.blockCount === 0 ? OPEN_ENDED : this.blockCount);
      case "ERASE_WR_BLK_START":
        this.erasing.setFirst(this.sectorOf(argument));
        return status();
      case "ERASE_WR_BLK_END":
        this.errors |= this.erasing.setLast(this.sectorOf(argument));
        return status();
      case "ERASE":
        return this.enter(SdState.prg, this.erasing.start());
      case "SET_BUS_WIDTH":
        this.features.setBusWidth(argument);
        return status();
      case "SD_STATUS":
        return this.sendRegister(this.features.sdStatus, true);
      case "SEND_NUM_WR_BLOCKS":
        return this.sendRegister(bigEndianWord(this.data.blocksWritten), true);
      case "SEND_SCR":
        return this.sendRegister(makeScr(this.present), true);
      default:
        // SET_WR_BLK_ERASE_COUNT and SET_CLR_CARD_DETECT: hints that change nothing here.
        return status();
    }
  }

  private sendInterfaceCondition(argument: number): SdResponse | undefined {
    if (((argument >> 8) & 0xf) !== VOLTAGE_27_36) return undefined;
    this.hasInterfaceCondition = true;
    return [argument & 0xfff];
  }

  /** A card of high capacity is never ready for a host that has not said it knows them. */
  private sendOperatingConditions(argument: number): SdResponse {
    const isHigh = this.present.kind !== "SDSC";
    const isInquiry = (argument & OCR_VOLTAGES) === 0;
    const knowsHigh = this.hasInterfaceCondition && (argument & OCR_CCS) !== 0;
    if (isInquiry || (isHigh && !knowsHigh)) return [OCR_VOLTAGES];
    this.state = SdState.ready;
    return [(OCR_VOLTAGES | OCR_READY | (isHigh ? OCR_CCS : 0)) >>> 0];
  }

  private sendRelativeAddress(): SdResponse {
    this.rca = (this.rca % 0xffff) + 1;
    const [status] = this.status(false);
    this.state = SdState.stby;
    // R6 has bits 23, 22, 19 and 12 to 0 of the card status.
    return [((this.rca << 16) | ((status >>> 8) & 0xc000) | ((status >>> 6) & 0x2000) | (status & 0x1fff)) >>> 0];
  }

  private select(argument: number): SdResponse | undefined {
    const from = this.state;
    if (this.isAddressed(argument)) {
      if (from !== SdState.stby && from !== SdState.dis) {
        this.errors |= ILLEGAL_COMMAND;
        return undefined;
      }
      const response = this.status(false);
      this.state = from === SdState.dis ? SdState.prg : SdState.tran;
      return response;
    }
    if (from === SdState.prg) this.state = SdState.dis;
    else if (from === SdState.tran || from === SdState.data) this.endTransfer(SdState.stby);
    return undefined;
  }

  private nextIsApplication(argument: number): SdResponse | undefined {
    if (!this.isAddressed(argument)) return undefined;
    this.isAppCommand = true;
    return this.status(true);
  }

  private stop(): SdResponse {
    const response = this.status(false);
    this.endTransfer(SdState.tran);
    return response;
  }

  private sendRegister(register: Uint8Array, isApplication: boolean): SdResponse {
    const response = this.status(isApplication);
    this.data.startRegister(register);
    this.state = SdState.data;
    return response;
  }

  private startRead(argument: number, blockCount: number): SdResponse {
    return this.enter(SdState.data, this.data.startRead(this.spanOf(argument, blockCount)));
  }

  private startWrite(argument: number, blockCount: number): SdResponse {
    return this.enter(SdState.rcv, this.data.startWrite(this.spanOf(argument, blockCount)));
  }

  /** Answers a command that leads to `state` unless `errors` stand against it. */
  private enter(state: number, errors: number): SdResponse {
    this.errors |= errors;
    const response = this.status(false);
    if (errors === 0) this.state = state;
    return response;
  }

  private erased(isGood: boolean): void {
    if (!isGood) this.errors |= ERROR;
    this.state = this.state === SdState.dis ? SdState.stby : SdState.tran;
    this.onReady();
  }

  // What the commands share.

  private goIdle(): void {
    this.erasing.cancel();
    this.state = SdState.idle;
    this.rca = 0;
    this.isAppCommand = false;
    this.hasInterfaceCondition = false;
    this.features.reset();
    this.blockLength = SD_BLOCK_SIZE;
    this.blockCount = 0;
    this.data.stop();
  }

  /** R1: the state when the command came, and errors once. */
  private status(isApplication: boolean): [number] {
    const ready = this.isBusy ? 0 : READY_FOR_DATA;
    const status = this.errors | this.data.takeErrors() | (this.state << 9) | ready | (isApplication ? APP_CMD : 0);
    this.errors = 0;
    return [status >>> 0];
  }

  private get present(): SdCapacity {
    return this.capacity ?? { kind: "SDSC", sectorCount: 0 };
  }

  private get isByteAddressed(): boolean {
    return this.present.kind === "SDSC";
  }

  private get csd(): Uint8Array {
    return makeCsd({
      capacity: this.present,
      isReadOnly: this.data.isReadOnly,
      isHighSpeed: this.features.isHighSpeed,
    });
  }

  private sectorOf(argument: number): number {
    return this.isByteAddressed ? Math.floor(argument / SD_BLOCK_SIZE) : argument;
  }

  /** Cards of standard capacity count in bytes, and in blocks of the length that CMD16 set. */
  private spanOf(argument: number, blockCount: number): SdSpan {
    const offset = this.isByteAddressed ? argument % SD_BLOCK_SIZE : 0;
    const length = this.isByteAddressed ? this.blockLength : SD_BLOCK_SIZE;
    return { sector: this.sectorOf(argument), offset, length, blockCount };
  }

  private isAddressed(argument: number): boolean {
    return argument >>> 16 === this.rca;
  }

  private endTransfer(state: number): void {
    this.state = state;
    this.data.stop();
  }

  save(): State {
    return {
      sectorCount: this.sectorCount,
      state: this.state,
      rca: this.rca,
      errors: this.errors,
      isAppCommand: this.isAppCommand,
      hasInterfaceCondition: this.hasInterfaceCondition,
      features: this.features.save(),
      blockLength: this.blockLength,
      blockCount: this.blockCount,
      data: this.data.save(),
      erasing: this.erasing.save(),
    };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.context.name);
    this.sectorCount = reader.number("sectorCount", 0, LARGEST_SECTOR);
    this.capacity = sdCapacity(this.sectorCount);
    this.state = reader.number("state", SdState.idle, SdState.ina);
    this.rca = reader.number("rca", 0, 0xffff);
    this.errors = reader.number("errors");
    this.isAppCommand = reader.boolean("isAppCommand");
    this.hasInterfaceCondition = reader.boolean("hasInterfaceCondition");
    this.features.restore(reader.object("features"), this.context.name);
    this.blockLength = reader.number("blockLength", 1, SD_BLOCK_SIZE);
    this.blockCount = reader.number("blockCount", 0);
    this.data.restore(reader.object("data"));
    this.erasing.restore(reader.object("erasing"));
  }
}

const bigEndianWord = (value: number): Uint8Array =>
  Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
