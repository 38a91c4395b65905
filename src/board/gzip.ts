/** Decodes gzip (RFC 1952) and says where it ended: zlib's own reader takes whatever follows for another member. */
import { crc32, inflateRawSync } from "node:zlib";
import { UnpackError, UnpackLimitError } from "./errors.ts";

const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
const MIN_PIECE_BYTES = 16_384;
/** Bytes that one compressed byte can give at most. */
const MAX_DEFLATE_RATIO = 1032;
const Flag = { headerCrc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;

const isMember = (data: Uint8Array, at: number): boolean =>
  data[at] === 0x1f && data[at + 1] === 0x8b && data[at + 2] === 8;

const truncated = (): UnpackError => new UnpackError("gzip data that ends too early", true);

/** Where the compressed bytes of the member at `start` begin. */
function bodyOffset(data: Uint8Array, start: number): number {
  if (!isMember(data, start)) throw new UnpackError("no gzip magic");
  if (start + HEADER_BYTES > data.length) throw truncated();
  const flags = data[start + 3];
  if ((flags & Flag.reserved) !== 0) throw new UnpackError("gzip flags that are not defined");
  let at = start + HEADER_BYTES;
  if ((flags & Flag.extra) !== 0) at += 2 + (data[at] | (data[at + 1] << 8));
  for (const text of [Flag.name, Flag.comment]) {
    if ((flags & text) === 0) continue;
    const end = data.indexOf(0, at);
    if (end < 0) throw truncated();
    at = end + 1;
  }
  if ((flags & Flag.headerCrc) !== 0) at += 2;
  if (!(at < data.length)) throw truncated();
  return at;
}

/** zlib's answer when asked for its engine, which counts the input it used; the typings leave it out. */
interface InflateResult {
  buffer: Uint8Array;
  engine: { bytesWritten: number };
}

/** Output is collected in pieces of this size: one piece, where the last member says how much comes out and that is possible. */
function pieceBytes(data: Uint8Array, limitBytes: number): number {
  const { length } = data;
  const saidBytes = length < 4 ? 0 : new DataView(data.buffer, data.byteOffset).getUint32(length - 4, true);
  return Math.max(MIN_PIECE_BYTES, Math.min(saidBytes + 1, limitBytes, length * MAX_DEFLATE_RATIO));
}

function inflate(data: Uint8Array, limitBytes: number): InflateResult {
  try {
    const options = { maxOutputLength: limitBytes, chunkSize: pieceBytes(data, limitBytes), info: true };
    return inflateRawSync(data, options) as unknown as InflateResult;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ERR_BUFFER_TOO_LARGE") throw new UnpackLimitError(limitBytes);
    if (code === "Z_BUF_ERROR") throw truncated();
    throw new UnpackError(`gzip data that does not unpack (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** The content of the gzip members at the start of `data`, and how many bytes they took. */
export function decodeGzip(data: Uint8Array, limitBytes: number): { content: Uint8Array; consumedBytes: number } {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const contents: Uint8Array[] = [];
  let at = 0;
  let leftBytes = limitBytes;
  do {
    const body = bodyOffset(data, at);
    // zlib refuses a limit of zero; an empty member behind a full one needs none.
    const { buffer, engine } = inflate(data.subarray(body), Math.max(1, leftBytes));
    const trailer = body + engine.bytesWritten;
    if (trailer + TRAILER_BYTES > data.length) throw truncated();
    if (view.getUint32(trailer, true) !== crc32(buffer)) throw new UnpackError("gzip data with a wrong checksum");
    if (view.getUint32(trailer + 4, true) !== buffer.length)
      throw new UnpackError("gzip data of another length than it says");
    if (buffer.length > leftBytes) throw new UnpackLimitError(limitBytes);
    contents.push(buffer);
    leftBytes -= buffer.length;
    at = trailer + TRAILER_BYTES;
  } while (isMember(data, at));
  return { content: contents.length === 1 ? contents[0] : Buffer.concat(contents), consumedBytes: at };
}
