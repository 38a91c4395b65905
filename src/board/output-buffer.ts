/** The growing output of a decoder, which is also its dictionary; bounded, since the input is not trusted. */
import { UnpackLimitError } from "./errors.ts";

export class OutputBuffer {
  data: Uint8Array;
  length = 0;
  private readonly limitBytes: number;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
    this.data = new Uint8Array(Math.min(limitBytes, 2 ** 16));
  }

  /** Room for `sizeBytes` more; throws when that passes the limit. */
  reserve(sizeBytes: number): void {
    const needed = this.length + sizeBytes;
    if (needed <= this.data.length) return;
    if (needed > this.limitBytes) throw new UnpackLimitError(this.limitBytes);
    const larger = new Uint8Array(Math.min(this.limitBytes, Math.max(needed, this.data.length * 2)));
    larger.set(this.data.subarray(0, this.length));
    this.data = larger;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.data.set(bytes, this.length);
    this.length += bytes.length;
  }

  push(byte: number): void {
    this.reserve(1);
    this.data[this.length++] = byte;
  }

  /** Repeats what stands `distance` bytes back; source and target may overlap. The caller checked `distance`. */
  copyBack(distance: number, sizeBytes: number): void {
    this.reserve(sizeBytes);
    const { data } = this;
    let to = this.length;
    if (distance >= sizeBytes) {
      data.copyWithin(to, to - distance, to - distance + sizeBytes);
    } else {
      for (const end = to + sizeBytes; to < end; to++) data[to] = data[to - distance];
    }
    this.length += sizeBytes;
  }

  finish(): Uint8Array {
    return this.data.slice(0, this.length);
  }
}
