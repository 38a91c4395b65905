/**
 * `__ksymtab`: the symbols the kernel exports to modules, data included, which kallsyms mostly lacks.
 *
 * On 32-bit ARM an entry is {value, name} up to 5.3 and {value, name, namespace} since 5.4
 * (include/linux/export.h), and the linker sorts each table by name.
 */
import { latin1 } from "../base/index.ts";
import type { Fact } from "./fact.ts";
import { proved, unknown } from "./fact.ts";
import type { KernelImage } from "./kernel-image.ts";
import { hashWith, namePiece } from "./name-index.ts";
import { orderByAddress, SymbolTable } from "./symbol-table.ts";

/** Exported by every kernel that supports modules, one in each table (plain, GPL). */
const SEEDS = ["init_task", "jiffies", "kfree", "memcpy", "init_pid_ns", "kernel_kobj", "init_uts_ns"];
const MAX_NAME_BYTES = 512;
/** A shorter run of entries may be chance. */
const MIN_ENTRIES = 16;
const MAX_ENTRIES = 65_536;
/** Strings, and pointers to each, that are looked at: a kernel has one or two, more are planted. */
const MAX_REFERENCES = 8;
const EXPORT = "D";

/** What a byte may be in a name: its first, or a later one. */
const FIRST = 1;
const LATER = 2;
const IDENTIFIER = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return (/[A-Za-z_]/.test(character) ? FIRST : 0) | (/[A-Za-z0-9_.]/.test(character) ? LATER : 0);
});

/** Entries of one table, in its order. */
interface Run {
  readonly stride: number;
  /** Offset of the first entry in the image, and behind the last. */
  readonly start: number;
  readonly end: number;
}

const countOf = ({ start, end, stride }: Run): number => (end - start) / stride;

/** Bytes of the identifier at `offset`; 0 when there is none, or no NUL behind it. */
function identifierBytes({ bytes }: KernelImage, offset: number): number {
  if ((IDENTIFIER[bytes[offset]] & FIRST) === 0) return 0;
  let end = offset + 1;
  while ((IDENTIFIER[bytes[end]] & LATER) !== 0) end++;
  return bytes[end] === 0 && end - offset < MAX_NAME_BYTES ? end - offset : 0;
}

/** Offset of the name that the entry at `offset` has, or -1 when that is no entry. */
function nameOfEntry(image: KernelImage, offset: number, stride: number): number {
  if (offset < 0 || offset + stride > image.bytes.length) return -1;
  const nameAt = image.words[(offset >> 2) + 1];
  if (!image.contains(nameAt)) return -1;
  const namespace = stride === 12 ? image.words[(offset >> 2) + 2] : 0;
  if (namespace !== 0 && !image.contains(namespace)) return -1;
  return nameAt - image.startAddress;
}

const isEntry = (image: KernelImage, offset: number, stride: number): boolean => {
  const nameAt = nameOfEntry(image, offset, stride);
  return nameAt >= 0 && identifierBytes(image, nameAt) > 0;
};

/** All entries around the one at `offset`, as far as they are entries. */
function runAround(image: KernelImage, offset: number, stride: number): Run {
  const limit = MAX_ENTRIES * stride;
  let end = offset;
  while (end - offset < limit && isEntry(image, end, stride)) end += stride;
  let start = offset;
  if (end > offset) while (end - start < limit && isEntry(image, start - stride, stride)) start -= stride;
  return { stride, start, end };
}

function* take<T>(items: Iterable<T>, limit: number): Generator<T> {
  let count = 0;
  for (const item of items) {
    if (count++ >= limit) return;
    yield item;
  }
}

/** Offsets of words that point to a string `name`; the linker merges tails, so no NUL need come before it. */
function* references(image: KernelImage, name: string): Generator<number> {
  for (const at of take(image.find(`${name}\0`), MAX_REFERENCES)) {
    yield* take(image.findWord(image.startAddress + at), MAX_REFERENCES);
  }
}

/** The longest run around a word that points to `seed`, of the first word that has one. */
function runOf(image: KernelImage, seed: string): Run | undefined {
  for (const reference of references(image, seed)) {
    const [wide, narrow] = [12, 8].map((stride) => runAround(image, reference - 4, stride));
    const run = countOf(wide) >= countOf(narrow) ? wide : narrow;
    if (countOf(run) >= MIN_ENTRIES) return run;
  }
  return undefined;
}

/** Exports as they are found; names stay where they are until they are asked for. */
class Exports {
  private readonly image: KernelImage;
  private readonly addresses: number[] = [];
  private readonly nameStarts: number[] = [];
  private readonly hashes: number[] = [];
  private readonly runs: Run[] = [];

  constructor(image: KernelImage) {
    this.image = image;
  }

  get size(): number {
    return this.addresses.length;
  }

  has(name: string): boolean {
    const { hash } = namePiece(name);
    return this.hashes.some((other, index) => other === hash && this.nameAt(index) === name);
  }

  private nameAt(index: number): string | undefined {
    return this.image.cString(this.nameStarts[index], MAX_NAME_BYTES);
  }

  add(run: Run): void {
    const { image, addresses, nameStarts, hashes, runs } = this;
    for (let offset = run.start; offset < run.end; offset += run.stride) {
      if (runs.some(({ start, end }) => offset >= start && offset < end)) continue;
      const nameAt = nameOfEntry(image, offset, run.stride);
      let hash = 0;
      for (let at = nameAt; image.bytes[at] !== 0; at++) hash = hashWith(hash, image.bytes[at]);
      addresses.push(image.words[offset >> 2]);
      nameStarts.push(nameAt);
      hashes.push(hash);
    }
    runs.push(run);
  }

  /** A table that no longer needs the image. */
  table(): SymbolTable {
    const { image, addresses } = this;
    const order = orderByAddress(addresses);
    const starts = Uint32Array.from(order, (index) => this.nameStarts[index]);
    const hashes = Int32Array.from(order, (index) => this.hashes[index]);
    let [first, last] = [image.bytes.length, 0];
    for (const start of starts) {
      first = Math.min(first, start);
      last = Math.max(last, start);
    }
    const names = image.bytes.slice(first, last + MAX_NAME_BYTES);
    const describe = (index: number) => {
      const start = starts[index] - first;
      return { type: EXPORT, name: latin1(names.subarray(start, names.indexOf(0, start))) };
    };
    const sorted = Uint32Array.from(order, (index) => addresses[index]);
    return new SymbolTable("ksymtab", sorted, describe, () => hashes);
  }
}

/** The exported symbols of the kernel in `image`. */
export function findExportTable(image: KernelImage): Fact<SymbolTable> {
  const exports = new Exports(image);
  let tables = 0;
  for (const seed of SEEDS) {
    if (exports.has(seed)) continue;
    const run = runOf(image, seed);
    if (run === undefined) continue;
    exports.add(run);
    tables++;
  }
  if (exports.size === 0) return unknown("no export table is in the kernel's memory (CONFIG_MODULES=n?)");
  return proved(exports.table(), `${exports.size} exported names in ${tables} table(s)`);
}
