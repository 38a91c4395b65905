/**
 * The kallsyms token table, found in memory by what it must contain.
 *
 * `token_table` is 256 strings, of which '0' to '9' stand for themselves; `token_index` behind it repeats their
 * offsets as 256 half-words (scripts/kallsyms.c). An exact match of all offsets removes every false hit.
 */
import type { KernelImage } from "./kernel-image.ts";

export const TOKEN_COUNT = 256;
const TOKEN_INDEX_BYTES = TOKEN_COUNT * 2;
/** A token never exceeds a symbol name. */
const MAX_TOKEN_BYTES = 512;
const MAX_ALIGNMENT_BYTES = 16;
const FIRST_DIGIT = 0x30;
/** A kernel has a handful of digit sequences; a guest that plants more is not searched for ever. */
const MAX_HITS = 4096;

export interface TokenTable {
  /** Offset of `token_table` in the image. */
  readonly start: number;
  /** Offset of `token_index`. */
  readonly indexStart: number;
  /** Offset behind `token_index`. */
  readonly end: number;
  readonly tokens: readonly string[];
}

const digitTokens = (): Uint8Array => {
  const bytes = new Uint8Array(20);
  for (let digit = 0; digit < 10; digit++) bytes[digit * 2] = FIRST_DIGIT + digit;
  return bytes;
};

/** Start of token 1, counted back from the token '0'; token 0 may lack a NUL before it, so it is placed later. */
function startOfSecondToken(bytes: Uint8Array, digitAt: number): number {
  let start = digitAt;
  for (let token = FIRST_DIGIT; token > 1; token--) {
    const end = start - 1;
    let at = end - 1;
    const limit = Math.max(0, end - MAX_TOKEN_BYTES);
    while (at >= limit && bytes[at] !== 0) at--;
    if (at < limit) return -1;
    start = at + 1;
  }
  return start;
}

/** Start of each token from 1 on and, last, the end of the table. */
function tokenStarts(bytes: Uint8Array, second: number): number[] | undefined {
  const starts = [second];
  let at = second;
  for (let token = 1; token < TOKEN_COUNT; token++) {
    const end = bytes.indexOf(0, at);
    if (end < 0 || end - at > MAX_TOKEN_BYTES) return undefined;
    at = end + 1;
    starts.push(at);
  }
  return starts;
}

function matchIndex(image: KernelImage, starts: readonly number[]): TokenTable | undefined {
  const { bytes } = image;
  const tableEnd = starts[starts.length - 1];
  const half = (offset: number): number => bytes[offset] | (bytes[offset + 1] << 8);
  for (let at = (tableEnd + 1) & ~1; at <= tableEnd + MAX_ALIGNMENT_BYTES; at += 2) {
    if (at + TOKEN_INDEX_BYTES > bytes.length) return undefined;
    if (half(at) !== 0) continue;
    const start = starts[0] - half(at + 2);
    let token = 1;
    while (token < TOKEN_COUNT && half(at + token * 2) === starts[token - 1] - start) token++;
    if (token < TOKEN_COUNT || start < 0) continue;
    const tokens: string[] = [];
    for (const from of [start, ...starts.slice(0, -1)]) tokens.push(image.cString(from, MAX_TOKEN_BYTES) ?? "");
    return { start, indexStart: at, end: at + TOKEN_INDEX_BYTES, tokens };
  }
  return undefined;
}

/** The one token table of the image, or `undefined`. */
export function findTokenTable(image: KernelImage): TokenTable | undefined {
  let hits = 0;
  for (const digitAt of image.find(digitTokens())) {
    if (++hits > MAX_HITS) return undefined;
    const second = startOfSecondToken(image.bytes, digitAt);
    if (second < 0) continue;
    const starts = tokenStarts(image.bytes, second);
    const table = starts === undefined ? undefined : matchIndex(image, starts);
    if (table !== undefined) return table;
  }
  return undefined;
}
