/** Decodes .xz files as the kernel's build makes them: LZMA2, alone or behind the ARM branch filter (The .xz File Format 1.1.0). */
import { crc32 } from "node:zlib";
import { UnpackError } from "./errors.ts";
import { LzmaDecoder, unpackLzmaProperties } from "./lzma.ts";
import { OutputBuffer } from "./output-buffer.ts";

const STREAM_HEADER_BYTES = 12;
const CRC_BYTES = 4;
const FILTER_ARM = 0x07;
const FILTER_LZMA2 = 0x21;
/** Bytes of a block's check by the type in the stream flags (section 2.1.1.2). */
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];
const CHECK_CRC32 = 1;

/** A cursor over the file; running off its end means that the file was cut. */
class Cursor {
  at = 0;
  readonly data: Uint8Array;
  private readonly view: DataView;

  constructor(data: Uint8Array) {
    this.data = data;
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  take(sizeBytes: number): number {
    const at = this.at;
    if (at + sizeBytes > this.data.length) throw new UnpackError("an xz stream that ends too early", true);
    this.at = at + sizeBytes;
    return at;
  }

  u8(): number {
    return this.data[this.take(1)];
  }

  u16be(): number {
    return this.view.getUint16(this.take(2));
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  /** A number of seven bits a byte, the least significant first (section 1.2); exact up to 2^53. */
  multibyte(): number {
    let value = 0;
    for (let index = 0; index < 7; index++) {
      const byte = this.u8();
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    throw new UnpackError("an xz number that is too large");
  }

  /** The CRC that follows bytes [`from`, now) is theirs. */
  checkCrc(from: number, what: string): void {
    const expected = crc32(this.data.subarray(from, this.at));
    if (this.u32() !== expected) throw new UnpackError(`a wrong checksum of the xz ${what}`);
  }

  /** Zero bytes up to a multiple of four from `from`. */
  skipPadding(from: number): void {
    while ((this.at - from) % 4 !== 0) if (this.u8() !== 0) throw new UnpackError("xz padding that is not zero");
  }
}

/** The filter chain's ids, from a block header; `at` is left behind the header. */
function readBlockHeader(cursor: Cursor): number[] {
  const start = cursor.at;
  const sizeBytes = (cursor.u8() + 1) * 4;
  const end = start + sizeBytes;
  const flags = cursor.u8();
  if ((flags & 0x3c) !== 0) throw new UnpackError("xz block flags that are not defined");
  if ((flags & 0x40) !== 0) cursor.multibyte();
  if ((flags & 0x80) !== 0) cursor.multibyte();
  const filters: number[] = [];
  for (let index = 0; index <= (flags & 3); index++) {
    filters.push(cursor.multibyte());
    cursor.take(cursor.multibyte());
  }
  if (cursor.at > end - CRC_BYTES) throw new UnpackError("an xz block header that is longer than it says");
  cursor.take(end - CRC_BYTES - cursor.at);
  cursor.checkCrc(start, "block header");
  return filters;
}

/** Chunks of LZMA2 up to the end mark: each is stored or LZMA, and says what it resets. */
function decodeLzma2(cursor: Cursor, out: OutputBuffer): void {
  const decoder = new LzmaDecoder(cursor.data, out);
  let needsDictionary = true;
  let needsProperties = true;
  for (;;) {
    const control = cursor.u8();
    if (control === 0) return;
    if (control === 1 || control >= 0xe0) {
      decoder.resetDictionary();
      needsDictionary = false;
      needsProperties = true;
    }
    if (needsDictionary || (control > 2 && control < 0x80))
      throw new UnpackError(`LZMA2 control byte ${control} out of place`);
    if (control < 0x80) {
      const sizeBytes = cursor.u16be() + 1;
      const at = cursor.take(sizeBytes);
      out.append(cursor.data.subarray(at, at + sizeBytes));
      continue;
    }
    const outputBytes = ((control & 0x1f) << 16) + cursor.u16be() + 1;
    const inputBytes = cursor.u16be() + 1;
    if (control >= 0xc0) {
      const properties = unpackLzmaProperties(cursor.u8());
      if (properties.literalContextBits + properties.literalPositionBits > 4)
        throw new UnpackError("LZMA2 properties out of range");
      decoder.resetState(properties);
      needsProperties = false;
    } else if (needsProperties) throw new UnpackError("an LZMA2 chunk without properties");
    else if (control >= 0xa0) decoder.resetState();
    const at = cursor.take(inputBytes);
    if (decoder.decode(at, at + inputBytes, outputBytes) !== at + inputBytes)
      throw new UnpackError("an LZMA2 chunk that is longer than its content");
  }
}

/** Undoes the ARM filter: BL targets become relative again (always condition AL, little-endian). */
function undoArmFilter(data: Uint8Array): void {
  for (let at = 0; at + 4 <= data.length; at += 4) {
    if (data[at + 3] !== 0xeb) continue;
    const target = (data[at] | (data[at + 1] << 8) | (data[at + 2] << 16)) << 2;
    const relative = (target - at - 8) >> 2;
    data[at] = relative;
    data[at + 1] = relative >> 8;
    data[at + 2] = relative >> 16;
  }
}

function decodeBlock(cursor: Cursor, checkType: number, out: OutputBuffer): void {
  const start = cursor.at;
  const filters = readBlockHeader(cursor);
  const hasArm = filters.length === 2 && filters[0] === FILTER_ARM;
  if (filters.at(-1) !== FILTER_LZMA2 || (filters.length > 1 && !hasArm)) {
    throw new UnpackError(
      `xz filters ${filters.map((id) => `0x${id.toString(16)}`).join(", ")}; only LZMA2 and ARM are known`,
    );
  }
  const from = out.length;
  decodeLzma2(cursor, out);
  cursor.skipPadding(start);
  const content = out.data.subarray(from, out.length);
  if (hasArm) undoArmFilter(content);
  // The kernel's own decoder knows CRC-32 only, so its build uses that; other checks are passed over.
  if (checkType === CHECK_CRC32) {
    if (cursor.u32() !== crc32(content)) throw new UnpackError("a wrong checksum of the xz content");
  } else cursor.take(CHECK_BYTES[checkType]);
}

/** The index behind the blocks, and the footer; their sizes are not needed, their checksums are. */
function readIndexAndFooter(cursor: Cursor): void {
  const start = cursor.at;
  cursor.take(1);
  const records = cursor.multibyte();
  for (let index = 0; index < records; index++) {
    cursor.multibyte();
    cursor.multibyte();
  }
  cursor.skipPadding(start);
  cursor.checkCrc(start, "index");
  const footer = cursor.take(STREAM_HEADER_BYTES);
  if (cursor.data[footer + 10] !== 0x59 || cursor.data[footer + 11] !== 0x5a)
    throw new UnpackError("an xz stream without its footer");
}

export const isXz = (data: Uint8Array): boolean =>
  [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0].every((byte, index) => data[index] === byte);

/** The content of the xz stream at the start of `data`, and how many bytes the stream took. */
export function decodeXz(data: Uint8Array, limitBytes: number): { content: Uint8Array; consumedBytes: number } {
  if (!isXz(data)) throw new UnpackError("no xz magic");
  const cursor = new Cursor(data);
  cursor.take(6);
  const flagsAt = cursor.take(2);
  cursor.checkCrc(flagsAt, "stream header");
  const checkType = data[flagsAt + 1] & 0x0f;
  const out = new OutputBuffer(limitBytes);
  while (data[cursor.at] !== 0) {
    if (cursor.at >= data.length) throw new UnpackError("an xz stream that ends too early", true);
    decodeBlock(cursor, checkType, out);
  }
  readIndexAndFooter(cursor);
  return { content: out.finish(), consumedBytes: cursor.at };
}

/** What an xz stream of one block, which ends at `end`, says of its content; `undefined` where it has no CRC-32. */
export function xzChecksum(data: Uint8Array, end: number): { sizeBytes: number; crc32: number } | undefined {
  const footer = end - STREAM_HEADER_BYTES;
  if (footer < STREAM_HEADER_BYTES || data[end - 2] !== 0x59 || data[end - 1] !== 0x5a) return undefined;
  if ((data[footer + 9] & 0x0f) !== CHECK_CRC32) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const index = footer - (view.getUint32(footer + CRC_BYTES, true) + 1) * 4;
  if (index < STREAM_HEADER_BYTES) return undefined;
  const cursor = new Cursor(data.subarray(0, footer));
  cursor.take(index);
  const isOneBlock = cursor.u8() === 0 && cursor.u8() === 1;
  const unpaddedBytes = cursor.multibyte();
  const sizeBytes = cursor.multibyte();
  const check = index - Math.ceil(unpaddedBytes / 4) * 4 + unpaddedBytes - CRC_BYTES;
  if (!isOneBlock || check < STREAM_HEADER_BYTES) return undefined;
  return { sizeBytes, crc32: view.getUint32(check, true) };
}

/** The old `.lzma` format: a properties byte, the dictionary's and the content's size, and one stream. */
export function decodeLzmaAlone(data: Uint8Array, limitBytes: number): { content: Uint8Array; consumedBytes: number } {
  const cursor = new Cursor(data);
  const properties = unpackLzmaProperties(cursor.u8());
  cursor.u32();
  const [low, high] = [cursor.u32(), cursor.u32()];
  const isSizeKnown = low !== 0xffffffff || high !== 0xffffffff;
  const out = new OutputBuffer(limitBytes);
  const decoder = new LzmaDecoder(data, out);
  decoder.resetState(properties);
  const outputBytes = isSizeKnown ? high * 2 ** 32 + low : Number.POSITIVE_INFINITY;
  const consumedBytes = decoder.decode(cursor.at, data.length, outputBytes);
  return { content: out.finish(), consumedBytes };
}
