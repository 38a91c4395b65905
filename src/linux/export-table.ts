/**
 * `__ksymtab`: the symbols the kernel exports to modules, data included, which kallsyms mostly lacks.
 *
 * On 32-bit ARM an entry is {value, name} up to 5.3 and {value, name, namespace} since 5.4
 * (include/linux/export.h), and the linker sorts each table by name.
 */
import type { Fact } from "./fact.ts";
import { proved, unknown } from "./fact.ts";
import type { KernelImage } from "./kernel-image.ts";
import type { KernelSymbol, SymbolTable } from "./symbol-table.ts";
import { symbolTableOf } from "./symbol-table.ts";

/** Exported by every kernel that supports modules, one in each table (plain, GPL). */
const SEEDS = ["init_task", "jiffies", "kfree", "memcpy", "init_pid_ns", "kernel_kobj", "init_uts_ns"];
const MAX_NAME_BYTES = 512;
/** A shorter run of entries may be chance. */
const MIN_ENTRIES = 16;
const MAX_ENTRIES = 65_536;
/** Strings, and pointers to each, that are looked at: a kernel has one or two, more are planted. */
const MAX_REFERENCES = 8;
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_.]*$/;

/** The exported symbol in the entry at `offset`, or `undefined` when that is no entry. */
function entryAt(image: KernelImage, offset: number, stride: number): KernelSymbol | undefined {
  if (offset < 0 || offset + stride > image.bytes.length) return undefined;
  const value = image.words[offset >> 2];
  const nameAt = image.words[(offset >> 2) + 1];
  if (!image.contains(nameAt)) return undefined;
  if (stride === 12) {
    const namespace = image.words[(offset >> 2) + 2];
    if (namespace !== 0 && !image.contains(namespace)) return undefined;
  }
  const name = image.cString(nameAt - image.startAddress, MAX_NAME_BYTES);
  if (name === undefined || !IDENTIFIER.test(name)) return undefined;
  return { address: value, type: "D", name };
}

/** All entries around the one at `offset`, as far as they are entries. */
function runAround(image: KernelImage, offset: number, stride: number): KernelSymbol[] {
  const run: KernelSymbol[] = [];
  for (let at = offset; run.length < MAX_ENTRIES; at += stride) {
    const entry = entryAt(image, at, stride);
    if (entry === undefined) break;
    run.push(entry);
  }
  for (let at = offset - stride; run.length < MAX_ENTRIES; at -= stride) {
    const entry = entryAt(image, at, stride);
    if (entry === undefined) break;
    run.push(entry);
  }
  return run;
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

/** The exported symbols of the kernel in `image`. */
export function findExportTable(image: KernelImage): Fact<SymbolTable> {
  const found = new Map<string, KernelSymbol>();
  let tables = 0;
  for (const seed of SEEDS) {
    if (found.has(seed)) continue;
    for (const reference of references(image, seed)) {
      const runs = [12, 8].map((stride) => runAround(image, reference - 4, stride));
      const run = runs[0].length >= runs[1].length ? runs[0] : runs[1];
      if (run.length < MIN_ENTRIES) continue;
      for (const symbol of run) if (!found.has(symbol.name)) found.set(symbol.name, symbol);
      tables++;
      break;
    }
  }
  if (found.size === 0) return unknown("no export table is in the kernel's memory (CONFIG_MODULES=n?)");
  return proved(symbolTableOf("ksymtab", [...found.values()]), `${found.size} exported names in ${tables} table(s)`);
}
