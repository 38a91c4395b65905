/**
 * Kernel modules for an initramfs, with the index files by which modprobe finds them (kmod: modules.dep(5), depmod.d(5)).
 *
 * What depmod reads from every module stands in its section `.modinfo`, as `key=value` texts (kernel `linux/moduleinfo`).
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ByteReader, HvError } from "../base/index.ts";
import { formatOf } from "../board/index.ts";
import type { CpioEntry } from "./cpio.ts";
import { moduleInvalid } from "./errors.ts";

const ELF_HEADER_BYTES = 52;
const SECTION_HEADER_BYTES = 40;
const MAX_MODULE_BYTES = 64 * 2 ** 20;
const MODULE_FILE = /^(.+)\.ko(\.gz|\.xz|\.zst)?$/;

export interface ModuleInfo {
  /** Names of the modules whose symbols it uses. */
  depends: readonly string[];
  /** Patterns of device and protocol names that it serves. */
  aliases: readonly string[];
  /** As written, such as `pre: crypto-crc32c`. */
  softDependencies: readonly string[];
}

/** The two spellings of a module's name are one: files mostly have `-`, the kernel `_`. */
export const moduleName = (name: string): string => name.replaceAll("-", "_");

/** The content of an ELF section, by the ELF32 little-endian headers. */
function sectionNamed(data: Uint8Array, wanted: string): Uint8Array {
  const at = (offset: number): ByteReader => {
    const reader = new ByteReader(data, "kernel module", { littleEndian: true });
    reader.offset = offset;
    return reader;
  };
  const headersAt = at(0x20).u32();
  const count = at(0x30).u16();
  const namesIndex = at(0x32).u16();
  const header = (index: number): { nameAt: number; offset: number; sizeBytes: number } => {
    const start = headersAt + index * SECTION_HEADER_BYTES;
    return { nameAt: at(start).u32(), offset: at(start + 0x10).u32(), sizeBytes: at(start + 0x14).u32() };
  };
  const names = header(namesIndex);
  for (let index = 0; index < count; index++) {
    const { nameAt, offset, sizeBytes } = header(index);
    if (at(names.offset + nameAt).cString() === wanted) return at(offset).bytes(sizeBytes);
  }
  return new Uint8Array(0);
}

/** What a module says of itself; throws `guest-module-invalid` when it is no ELF file of a 32-bit ARM kernel. */
export function moduleInfo(name: string, data: Uint8Array): ModuleInfo {
  const isElf32 =
    data.length >= ELF_HEADER_BYTES && Buffer.from(data.subarray(0, 6)).toString("latin1") === "\x7fELF\x01\x01";
  if (!isElf32 || data[18] !== 40) throw moduleInvalid(name, "a 32-bit ARM ELF file", `${data.length} other bytes`);
  let section: Uint8Array;
  try {
    section = sectionNamed(data, ".modinfo");
  } catch (error) {
    if (!(error instanceof HvError) || error.code !== "data-truncated") throw error;
    throw moduleInvalid(name, "its sections inside the file", error.message);
  }
  const texts = Buffer.from(section).toString("latin1").split("\0");
  const valuesOf = (key: string): string[] =>
    texts.filter((text) => text.startsWith(`${key}=`)).map((text) => text.slice(key.length + 1));
  return {
    depends: valuesOf("depends").flatMap((value) => value.split(",").filter((dependency) => dependency !== "")),
    aliases: valuesOf("alias"),
    softDependencies: valuesOf("softdep"),
  };
}

interface KernelModule extends ModuleInfo {
  name: string;
  /** Relative to the modules folder: `kernel/fs/ext4/ext4.ko`. */
  path: string;
  data: Uint8Array;
}

