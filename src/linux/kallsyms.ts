/**
 * The kernel's own symbol table, found in its memory with no file.
 *
 * Layouts by kernel version (scripts/kallsyms.c, kernel/kallsyms.c):
 *   up to 4.5   addresses[n], num_syms, names, markers, token_table, token_index
 *   4.6 - 6.3   offsets[n], relative_base, num_syms, names, markers, [seqs_of_names,] token_table, token_index
 *   6.4 - 6.19  num_syms, names, markers, token_table, token_index, offsets[n], relative_base, seqs_of_names
 *   7.0 on      the same without relative_base, addresses absolute
 * Kernels of 4.6 to 6.10 without KALLSYMS_BASE_RELATIVE have plain addresses in the place of offsets and base; with
 * KALLSYMS_ABSOLUTE_PERCPU (4.6 to 6.14) an offset of 0 or more is an address of its own, and a negative one counts down from
 * relative_base - 1. Numbers and markers were longs up to 4.19, which on 32 bits is the same.
 * A name's length takes one byte up to 6.0, which may be 0x80, and two from 0x80 on since 6.1. `markers[k]` is the offset of
 * name 256 k: matching all of them proves the names, ascending addresses inside the kernel prove the rest.
 */
import type { Fact } from "./fact.ts";
import { proved, unknown } from "./fact.ts";
import type { KernelImage } from "./kernel-image.ts";
import { namePiece } from "./name-index.ts";
import { SymbolTable } from "./symbol-table.ts";
import type { TokenTable } from "./token-table.ts";
import { findTokenTable } from "./token-table.ts";

const MIN_SYMBOLS = 64;
const MAX_SYMBOLS = 1_000_000;
/** KSYM_NAME_LEN is 512 at most. */
const MAX_NAME_TOKENS = 512;
const SYMBOLS_PER_MARKER = 256;
const TYPE_LETTERS = new Set(Buffer.from("aAbBcCdDgGiINnpPrRsStTuUvVwW?-", "latin1"));
/** Labels were aligned to 4 bytes or, by `.align 4` of older trees, to 16. */
const ALIGNMENTS = [4, 16];
/** Records looked at in all before the search is given up: memory may be made to look like names everywhere. */
const MAX_RECORD_STEPS = 50_000_000;
/** How far below `token_table` the names may begin: a million symbols of ten tokens. */
const MAX_NAMES_BYTES = 16 << 20;

/** How a length of 128 and more is written: as one byte, or its low seven bits first (ULEB128). */
type Lengths = "one byte" | "two bytes";
const LENGTHS: readonly Lengths[] = ["two bytes", "one byte"];

/** A record's length and how many bytes that took. */
function lengthAt(bytes: Uint8Array, at: number, lengths: Lengths): [tokens: number, bytes: number] {
  const first = bytes[at];
  return lengths === "one byte" || (first & 0x80) === 0 ? [first, 1] : [(first & 0x7f) | (bytes[at + 1] << 7), 2];
}

interface Names {
  /** Offset of `num_syms` in the image. */
  readonly countAt: number;
  readonly count: number;
  /** Offset of each name's record. */
  readonly records: Uint32Array;
  readonly lengths: Lengths;
  /** Offset behind `markers`. */
  readonly end: number;
}

const alignTo = (offset: number, alignment: number): number => Math.ceil(offset / alignment) * alignment;

/** The first decoded character of each token, or -1 for an empty one. */
const firstCharacters = (tokens: readonly string[]): Int16Array =>
  Int16Array.from(tokens, (token) => (token.length === 0 ? -1 : token.charCodeAt(0)));

interface Area {
  readonly bytes: Uint8Array;
  readonly start: number;
  /** Nothing of it lies at or behind this offset. */
  readonly limit: number;
  readonly first: Int16Array;
}

/** Steps over as many records as there is room for; the offset behind the last, or -1 when one is no symbol. */
function walkRecords({ bytes, start, limit, first }: Area, records: Uint32Array, lengths: Lengths): number {
  let at = start;
  for (let index = 0; index < records.length; index++) {
    if (at >= limit) return -1;
    records[index] = at;
    const [length, lengthBytes] = lengthAt(bytes, at, lengths);
    at += lengthBytes;
    if (length === 0 || length > MAX_NAME_TOKENS || at + length > limit) return -1;
    if (!TYPE_LETTERS.has(first[bytes[at]])) return -1;
    at += length;
  }
  return at;
}

