/** Block device behind a virtio transport; virtio 1.2 section 5.2. */
import { HvError, type State } from "../base/index.ts";
import type { BlockBackend, DeviceContext } from "../device/index.ts";
import { optionInvalid } from "./errors.ts";
import type { VirtioDevice } from "./virtio-device.ts";
import { REQUEST_SIZE_MAX, type VirtioRequest } from "./virtio-queue.ts";

const DEVICE_ID = 2;
const SECTOR_SIZE = 512;

const F_SIZE_MAX = 1 << 1;
const F_SEG_MAX = 1 << 2;
const F_RO = 1 << 5;
const F_BLK_SIZE = 1 << 6;
const F_FLUSH = 1 << 9;

const T_IN = 0;
const T_OUT = 1;
const T_FLUSH = 4;
const T_GET_ID = 8;

const S_OK = 0;
const S_IOERR = 1;
const S_UNSUPP = 2;

const HEADER_SIZE = 16;
const ID_SIZE = 20;
/** Data segments of a request: with header and status they fit a queue of 256 twice. */
const SEG_MAX = 126;
/** The longest segment; SEG_MAX of them stay below the limit of a request. */
const SIZE_MAX = REQUEST_SIZE_MAX / 128;

/** What a request did: its status byte and the bytes it stored before it. */
interface Outcome {
  status: number;
  dataSizeBytes: number;
}

const failed: Outcome = { status: S_IOERR, dataSizeBytes: 0 };

export class VirtioBlk implements VirtioDevice {
  readonly deviceId = DEVICE_ID;
  readonly features: number;
  readonly queueCount = 1;
  private readonly context: DeviceContext;
  private readonly block: BlockBackend | undefined;
  private readonly serial: Uint8Array;

  /** Option `serial` is what T_GET_ID answers, at most 20 characters; the device's name without it. */
  constructor(context: DeviceContext) {
    this.context = context;
    this.block = context.block;
    const isReadOnly = context.block?.isReadOnly ?? false;
    this.features = F_SIZE_MAX | F_SEG_MAX | F_BLK_SIZE | (isReadOnly ? F_RO : F_FLUSH);
    const { serial = context.name } = context.options;
    if (typeof serial !== "string" || (context.options.serial !== undefined && serial.length > ID_SIZE))
      throw optionInvalid(context.name, "serial", `text of at most ${ID_SIZE} characters`, serial);
    this.serial = new Uint8Array(ID_SIZE);
    this.serial.set(Buffer.from(serial, "latin1").subarray(0, ID_SIZE));
  }

  config(): Uint8Array {
    const config = new Uint8Array(24);
    const view = new DataView(config.buffer);
    view.setBigUint64(0, BigInt(this.block?.sectorCount ?? 0), true);
    view.setUint32(8, SIZE_MAX, true);
    view.setUint32(12, SEG_MAX, true);
    view.setUint32(20, SECTOR_SIZE, true);
    return config;
  }

  reset(): void {}

  handle(_queueIndex: number, request: VirtioRequest): number | undefined {
    const header = new Uint8Array(HEADER_SIZE);
    if (request.writableSizeBytes === 0 || !request.read(0, header)) return undefined;
    const outcome = this.guarded(header, request);
    if (outcome === undefined) return undefined;
    const { status, dataSizeBytes } = outcome;
    // The status is the last writable byte also when less data was stored than there is room for.
    if (!request.write(request.writableSizeBytes - 1, Uint8Array.of(status))) return undefined;
    return dataSizeBytes + 1;
  }

  /** Nothing is kept between two requests; the back end saves the disk. */
  save(): State {
    return {};
  }

  restore(_state: State): void {}

  /** A failing back end is an I/O error for the guest, not the end of the run. */
  private guarded(header: Uint8Array, request: VirtioRequest): Outcome | undefined {
    try {
      return this.execute(header, request);
    } catch (error) {
      if (!(error instanceof HvError)) throw error;
      this.context.log.error(`disk request failed: ${error.message}`);
      return failed;
    }
  }

  private execute(header: Uint8Array, request: VirtioRequest): Outcome | undefined {
    const view = new DataView(header.buffer);
    const type = view.getUint32(0, true);
    // Exact below 2^53, and far beyond every disk above.
    const sector = view.getUint32(12, true) * 0x1_0000_0000 + view.getUint32(8, true);
    switch (type) {
      case T_IN:
        return this.readSectors(sector, request);
      case T_OUT:
        return this.writeSectors(sector, request);
      case T_FLUSH:
        this.block?.flush();
        return { status: S_OK, dataSizeBytes: 0 };
      case T_GET_ID:
        return this.readSerial(request);
      default:
        this.context.log.warnOnce("a request of a type that was not offered was refused");
        return { status: S_UNSUPP, dataSizeBytes: 0 };
    }
  }

  private readSectors(sector: number, request: VirtioRequest): Outcome | undefined {
    const sizeBytes = request.writableSizeBytes - 1;
    if (this.block === undefined || !this.isInRange(sector, sizeBytes)) return failed;
    const data = new Uint8Array(sizeBytes);
    this.block.read(sector, data);
    return request.write(0, data) ? { status: S_OK, dataSizeBytes: sizeBytes } : undefined;
  }

  private writeSectors(sector: number, request: VirtioRequest): Outcome | undefined {
    const sizeBytes = request.readableSizeBytes - HEADER_SIZE;
    if (this.block === undefined || this.block.isReadOnly || !this.isInRange(sector, sizeBytes)) return failed;
    const data = new Uint8Array(sizeBytes);
    if (!request.read(HEADER_SIZE, data)) return undefined;
    this.block.write(sector, data);
    return { status: S_OK, dataSizeBytes: 0 };
  }

  private readSerial(request: VirtioRequest): Outcome | undefined {
    if (request.writableSizeBytes - 1 < ID_SIZE) return failed;
    return request.write(0, this.serial) ? { status: S_OK, dataSizeBytes: ID_SIZE } : undefined;
  }

  private isInRange(sector: number, sizeBytes: number): boolean {
    if (sizeBytes % SECTOR_SIZE !== 0) return false;
    return sector + sizeBytes / SECTOR_SIZE <= (this.block?.sectorCount ?? 0);
  }
}
