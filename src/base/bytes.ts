/** Bounded readers and a growing writer for binary formats; out of range is an error, never a wild read. */
import { HvError } from "./error.ts";

export function rangeError(what: string, offset: number, sizeBytes: number, availableBytes: number): HvError {
  return new HvError({
    code: "data-truncated",
    message: `${what}: expected ${sizeBytes} bytes at offset ${offset}, found the end at ${availableBytes}`,
    facts: { offset, sizeBytes, availableBytes },
  });
}

export class ByteReader {
  offset: number;
  readonly data: Uint8Array;
  private readonly view: DataView;
  private readonly what: string;
  private readonly littleEndian: boolean;

  constructor(data: Uint8Array, what: string, { littleEndian = true, offset = 0 } = {}) {
    this.data = data;
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    this.what = what;
    this.littleEndian = littleEndian;
    this.offset = offset;
  }

  get remaining(): number {
    return this.data.length - this.offset;
  }

  private take(sizeBytes: number): number {
    const at = this.offset;
    const isInside = at >= 0 && sizeBytes >= 0 && at + sizeBytes <= this.data.length;
    if (!isInside) throw rangeError(this.what, at, sizeBytes, this.data.length);
    this.offset = at + sizeBytes;
    return at;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2), this.littleEndian);
  }

  u32(): number {
    return this.view.getUint32(this.take(4), this.littleEndian);
  }

  /** Two words as a number; exact up to 2^53. */
  u64(): number {
    const at = this.take(8);
    return Number(this.view.getBigUint64(at, this.littleEndian));
  }

  bytes(sizeBytes: number): Uint8Array {
    const at = this.take(sizeBytes);
    return this.data.subarray(at, at + sizeBytes);
  }

  /** Text up to a NUL, which is taken too. */
  cString(): string {
    const end = this.data.indexOf(0, this.offset);
    if (end < 0) throw rangeError(this.what, this.offset, this.remaining + 1, this.data.length);
    const text = latin1(this.data.subarray(this.offset, end));
    this.offset = end + 1;
    return text;
  }

  align(alignment: number): void {
    this.offset = Math.ceil(this.offset / alignment) * alignment;
  }
}

export class ByteWriter {
  private data = new Uint8Array(256);
  private view = new DataView(this.data.buffer);
  private readonly littleEndian: boolean;
  length = 0;

  constructor({ littleEndian = true } = {}) {
    this.littleEndian = littleEndian;
  }

  /** Makes room and says where; call it before touching `data` or `view`, which it may replace. */
  private grow(sizeBytes: number): number {
    const at = this.length;
    if (at + sizeBytes > this.data.length) {
      const larger = new Uint8Array(Math.max(this.data.length * 2, at + sizeBytes));
      larger.set(this.data);
      this.data = larger;
      this.view = new DataView(larger.buffer);
    }
    this.length = at + sizeBytes;
    return at;
  }

  u8(value: number): this {
    const at = this.grow(1);
    this.view.setUint8(at, value);
    return this;
  }

  u16(value: number): this {
    const at = this.grow(2);
    this.view.setUint16(at, value, this.littleEndian);
    return this;
  }

  u32(value: number): this {
    const at = this.grow(4);
    this.view.setUint32(at, value, this.littleEndian);
    return this;
  }

  u64(value: number): this {
    const at = this.grow(8);
    this.view.setBigUint64(at, BigInt(value), this.littleEndian);
    return this;
  }

  bytes(data: Uint8Array): this {
    const at = this.grow(data.length);
    this.data.set(data, at);
    return this;
  }

  align(alignment: number): this {
    this.grow((alignment - (this.length % alignment)) % alignment);
    return this;
  }

  patchU32(offset: number, value: number): void {
    this.view.setUint32(offset, value, this.littleEndian);
  }

  finish(): Uint8Array {
    return this.data.slice(0, this.length);
  }
}

/** Bytes as text, one character a byte. */
export const latin1 = (data: Uint8Array): string =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("latin1");