/** The module's path in the archive is that of the unpacked file: a guest's modprobe may know no compression. */
function readModule(folder: string, packedPath: string): KernelModule {
  const name = MODULE_FILE.exec(packedPath.replace(/^.*\//, ""))?.[1] ?? packedPath;
  let data: Uint8Array = readFileSync(join(folder, packedPath));
  const format = formatOf(data);
  if (format !== undefined) {
    if (format.unpack === undefined) throw moduleInvalid(name, "a compression that is known", format.name);
    data = format.unpack(data, MAX_MODULE_BYTES).content;
  }
  return { name: moduleName(name), path: packedPath.replace(/\.ko\..*$/, ".ko"), data, ...moduleInfo(name, data) };
}

/** Paths of all module files below `kernel/`, by the module's name. */
function modulePaths(folder: string): Map<string, string> {
  const paths = new Map<string, string>();
  for (const entry of readdirSync(join(folder, "kernel"), { recursive: true, encoding: "utf8" })) {
    const match = MODULE_FILE.exec(entry.replace(/^.*\//, ""));
    if (match !== null) paths.set(moduleName(match[1]), `kernel/${entry}`);
  }
  return paths;
}

/** Names of the modules that are part of the kernel itself. */
function builtInNames(folder: string): Set<string> {
  const path = join(folder, "modules.builtin");
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
  return new Set(lines.map((line) => moduleName(line.replace(/^.*\//, "").replace(/\.ko$/, ""))));
}

export interface ModuleSelection {
  /** In the order of their paths. */
  modules: readonly KernelModule[];
  /** Wanted, and neither a module of this kernel nor built into it. */
  absent: readonly string[];
}

/** The modules called `wanted` in a kernel's modules folder, and all that they depend on. */
export function selectModules(folder: string, wanted: readonly string[]): ModuleSelection {
  const paths = modulePaths(folder);
  const builtIn = builtInNames(folder);
  const chosen = new Map<string, KernelModule>();
  const absent: string[] = [];
  const left = wanted.map(moduleName);
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    if (chosen.has(name) || builtIn.has(name)) continue;
    const path = paths.get(name);
    if (path === undefined) {
      absent.push(name);
      continue;
    }
    const module = readModule(folder, path);
    chosen.set(name, module);
    left.push(...module.depends.map(moduleName));
  }
  const modules = [...chosen.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { modules, absent };
}

/** All that `module` needs, the module nearest to it first: the order in which depmod writes it and modprobe undoes it. */
function dependencyClosure(module: KernelModule, byName: ReadonlyMap<string, KernelModule>): KernelModule[] {
  const order: KernelModule[] = [];
  const visit = ({ depends }: KernelModule): void => {
    for (const name of depends) {
      const dependency = byName.get(moduleName(name));
      if (dependency === undefined || order.includes(dependency)) continue;
      visit(dependency);
      order.push(dependency);
    }
  };
  visit(module);
  return order.reverse();
}

/** The index files of `modules`, by name. */
export function moduleIndexes(modules: readonly KernelModule[]): Record<string, string> {
  const byName = new Map(modules.map((module) => [module.name, module]));
  const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join("");
  const needs = (module: KernelModule): string =>
    dependencyClosure(module, byName)
      .map(({ path }) => ` ${path}`)
      .join("");
  return {
    "modules.dep": lines(modules.map((module) => `${module.path}:${needs(module)}`)),
    "modules.alias": lines(modules.flatMap(({ name, aliases }) => aliases.map((alias) => `alias ${alias} ${name}`))),
    "modules.softdep": lines(
      modules.flatMap(({ name, softDependencies }) => softDependencies.map((text) => `softdep ${name} ${text}`)),
    ),
  };
}

/** Each folder above `path`, outermost first. */
const foldersAbove = (path: string): string[] =>
  path
    .split("/")
    .slice(0, -1)
    .map((_, index, parts) => parts.slice(0, index + 1).join("/"));

/** The modules and their index files below `lib/modules/VERSION`, with all folders. */
export function moduleEntries(folder: string, version: string, { modules }: ModuleSelection): CpioEntry[] {
  const base = `lib/modules/${version}`;
  const copied = ["modules.builtin", "modules.order"].filter((name) => existsSync(join(folder, name)));
  const files: CpioEntry[] = [
    ...modules.map(({ path, data }) => ({ path, data })),
    ...Object.entries(moduleIndexes(modules)).map(([path, text]) => ({ path, data: new TextEncoder().encode(text) })),
    ...copied.map((path) => ({ path, data: new Uint8Array(readFileSync(join(folder, path))) })),
  ].map(({ path, data }) => ({ kind: "file", path: `${base}/${path}`, mode: 0o644, data }));
  const folders = new Set(files.flatMap(({ path }) => foldersAbove(path)));
  return [...[...folders].map((path): CpioEntry => ({ kind: "directory", path, mode: 0o755 })), ...files];
}