/** Offset behind `markers` when they agree with the records, else -1. */
function matchMarkers(image: KernelImage, namesAt: number, namesEnd: number, records: Uint32Array): number {
  const count = Math.ceil(records.length / SYMBOLS_PER_MARKER);
  for (const alignment of ALIGNMENTS) {
    const at = alignTo(namesEnd, alignment);
    let k = 0;
    while (k < count && image.words[at / 4 + k] === records[k * SYMBOLS_PER_MARKER] - namesAt) k++;
    if (k === count) return at + count * 4;
  }
  return -1;
}

/** The names whose count is at `countAt`, or how many records were looked at in vain. */
function namesAt(image: KernelImage, countAt: number, limit: number, first: Int16Array): Names | number {
  const count = image.words[countAt / 4];
  let steps = 0;
  for (const alignment of ALIGNMENTS) {
    const area = { bytes: image.bytes, start: alignTo(countAt + 4, alignment), limit, first };
    for (const lengths of LENGTHS) {
      // A cheap look at the first records before room for all of them is made.
      if (walkRecords(area, new Uint32Array(Math.min(count, 16)), lengths) < 0) continue;
      const records = new Uint32Array(count);
      const namesEnd = walkRecords(area, records, lengths);
      steps += count;
      if (namesEnd < 0) continue;
      const end = matchMarkers(image, area.start, namesEnd, records);
      if (end >= 0 && end <= limit) return { countAt, count, records, lengths, end };
    }
  }
  return steps;
}

function findNames(image: KernelImage, table: TokenTable): Names | undefined {
  const first = firstCharacters(table.tokens);
  const lowest = Math.max(0, table.start - MAX_NAMES_BYTES);
  let steps = 0;
  for (let countAt = (table.start & ~3) - 4; countAt >= lowest && steps < MAX_RECORD_STEPS; countAt -= 4) {
    const count = image.words[countAt >> 2];
    // A record has at least two bytes: its length and one token.
    if (count < MIN_SYMBOLS || count > MAX_SYMBOLS || count * 2 > table.start - countAt) continue;
    const names = namesAt(image, countAt, table.start, first);
    steps += typeof names === "number" ? names : 0;
    if (typeof names !== "number") return names;
  }
  return undefined;
}

/** The address that a word stands for. */
type AddressOf = (word: number) => number;

const absolute: AddressOf = (word) => word;
const relativeTo =
  (base: number): AddressOf =>
  (word) =>
    base + word;
/** KALLSYMS_ABSOLUTE_PERCPU. */
const countedDownFrom =
  (base: number): AddressOf =>
  (word) =>
    word < 0x80000000 ? word : base - 1 - (word - 0x100000000);

/** `count` ascending addresses from the words at `offset`, most of them inside the kernel; else `undefined`. */
function addressesAt(image: KernelImage, offset: number, count: number, addressOf: AddressOf): Uint32Array | undefined {
  if (offset < 0 || (offset & 3) !== 0 || offset + count * 4 > image.bytes.length) return undefined;
  const addresses = new Uint32Array(count);
  const first = offset >> 2;
  let previous = 0;
  let inside = 0;
  for (let index = 0; index < count; index++) {
    const address = addressOf(image.words[first + index]);
    if (address < previous || address > 0xffffffff) return undefined;
    addresses[index] = address;
    previous = address;
    if (image.contains(address)) inside++;
  }
  // Vectors, per-CPU and absolute symbols may lie elsewhere, but they are few.
  return inside * 2 > count ? addresses : undefined;
}

interface Addresses {
  readonly values: Uint32Array;
  readonly layout: string;
}

/** Offsets to `base`, in either form; `layout` names the kernels that have them there. */
function offsetsAt(
  image: KernelImage,
  { offset, count, base }: { offset: number; count: number; base: number },
  layout: string,
): Addresses | undefined {
  if (!image.contains(base)) return undefined;
  const relative = addressesAt(image, offset, count, relativeTo(base));
  if (relative !== undefined) return { values: relative, layout };
  const counted = addressesAt(image, offset, count, countedDownFrom(base));
  return counted === undefined ? undefined : { values: counted, layout: `${layout}, per-CPU symbols absolute` };
}

