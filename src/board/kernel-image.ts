/**
 * A guest kernel file: what kind it is, and the Image inside a zImage.
 *
 * The zImage header is that of `arch/arm/boot/compressed/head.S`, its table that of `vmlinux.lds.S` beside it.
 */
import { crc32 } from "node:zlib";
import { hex8 } from "../base/index.ts";
import { kernelDamaged, kernelInvalid, kernelTruncated, UnpackError } from "./errors.ts";
import { isFdt } from "./fdt-read.ts";
import { formatOf, formats, type Unpacker } from "./unpack.ts";
import { xzChecksum } from "./xz.ts";

const ZIMAGE_MAGIC_OFFSET = 0x24;
const ZIMAGE_MAGIC = 0x016f2818;
const ZIMAGE_HEADER_BYTES = 0x3c;
/** At 0x34: the word at 0x38 is the offset of the table. */
const ZIMAGE_TABLE_PRESENT = 0x45454545;
const ZIMAGE_TABLE_MAGIC = 0x5a534c4b;
const MAX_CANDIDATES = 16;
/** Words at the start that are looked at to tell a raw Image. */
const PROBED_WORDS = 8;
const CONDITION_AL = 0xe;

export interface ZImage {
  readonly kind: "zImage";
  readonly data: Uint8Array;
  /** What the table says of the Image inside; kernels before 4.15 have none. */
  readonly inner: { sizeBytes: number; bssBytes: number; payloadEnd: number } | undefined;
}

export interface RawImage {
  readonly kind: "Image";
  readonly data: Uint8Array;
}

const viewOf = (data: Uint8Array): DataView => new DataView(data.buffer, data.byteOffset, data.byteLength);
const startsWith = (data: Uint8Array, text: string, at = 0): boolean =>
  Buffer.from(data.subarray(at, at + text.length)).toString("latin1") === text;

const isText = (data: Uint8Array): boolean =>
  data.subarray(0, 256).every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13);

/** What a file that is no kernel seems to be, with what to do about it. */
function recognize(data: Uint8Array): { found: string; hint?: string } | undefined {
  if (data.length === 0) return { found: "an empty file" };
  if (startsWith(data, "\x7fELF"))
    return {
      found: "an ELF file",
      hint: "give the zImage or Image beside vmlinux, or make one: objcopy -O binary vmlinux Image",
    };
  if (startsWith(data, "\x27\x05\x19\x56"))
    return {
      found: "a U-Boot image (uImage)",
      hint: "take off its 64 bytes of header, or give the zImage that it was made of",
    };
  if (startsWith(data, "ARM\x64", 0x38)) return { found: "a kernel for 64-bit ARM" };
  if (isFdt(data)) return { found: "a device tree" };
  if (startsWith(data, "0707")) return { found: "a cpio archive" };
  const packed = formatOf(data);
  if (packed !== undefined) return { found: `${packed.name} data`, hint: `unpack it first; a zImage unpacks itself` };
  if (isText(data)) return { found: `text ("${Buffer.from(data.subarray(0, 30)).toString("latin1").split("\n")[0]}")` };
  return undefined;
}

function readZImage(data: Uint8Array): ZImage {
  const view = viewOf(data);
  if (data.length < ZIMAGE_HEADER_BYTES) throw kernelTruncated(ZIMAGE_HEADER_BYTES, data.length);
  const sizeBytes = view.getUint32(0x2c, true) - view.getUint32(0x28, true);
  if (sizeBytes > data.length) throw kernelTruncated(sizeBytes, data.length);
  const tableAt = view.getUint32(0x38, true);
  const hasTable =
    view.getUint32(0x34, true) === ZIMAGE_TABLE_PRESENT &&
    tableAt + 16 <= data.length &&
    view.getUint32(tableAt + 4, true) === ZIMAGE_TABLE_MAGIC;
  if (!hasTable) return { kind: "zImage", data, inner: undefined };
  const sizeAt = view.getUint32(tableAt + 8, true);
  if (sizeAt + 4 > data.length) throw kernelDamaged(`a table that points to ${hex8(sizeAt)}, past the end`);
  const inner = {
    sizeBytes: view.getUint32(sizeAt, true),
    bssBytes: view.getUint32(tableAt + 12, true),
    payloadEnd: sizeAt + 4,
  };
  return { kind: "zImage", data, inner };
}

/** Whether the first words can be instructions of an ARM kernel: nearly all of its start-up code is unconditional. */
function looksLikeArmCode(data: Uint8Array): boolean {
  if (data.length < PROBED_WORDS * 4) return false;
  const view = viewOf(data);
  let always = 0;
  for (let index = 0; index < PROBED_WORDS; index++) {
    if (view.getUint32(index * 4, true) >>> 28 === CONDITION_AL) always++;
  }
  return always >= PROBED_WORDS / 2;
}

