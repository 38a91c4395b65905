/**
 * A split virtqueue, device side; virtio 1.2 section 2.7.
 *
 * The rings and the descriptors are the guest's and may say anything: every walk is bounded by the queue size, all
 * descriptors taken during one notification together by the queue size again, and a request by `REQUEST_SIZE_MAX`.
 */
import type { State, Stateful } from "../base/index.ts";
import type { DmaMemory } from "../device/index.ts";
import { stateInvalid } from "./errors.ts";
import { StateReader } from "./state-reader.ts";

export const QUEUE_SIZE_MAX = 256;
/** A request with more data than this is malformed; devices announce limits that stay below. */
export const REQUEST_SIZE_MAX = 4 << 20;

const DESCRIPTOR_SIZE = 16;
const DESC_F_NEXT = 1;
const DESC_F_WRITE = 2;
const AVAIL_F_NO_INTERRUPT = 1;
const ADDRESS_SPACE_SIZE = 0x1_0000_0000;

interface Span {
  address: number;
  sizeBytes: number;
}

/** One descriptor chain as two runs of bytes: what the device may read, then what it may write. */
export class VirtioRequest {
  readonly head: number;
  readableSizeBytes = 0;
  writableSizeBytes = 0;
  private readonly memory: DmaMemory;
  private readonly readable: Span[] = [];
  private readonly writable: Span[] = [];

  constructor(head: number, memory: DmaMemory) {
    this.head = head;
    this.memory = memory;
  }

  /** Fills `target` from byte `offset` of the readable part; false when the guest's addresses are not RAM. */
  read(offset: number, target: Uint8Array): boolean {
    if (offset + target.length > this.readableSizeBytes) return false;
    return forEachPiece(this.readable, offset, target, (address, piece) => this.memory.read(address, piece));
  }

  /** Stores `data` from byte `offset` of the writable part; false when the guest's addresses are not RAM. */
  write(offset: number, data: Uint8Array): boolean {
    if (offset + data.length > this.writableSizeBytes) return false;
    return forEachPiece(this.writable, offset, data, (address, piece) => this.memory.writeMemory(address, piece));
  }

  /** Adds a descriptor; false when it breaks the order or a limit. */
  append(span: Span, isWritable: boolean): boolean {
    if (span.address + span.sizeBytes > ADDRESS_SPACE_SIZE) return false;
    if (!isWritable && this.writable.length > 0) return false;
    if (this.readableSizeBytes + this.writableSizeBytes + span.sizeBytes > REQUEST_SIZE_MAX) return false;
    if (isWritable) {
      this.writable.push(span);
      this.writableSizeBytes += span.sizeBytes;
    } else {
      this.readable.push(span);
      this.readableSizeBytes += span.sizeBytes;
    }
    return true;
  }
}

function forEachPiece(
  spans: readonly Span[],
  offset: number,
  data: Uint8Array,
  use: (address: number, piece: Uint8Array) => boolean,
): boolean {
  let skip = offset;
  let done = 0;
  for (const { address, sizeBytes } of spans) {
    if (done === data.length) break;
    const sizeHere = Math.min(sizeBytes - skip, data.length - done);
    if (sizeHere > 0) {
      if (!use(address + skip, data.subarray(done, done + sizeHere))) return false;
      done += sizeHere;
      skip = 0;
    } else skip -= sizeBytes;
  }
  return done === data.length;
}

/** Names of the three ring addresses, in the specification's terms. */
export type RingArea = "desc" | "driver" | "device";

export class VirtQueue implements Stateful {
  /** The driver's choice, a power of two up to `QUEUE_SIZE_MAX`; checked when the queue is made ready. */
  size = 0;
  ready = false;
  /** Low and high words of the ring addresses, as the driver wrote them. */
  readonly low: Record<RingArea, number> = { desc: 0, driver: 0, device: 0 };
  readonly high: Record<RingArea, number> = { desc: 0, driver: 0, device: 0 };
  private readonly memory: DmaMemory;
  /** Next entry of the available ring to take, modulo 2^16. */
  private nextAvailable = 0;
  /** What `used.idx` says, modulo 2^16. */
  used = 0;
  private descriptorsLeft = 0;
  private readonly scratch = new Uint8Array(DESCRIPTOR_SIZE);
  private readonly scratchView = new DataView(this.scratch.buffer);

  constructor(memory: DmaMemory) {
    this.memory = memory;
  }

  reset(): void {
    this.size = 0;
    this.ready = false;
    this.nextAvailable = 0;
    this.used = 0;
    for (const area of ["desc", "driver", "device"] as const) {
      this.low[area] = 0;
      this.high[area] = 0;
    }
  }

