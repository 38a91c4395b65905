/**
 * Pictures as PNG (ISO/IEC 15948): 8 bits each of red, green and blue, rows from the top. What is read may have come through
 * an image editor: with filters, or an alpha channel, which is left out.
 */
import { crc32, deflateSync, inflateSync } from "node:zlib";

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Three bytes a pixel. */
  readonly rgb: Uint8Array;
}

const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
/** Colour types: red, green and blue; the same and alpha. */
const TRUE_COLOR = 2;
const TRUE_COLOR_ALPHA = 6;
const MAX_SIDE = 16_384;
const MAX_PIXELS = 2 ** 26;

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body) >>> 0);
  return Buffer.concat([size, body, sum]);
}

export function encodePng({ width, height, rgb }: Picture): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, TRUE_COLOR], 8);
  // Each row begins with the number of its filter: none.
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++) rows.set(rgb.subarray(y * width * 3, (y + 1) * width * 3), y * (1 + width * 3) + 1);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", new Uint8Array()),
  ]);
}

/** The chunks up to IEND; `undefined` when one is cut off or its checksum is wrong. */
function chunksOf(file: Buffer): { type: string; data: Buffer }[] | undefined {
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = SIGNATURE.length; at + 12 <= file.length; ) {
    const sizeBytes = file.readUInt32BE(at);
    const end = at + 8 + sizeBytes;
    if (end + 4 > file.length || crc32(file.subarray(at + 4, end)) >>> 0 !== file.readUInt32BE(end)) return undefined;
    const type = file.toString("latin1", at + 4, at + 8);
    if (type === "IEND") return chunks;
    chunks.push({ type, data: file.subarray(at + 8, end) });
    at = end + 4;
  }
  return undefined;
}

/** The neighbour that a pixel is most like (ISO/IEC 15948, 9.4). */
function paeth(left: number, above: number, diagonal: number): number {
  const guess = left + above - diagonal;
  const [toLeft, toAbove, toDiagonal] = [left, above, diagonal].map((value) => Math.abs(guess - value));
  if (toLeft <= toAbove && toLeft <= toDiagonal) return left;
  return toAbove <= toDiagonal ? above : diagonal;
}

/** What the row's filter says a byte is like. */
const predictors: readonly ((left: number, above: number, diagonal: number) => number)[] = [
  () => 0,
  (left) => left,
  (_left, above) => above,
  (left, above) => (left + above) >>> 1,
  paeth,
];

/** Takes the filters off, in place; false where there is no such filter. */
function unfilter(rows: Buffer, rowBytes: number, pixelBytes: number): boolean {
  for (let start = 0; start < rows.length; start += rowBytes + 1) {
    const predict = predictors[rows[start]];
    if (predict === undefined) return false;
    for (let at = start + 1; at <= start + rowBytes; at++) {
      const hasLeft = at - pixelBytes > start;
      const above = at - rowBytes - 1;
      const left = hasLeft ? rows[at - pixelBytes] : 0;
      const diagonal = hasLeft && start > 0 ? rows[above - pixelBytes] : 0;
      rows[at] += predict(left, start > 0 ? rows[above] : 0, diagonal);
    }
  }
  return true;
}

function inflated(data: Buffer, sizeBytes: number): Buffer | undefined {
  try {
    const rows = inflateSync(data, { maxOutputLength: sizeBytes });
    return rows.length === sizeBytes ? rows : undefined;
  } catch {
    return undefined;
  }
}

/** The picture, or in words what the file is instead. */
export function decodePng(file: Buffer): Picture | string {
  if (!file.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return "no PNG file";
  const chunks = chunksOf(file);
  const header = chunks?.find(({ type }) => type === "IHDR")?.data;
  if (chunks === undefined || header?.length !== 13) return "a damaged PNG file";
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [depth, colorType, , , interlace] = header.subarray(8);
  const pixelBytes = colorType === TRUE_COLOR ? 3 : 4;
  if (depth !== 8 || (colorType !== TRUE_COLOR && colorType !== TRUE_COLOR_ALPHA) || interlace !== 0)
    return `PNG of colour type ${colorType} with ${depth} bits${interlace === 0 ? "" : ", interlaced"}`;
  const isSized = width > 0 && height > 0 && width <= MAX_SIDE && height <= MAX_SIDE && width * height <= MAX_PIXELS;
  if (!isSized) return `a picture of ${width} by ${height} pixels`;
  const rowBytes = width * pixelBytes;
  const data = Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map((part) => part.data));
  const rows = inflated(data, height * (rowBytes + 1));
  if (rows === undefined || !unfilter(rows, rowBytes, pixelBytes)) return "a damaged PNG file";
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const from = Math.floor(pixel / width) * (rowBytes + 1) + 1 + (pixel % width) * pixelBytes;
    rgb.set(rows.subarray(from, from + 3), pixel * 3);
  }
  return { width, height, rgb };
}
