/**
 * NOR flash, a 32-bit bank of two 16-bit chips with Intel command set 0001; JEDEC JESD68.01 and Intel 28F128J3A.
 *
 * The array cannot change: programming and erasing end with the status "programming voltage low", as on a board whose
 * write protection is on.
 */
import type { State } from "../base/index.ts";
import type { DeviceContext, MmioDevice, RegisterDump } from "../device/index.ts";
import type { AccessSize } from "../memory/index.ts";
import { optionInvalid } from "./errors.ts";
import { CFI_QUERY_START, cfiQuery, deviceIds, MANUFACTURER_ID } from "./nor-flash-cfi.table.ts";
import { numberOption } from "./options.ts";
import { StateReader } from "./state-reader.ts";

const CHIP_COUNT = 2;
const ERASED = 0xff;

const READ_ARRAY = 0xff;
const READ_ID = 0x90;
const READ_QUERY = 0x98;
const READ_STATUS = 0x70;
const CLEAR_STATUS = 0x50;
const PROGRAM = 0x40;
const PROGRAM_ALTERNATE = 0x10;
const BLOCK_ERASE = 0x20;
const LOCK_SETUP = 0x60;

/** What probes send to find chips of other makers: reset and the two unlock cycles of command set 0002. */
const foreignProbes: ReadonlySet<number> = new Set([0xf0, 0xaa, 0x55]);

const STATUS_READY = 0x80;
const STATUS_ERASE_ERROR = 0x20;
const STATUS_PROGRAM_ERROR = 0x10;
const STATUS_VOLTAGE_LOW = 0x08;

/** What reads give, and which commands wait for a second write. */
const MODE_ARRAY = 0;
const MODE_ID = 1;
const MODE_QUERY = 2;
const MODE_STATUS = 3;
const modeNames = ["array", "id", "query", "status"] as const;

interface Chip {
  mode: number;
  status: number;
  /** The command whose second write is expected, or 0. */
  pending: number;
}

const powerOn = (): Chip => ({ mode: MODE_ARRAY, status: STATUS_READY, pending: 0 });

/** Options: `sizeBytes` of the bank (64 MiB), `image`, the bytes at its start; what the image does not fill is erased. */
export class NorFlash implements MmioDevice {
  readonly name: string;
  private readonly context: DeviceContext;
  private readonly sizeBytes: number;
  private readonly query: readonly number[];
  private readonly deviceId: number;
  private image: Uint8Array;
  private chips: [Chip, Chip] = [powerOn(), powerOn()];

  constructor(context: DeviceContext) {
    this.context = context;
    this.name = context.name;
    this.sizeBytes = numberOption(context, "sizeBytes", { fallback: 64 << 20 });
    const chipSizeBytes = this.sizeBytes / CHIP_COUNT;
    const deviceId = deviceIds.get(chipSizeBytes);
    if (deviceId === undefined) throw optionInvalid(context.name, "sizeBytes", "8, 16, 32 or 64 MiB", this.sizeBytes);
    this.deviceId = deviceId;
    this.query = cfiQuery(chipSizeBytes);
    this.image = new Uint8Array(0);
    if (context.options.image !== undefined) this.attach(context.options.image);
  }

  /** Puts `image` at the start of the bank; the caller keeps the bytes as they are. */
  attach(image: unknown): void {
    if (!(image instanceof Uint8Array) || image.length > this.sizeBytes)
      throw optionInvalid(this.name, "image", `at most ${this.sizeBytes} bytes`, image);
    this.image = image;
  }

  reset(): void {
    this.chips = [powerOn(), powerOn()];
  }

  read(offset: number, sizeBytes: AccessSize): number {
    let value = 0;
    for (let i = 0; i < sizeBytes; i++) value |= this.readByte(offset + i) << (8 * i);
    return value;
  }

  write(offset: number, value: number, sizeBytes: AccessSize): void {
    const first = (offset >> 1) & 1;
    // A chip takes commands from its lower eight data lines; a byte on the upper ones alone says nothing to it.
    if (sizeBytes === 4) {
      this.command(this.chips[0], value & 0xff);
      this.command(this.chips[1], (value >>> 16) & 0xff);
    } else if (sizeBytes === 2 || (offset & 1) === 0) this.command(this.chips[first], value & 0xff);
  }

  /** The two chips' modes and status registers; a flash has no register in the address space. */
  dump(): RegisterDump[] {
    return this.chips.map(({ mode, status, pending }, i) => ({
      name: `chip${i} (${modeNames[mode]})`,
      offset: 2 * i,
      value: status,
      fields: { mode, status, pending },
    }));
  }

  save(): State {
    const [chip0, chip1] = this.chips;
    return { chip0: { ...chip0 }, chip1: { ...chip1 } };
  }

  restore(state: State): void {
    const reader = new StateReader(state, this.name);
    const chip = (field: string): Chip => {
      const saved = reader.child(field);
      const mode = saved.number("mode", MODE_ARRAY, MODE_STATUS);
      return { mode, status: saved.number("status", 0, 0xff), pending: saved.number("pending", 0, 0xff) };
    };
    this.chips = [chip("chip0"), chip("chip1")];
  }

  private readByte(offset: number): number {
    const chip = this.chips[(offset >> 1) & 1];
    if (chip.mode === MODE_ARRAY) return this.image[offset] ?? ERASED;
    const word = this.readRegister(chip, offset >>> 2);
    return (word >>> (8 * (offset & 1))) & 0xff;
  }

  private readRegister(chip: Chip, wordAddress: number): number {
    if (chip.mode === MODE_STATUS) return chip.status;
    if (chip.mode === MODE_QUERY) return this.query[wordAddress - CFI_QUERY_START] ?? 0;
    if (wordAddress === 0) return MANUFACTURER_ID;
    // The third word of each block says whether it is locked; none is.
    return wordAddress === 1 ? this.deviceId : 0;
  }

  private command(chip: Chip, command: number): void {
    if (chip.pending !== 0) {
      this.secondWrite(chip);
      return;
    }
    switch (command) {
      case READ_ID:
        chip.mode = MODE_ID;
        break;
      case READ_QUERY:
        chip.mode = MODE_QUERY;
        break;
      case READ_STATUS:
        chip.mode = MODE_STATUS;
        break;
      case CLEAR_STATUS:
        chip.status = STATUS_READY;
        break;
      case PROGRAM:
      case PROGRAM_ALTERNATE:
      case BLOCK_ERASE:
      case LOCK_SETUP:
        chip.pending = command;
        chip.mode = MODE_STATUS;
        break;
      case READ_ARRAY:
        chip.mode = MODE_ARRAY;
        break;
      default:
        if (!foreignProbes.has(command))
          this.context.log.warnOnce(`flash command 0x${command.toString(16)} is unknown or not modelled`);
        chip.mode = MODE_ARRAY;
    }
  }

  private secondWrite(chip: Chip): void {
    const { pending } = chip;
    chip.pending = 0;
    if (pending === LOCK_SETUP) return;
    this.context.log.warnOnce("programming and erasing the flash are not modelled; the operation failed");
    const error = pending === BLOCK_ERASE ? STATUS_ERASE_ERROR : STATUS_PROGRAM_ERROR;
    chip.status |= error | STATUS_VOLTAGE_LOW;
  }
}
