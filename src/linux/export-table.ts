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
/** Of an entry, in bytes. */
const STRIDES = [12, 8];
/** More than most kernels export. */
const FIRST_CAPACITY = 16_384;

/** What a byte may be in a name: its first, or a later one. */
const FIRST = 1;
const LATER = 2;
const IDENTIFIER = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return (/[A-Za-z_]/.test(character) ? FIRST : 0) | (/[A-Za-z0-9_.]/.test(character) ? LATER : 0);
});

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

/**
 * Entries as they are found, in whatever order; names stay in the image until they are asked for. A kernel has ten thousand, which
 * are read once, by code that nobody has warmed: hence no object for each.
 */
class Exports {
  count = 0;
  private readonly image: KernelImage;
  private addresses = new Uint32Array(FIRST_CAPACITY);
  private names = new Uint32Array(FIRST_CAPACITY);
  private hashes = new Int32Array(FIRST_CAPACITY);

  constructor(image: KernelImage) {
    this.image = image;
  }

  has(name: string): boolean {
    const hashes = this.hashes.subarray(0, this.count);
    const { hash } = namePiece(name);
    for (let index = hashes.indexOf(hash); index >= 0; index = hashes.indexOf(hash, index + 1)) {
      if (this.image.cString(this.names[index], MAX_NAME_BYTES) === name) return true;
    }
    return false;
  }

  /** Adds all entries around the one at `offset`, as far as they are entries; false when they are too few. */
  addAround(offset: number, stride: number): boolean {
    const before = this.count;
    const last = before + MAX_ENTRIES;
    for (let at = offset; this.count < last && this.add(at, stride); ) at += stride;
    if (this.count > before) for (let at = offset - stride; this.count < last && this.add(at, stride); ) at -= stride;
    if (this.count - before >= MIN_ENTRIES) return true;
    this.count = before;
    return false;
  }

  /** Adds the entry at `offset`; false when there is none. */
  private add(offset: number, stride: number): boolean {
    const { image, count } = this;
    const { bytes, words } = image;
    if (offset < 0 || offset + stride > bytes.length) return false;
    const name = words[(offset >> 2) + 1];
    if (!image.contains(name)) return false;
    const namespace = stride === 12 ? words[(offset >> 2) + 2] : 0;
    if (namespace !== 0 && !image.contains(namespace)) return false;
    const start = name - image.startAddress;
    if ((IDENTIFIER[bytes[start]] & FIRST) === 0) return false;
    const limit = start + MAX_NAME_BYTES;
    let hash = 0;
    let at = start;
    for (; at < limit && (IDENTIFIER[bytes[at]] & LATER) !== 0; at++) hash = hashWith(hash, bytes[at]);
    if (at === limit || bytes[at] !== 0) return false;
    if (count === this.addresses.length) this.grow();
    this.addresses[count] = words[offset >> 2];
    this.names[count] = start;
    this.hashes[count] = hash;
    this.count++;
    return true;
  }

  private grow(): void {
    const larger = <T extends Uint32Array | Int32Array>(array: T, grown: T): T => {
      grown.set(array);
      return grown;
    };
    const capacity = this.count * 2;
    this.addresses = larger(this.addresses, new Uint32Array(capacity));
    this.names = larger(this.names, new Uint32Array(capacity));
    this.hashes = larger(this.hashes, new Int32Array(capacity));
  }

  /** A table that no longer needs the image. */
  table(): SymbolTable {
    const { image, count } = this;
    const order = orderByAddress(this.addresses.subarray(0, count));
    const addresses = new Uint32Array(count);
    const hashes = new Int32Array(count);
    const names = new Uint32Array(count);
    for (let i = 0; i < count; i++) {
      addresses[i] = this.addresses[order[i]];
      hashes[i] = this.hashes[order[i]];
      names[i] = this.names[order[i]];
    }
    const sorted = names.slice().sort();
    const first = sorted[0];
    const text = image.bytes.slice(first, sorted[count - 1] + MAX_NAME_BYTES);
    const describe = (index: number) => {
      const start = names[index] - first;
      return { type: EXPORT, name: latin1(text.subarray(start, text.indexOf(0, start))) };
    };
    return new SymbolTable("ksymtab", addresses, describe, () => hashes);
  }
}

/** The exported symbols of the kernel in `image`. */
export function findExportTable(image: KernelImage): Fact<SymbolTable> {
  const exports = new Exports(image);
  let tables = 0;
  for (const seed of SEEDS) {
    if (exports.has(seed)) continue;
    for (const reference of references(image, seed)) {
      if (!STRIDES.some((stride) => exports.addAround(reference - 4, stride))) continue;
      tables++;
      break;
    }
  }
  if (exports.count === 0) return unknown("no export table is in the kernel's memory (CONFIG_MODULES=n?)");
  return proved(exports.table(), `${exports.count} exported names in ${tables} table(s)`);
}
