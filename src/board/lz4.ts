/** Decodes the LZ4 "legacy" stream that the kernel's build makes (`lz4 -l`; LZ4 block and frame format documents). */
import { UnpackError, UnpackLimitError } from "./errors.ts";
import { OutputBuffer } from "./output-buffer.ts";

export const LZ4_LEGACY_MAGIC = 0x184c2102;
/** A block holds at most 8 MiB of content, so more compressed bytes than its worst case are no block size. */
const MAX_BLOCK_BYTES = 8 * 2 ** 20 + Math.floor((8 * 2 ** 20) / 255) + 16;
const MIN_MATCH = 4;

/** One block: sequences of literals and a match. The matches of a legacy block never reach before it. */
function decodeBlock(block: Uint8Array, out: OutputBuffer): void {
  const blockStart = out.length;
  let at = 0;
  const extend = (length: number): number => {
    if (length !== 15) return length;
    let total = length;
    for (;;) {
      if (at >= block.length) throw new UnpackError("a length that runs past its LZ4 block");
      const byte = block[at++];
      total += byte;
      if (byte !== 255) return total;
    }
  };
  while (at < block.length) {
    const token = block[at++];
    const literals = extend(token >> 4);
    if (at + literals > block.length) throw new UnpackError("literals that run past their LZ4 block");
    out.append(block.subarray(at, at + literals));
    at += literals;
    if (at === block.length) return;
    if (at + 2 > block.length) throw new UnpackError("a match that runs past its LZ4 block");
    const distance = block[at] | (block[at + 1] << 8);
    at += 2;
    if (distance === 0 || distance > out.length - blockStart)
      throw new UnpackError("an LZ4 match from before its block");
    out.copyBack(distance, extend(token & 15) + MIN_MATCH);
  }
}

/**
 * The content of the stream at the start of `data`, and how many bytes the stream took.
 *
 * The format has no end mark: the stream ends where the next word can be no block size, as the kernel's appended
 * length is treated by the kernel itself.
 */
export function decodeLz4Legacy(data: Uint8Array, limitBytes: number): { content: Uint8Array; consumedBytes: number } {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length < 4 || view.getUint32(0, true) !== LZ4_LEGACY_MAGIC) throw new UnpackError("no LZ4 legacy magic");
  const out = new OutputBuffer(limitBytes);
  let at = 4;
  while (at + 4 <= data.length) {
    const size = view.getUint32(at, true);
    if (size === LZ4_LEGACY_MAGIC) {
      at += 4;
      continue;
    }
    if (size === 0 || size > MAX_BLOCK_BYTES) break;
    if (at + 4 + size > data.length) {
      // The last four bytes of a kernel's stream are its length, not a block.
      if (at + 4 === data.length && out.length > 0) break;
      throw new UnpackError(`an LZ4 block of ${size} bytes with ${data.length - at - 4} left`, true);
    }
    decodeBlock(data.subarray(at + 4, at + 4 + size), out);
    at += 4 + size;
  }
  if (out.length > limitBytes) throw new UnpackLimitError(limitBytes);
  return { content: out.finish(), consumedBytes: at };
}