/** The tables before `num_syms`: offsets and relative_base, or plain addresses. */
function addressesBefore(image: KernelImage, { countAt, count }: Names): Addresses | undefined {
  for (const alignment of ALIGNMENTS) {
    const baseAt = countAt - alignment;
    if (baseAt < 0) continue;
    const offset = baseAt - alignTo(count * 4, alignment);
    const found = offsetsAt(image, { offset, count, base: image.words[baseAt >> 2] }, "4.6 to 6.3");
    if (found !== undefined) return found;
  }
  for (const alignment of ALIGNMENTS) {
    const values = addressesAt(image, countAt - alignTo(count * 4, alignment), count, absolute);
    if (values !== undefined) return { values, layout: "up to 4.5, or up to 6.3 without relative_base" };
  }
  return undefined;
}

/** The tables behind `token_index`: offsets and relative_base, or plain addresses. */
function addressesBehind(image: KernelImage, table: TokenTable, count: number): Addresses | undefined {
  for (const alignment of ALIGNMENTS) {
    const offset = alignTo(table.end, alignment);
    const base = image.words[alignTo(offset + count * 4, alignment) >> 2];
    const found = offsetsAt(image, { offset, count, base }, "6.4 to 6.19");
    if (found !== undefined) return found;
    const values = addressesAt(image, offset, count, absolute);
    if (values !== undefined) return { values, layout: "7.0 on, or from 6.4 without relative_base" };
  }
  return undefined;
}

/** Decodes records on demand from a copy of their own, so that the image can go. */
function nameDecoder(image: KernelImage, table: TokenTable, names: Names) {
  const base = names.records[0];
  const bytes = image.bytes.slice(base, names.end);
  const tokens = [...table.tokens];
  const tokensAt = (index: number): { at: number; end: number } => {
    let at = names.records[index] - base;
    const [length, lengthBytes] = lengthAt(bytes, at, names.lengths);
    at += lengthBytes;
    return { at, end: at + length };
  };
  const decode = (index: number): string => {
    let text = "";
    for (let { at, end } = tokensAt(index); at < end; at++) text += tokens[bytes[at]];
    return text;
  };
  return { decode, hashes: () => nameHashes(bytes, names, tokens) };
}

/** Hashes of all names, the letters of their types left out, which come first. */
function nameHashes(bytes: Uint8Array, { records, lengths }: Names, tokens: readonly string[]): Int32Array {
  const base = records[0];
  const pieces = tokens.map(namePiece);
  const factors = Int32Array.from(pieces, ({ factor }) => factor);
  const parts = Int32Array.from(pieces, ({ hash }) => hash);
  const beginnings = Int32Array.from(tokens, (token) => namePiece(token.slice(1)).hash);
  const hashes = new Int32Array(records.length);
  for (let index = 0; index < records.length; index++) {
    let at = records[index] - base;
    const [length, lengthBytes] = lengthAt(bytes, at, lengths);
    at += lengthBytes;
    const end = at + length;
    let hash = beginnings[bytes[at++]];
    for (; at < end; at++) hash = (Math.imul(hash, factors[bytes[at]]) + parts[bytes[at]]) | 0;
    hashes[index] = hash;
  }
  return hashes;
}

/** The symbols of the kernel in `image`. */
export function findKallsyms(image: KernelImage): Fact<SymbolTable> {
  const table = findTokenTable(image);
  if (table === undefined) return unknown("no kallsyms token table is in the kernel's memory (CONFIG_KALLSYMS=n?)");
  const names = findNames(image, table);
  if (names === undefined) return unknown("the kallsyms token table is there, but no names that match their markers");
  const addresses = addressesBefore(image, names) ?? addressesBehind(image, table, names.count);
  if (addresses === undefined) return unknown("kallsyms names are there, but no ascending addresses that go with them");
  const { decode, hashes } = nameDecoder(image, table, names);
  const describe = (index: number) => {
    const text = decode(index);
    return { type: text[0], name: text.slice(1) };
  };
  const symbols = new SymbolTable("kallsyms", addresses.values, describe, hashes);
  return proved(
    symbols,
    `${names.count} kallsyms names match ${Math.ceil(names.count / SYMBOLS_PER_MARKER)} markers; layout of Linux ${addresses.layout}`,
  );
}