  /** Makes the queue live; false when size or addresses are not what the specification allows. */
  enable(): boolean {
    if (!this.isWellFormed()) return false;
    this.ready = true;
    this.nextAvailable = 0;
    this.used = 0;
    return true;
  }

  /** Starts the work of one notification. */
  beginBatch(): void {
    this.descriptorsLeft = this.size;
  }

  /** The next request, `undefined` when the ring is empty, `"broken"` when the guest's structures make no sense. */
  pop(): VirtioRequest | undefined | "broken" {
    const available = this.readU16(this.low.driver + 2);
    if (available === undefined) return "broken";
    const waiting = (available - this.nextAvailable) & 0xffff;
    if (waiting === 0) return undefined;
    if (waiting > this.size) return "broken";
    const head = this.readU16(this.low.driver + 4 + 2 * (this.nextAvailable % this.size));
    if (head === undefined) return "broken";
    const request = this.walk(head);
    if (request === undefined) return "broken";
    this.nextAvailable = (this.nextAvailable + 1) & 0xffff;
    return request;
  }

  /** Gives a request back with the count of bytes written into it; false when the used ring is not in RAM. */
  push(request: VirtioRequest, writtenSizeBytes: number): boolean {
    const view = this.scratchView;
    view.setUint32(0, request.head, true);
    view.setUint32(4, writtenSizeBytes, true);
    const slot = this.low.device + 4 + 8 * (this.used % this.size);
    if (!this.memory.writeMemory(slot, this.scratch.subarray(0, 8))) return false;
    this.used = (this.used + 1) & 0xffff;
    view.setUint16(0, this.used, true);
    return this.memory.writeMemory(this.low.device + 2, this.scratch.subarray(0, 2));
  }

  /** Whether the driver asked not to be interrupted for used buffers. */
  get isInterruptSuppressed(): boolean {
    return ((this.readU16(this.low.driver) ?? 0) & AVAIL_F_NO_INTERRUPT) !== 0;
  }

  save(): State {
    const { size, ready, low, high, nextAvailable, used } = this;
    return { size, ready, low: { ...low }, high: { ...high }, nextAvailable, used };
  }

  restore(state: State): void {
    const reader = new StateReader(state, "virtqueue");
    this.size = reader.number("size", 0, 0xffffffff);
    this.ready = reader.boolean("ready");
    Object.assign(this.low, reader.registers("low", this.low));
    Object.assign(this.high, reader.registers("high", this.high));
    this.nextAvailable = reader.number("nextAvailable", 0, 0xffff);
    this.used = reader.number("used", 0, 0xffff);
    if (this.ready && !this.isWellFormed()) throw stateInvalid("virtqueue", "size", "that of a ready queue", this.size);
  }

  private isWellFormed(): boolean {
    const { desc, driver, device } = this.low;
    const isPowerOfTwo = this.size > 0 && this.size <= QUEUE_SIZE_MAX && (this.size & (this.size - 1)) === 0;
    const isAligned = desc % 16 === 0 && driver % 2 === 0 && device % 4 === 0;
    const end = Math.max(desc + 16 * this.size, driver + 6 + 2 * this.size, device + 6 + 8 * this.size);
    const isLow = (this.high.desc | this.high.driver | this.high.device) === 0 && end <= ADDRESS_SPACE_SIZE;
    return isPowerOfTwo && isAligned && isLow;
  }

  private walk(head: number): VirtioRequest | undefined {
    const request = new VirtioRequest(head, this.memory);
    let index = head;
    while (this.descriptorsLeft > 0) {
      this.descriptorsLeft--;
      if (index >= this.size) return undefined;
      if (!this.memory.read(this.low.desc + index * DESCRIPTOR_SIZE, this.scratch)) return undefined;
      const view = this.scratchView;
      if (view.getUint32(4, true) !== 0) return undefined;
      const span = { address: view.getUint32(0, true), sizeBytes: view.getUint32(8, true) };
      const flags = view.getUint16(12, true);
      // Indirect descriptors are not offered, so any other flag is an error of the driver.
      if ((flags & ~(DESC_F_NEXT | DESC_F_WRITE)) !== 0) return undefined;
      if (!request.append(span, (flags & DESC_F_WRITE) !== 0)) return undefined;
      if ((flags & DESC_F_NEXT) === 0) return request;
      index = view.getUint16(14, true);
    }
    return undefined;
  }

  private readU16(address: number): number | undefined {
    if (!this.memory.read(address, this.scratch.subarray(0, 2))) return undefined;
    return this.scratchView.getUint16(0, true);
  }
}