/** Tells what kind of kernel `data` is; throws `kernel-invalid` with what else it seems to be, or `kernel-truncated`. */
export function identifyKernel(data: Uint8Array): ZImage | RawImage {
  if (data.length >= ZIMAGE_MAGIC_OFFSET + 4) {
    const magic = viewOf(data).getUint32(ZIMAGE_MAGIC_OFFSET, true);
    if (magic === ZIMAGE_MAGIC) return readZImage(data);
    if (magic === 0x18286f01) throw kernelInvalid("a zImage for big-endian ARM");
  }
  const other = recognize(data);
  if (other !== undefined) throw kernelInvalid(other.found, other.hint);
  if (looksLikeArmCode(data)) return { kind: "Image", data };
  const start = Buffer.from(data.subarray(0, 8)).toString("hex");
  throw kernelInvalid(`${data.length} bytes that do not begin with ARM instructions (${start}...)`);
}

function* offsetsOf(data: Uint8Array, magic: readonly number[], from: number): Generator<number> {
  const haystack = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const needle = Buffer.from(magic);
  let at = haystack.indexOf(needle, from);
  for (let count = 0; at >= 0 && count < MAX_CANDIDATES; count++) {
    yield at;
    at = haystack.indexOf(needle, at + 1);
  }
}

/** Length and CRC of the content, at the end of gzip data (RFC 1952). */
const GZIP_TRAILER_BYTES = 8;
const SIZE_WORD_BYTES = 4;
const XZ_MAGIC = formats.find(({ name }) => name === "xz")?.magic ?? [];

/**
 * The format of the data in a zImage whose checksum and length are those of `image`: then it is what unpacks from it.
 * `undefined` where it is not, or where nothing tells.
 */
export function formatOfContent(kernel: ZImage, image: Uint8Array): string | undefined {
  const { data, inner } = kernel;
  if (inner === undefined || inner.sizeBytes !== image.length) return undefined;
  if (isGzipOf(kernel, image)) return "gzip";
  const [xzAt] = offsetsOf(data.subarray(0, inner.payloadEnd), XZ_MAGIC, ZIMAGE_HEADER_BYTES);
  if (xzAt === undefined) return undefined;
  // The build appends a size word to every format but gzip.
  const checksum = checksumOrNone(() => xzChecksum(data.subarray(xzAt), inner.payloadEnd - SIZE_WORD_BYTES - xzAt));
  const isSame = checksum?.sizeBytes === image.length && checksum.crc32 === crc32(image);
  return isSame ? "xz" : undefined;
}

function checksumOrNone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnpackError) return undefined;
    throw error;
  }
}

function isGzipOf({ data, inner }: ZImage, image: Uint8Array): boolean {
  if (inner === undefined) return false;
  const gzip = formats.find(({ name }) => name === "gzip")?.magic ?? [];
  const [payloadAt] = offsetsOf(data.subarray(0, inner.payloadEnd), [...gzip, 0], ZIMAGE_HEADER_BYTES);
  if (payloadAt === undefined) return false;
  // The build's size word, the last of the payload, is that of the trailer.
  const view = viewOf(data);
  const trailerAt = inner.payloadEnd - GZIP_TRAILER_BYTES;
  return view.getUint32(trailerAt + 4, true) === image.length && view.getUint32(trailerAt, true) === crc32(image);
}

export interface UnpackedKernel {
  image: Uint8Array;
  /** Name of the compression. */
  format: string;
}

/**
 * The Image inside a zImage, found by the magic numbers of the formats.
 *
 * `undefined` when it is packed in a way only the zImage's own code unpacks (lzo); throws `kernel-damaged` when a
 * known format is there and does not decode to the size in the table.
 */
export function unpackKernel({ data, inner }: ZImage, limitBytes: number): UnpackedKernel | undefined {
  const end = inner?.payloadEnd ?? data.length;
  let problem: string | undefined;
  for (const { name, magic, unpack } of formats) {
    if (unpack === undefined) continue;
    // The kernel's build packs with `gzip -n`: no flags. Three bytes alone turn up by chance in packed data.
    const needle = name === "gzip" ? [...magic, 0] : magic;
    for (const at of offsetsOf(data.subarray(0, end), needle, ZIMAGE_HEADER_BYTES)) {
      const outcome = tryUnpack(unpack, data.subarray(at, end), limitBytes);
      if (typeof outcome !== "string" && (inner === undefined || outcome.length === inner.sizeBytes)) {
        return { image: outcome, format: name };
      }
      // The three bytes of lzma's magic are no sign of it; that it does not decode there says nothing.
      if (name === "lzma") continue;
      const found = typeof outcome === "string" ? outcome : `${outcome.length} bytes instead of ${inner?.sizeBytes}`;
      problem ??= `${name} data at offset 0x${at.toString(16)}: ${found}`;
    }
  }
  if (problem !== undefined) throw kernelDamaged(problem);
  return undefined;
}

/** The content, or why there is none. */
function tryUnpack(unpack: Unpacker, data: Uint8Array, limitBytes: number): Uint8Array | string {
  try {
    return unpack(data, limitBytes).content;
  } catch (error) {
    if (!(error instanceof UnpackError)) throw error;
    return error.message;
  }
}
