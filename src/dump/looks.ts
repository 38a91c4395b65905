/** What an image's bytes look like as a whole: empty, or without any structure. */
import type { Segment } from "./segments.ts";

const PAGE_BYTES = 4096;
const SAMPLED_PAGES = 512;
/** Bits a byte: code and data of any kernel stay below, ciphers and compressors come near 8. */
const RANDOM_BITS = 7.8;

function entropyOf(page: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const byte of page) counts[byte]++;
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / page.length) * Math.log2(count / page.length);
  return bits;
}

function* samplePages(segments: readonly Segment[]): Generator<Uint8Array> {
  const pages = segments.reduce((sum, { bytes }) => sum + Math.floor(bytes.length / PAGE_BYTES), 0);
  const step = Math.max(1, Math.floor(pages / SAMPLED_PAGES));
  for (const { bytes } of segments) {
    for (let at = 0; at + PAGE_BYTES <= bytes.length; at += step * PAGE_BYTES)
      yield bytes.subarray(at, at + PAGE_BYTES);
  }
}

/** `zero`: no byte but 0 in any page looked at; `random`: nearly all of them are as if thrown with dice. */
export function looksOf(segments: readonly Segment[]): "zero" | "random" | "memory" {
  if (segments.every(({ bytes }) => bytes.every((byte) => byte === 0))) return "zero";
  let pages = 0;
  let random = 0;
  for (const page of samplePages(segments)) {
    pages++;
    if (entropyOf(page) > RANDOM_BITS) random++;
  }
  return pages > 0 && random > pages * 0.9 ? "random" : "memory";
}
