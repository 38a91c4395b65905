/**
 * The kernel's modules in three views that agree when nobody lies: the list `modules`, the set in sysfs, and the
 * memory mapped in the modules' range.
 *
 * `struct module` begins with state, list and name in every version (include/linux/module.h), and lies in the memory
 * that was allocated for the module.
 */
import { latin1 } from "../base/index.ts";
import type { AddressSpace } from "./address-space.ts";
import type { ReadWord } from "./arm-code.ts";
import type { Fact } from "./fact.ts";
import { likely, proved, unknown } from "./fact.ts";
import type { KernelMap } from "./kernel-map.ts";
import type { KernelSymbols } from "./kernel-symbols.ts";
import type { ListDamage } from "./list-walk.ts";
import { walkList } from "./list-walk.ts";
import { literalsOf } from "./literals.ts";

const LIST_OFFSET = 4;
const NAME_OFFSET = 12;
const MODULE_NAME_LEN = 60;
const MODULE_STATE_LIVE = 0;
const MAX_STATE = 3;
const PAGE_SHIFT = 12;
const PAGE_MASK = 0xfff;
/** Functions of kernel/module that use the list head `modules`. */
const LIST_USERS = [
  "module_get_kallsym",
  "find_module_all",
  "module_kallsyms_lookup_name",
  "print_modules",
  "module_kallsyms_on_each_symbol",
  "modules_open",
  "m_start",
  "m_next",
];
/** Functions that use `module_kset`. */
const KSET_USERS = ["module_add_driver", "mod_sysfs_setup", "load_module", "kernel_add_sysfs_param"];
/** `struct module` with every option; the base addresses of its memory are among its words. */
const MODULE_BYTES = 0x400;
/** `module_kobject.mod` follows the kobject. */
const KOBJECT_BYTES = 0x80;
/** Modules of any kernel, built in ones included. */
const MAX_MODULES = 4096;

export interface ModuleRecord {
  /** Address of the `struct module`. */
  readonly address: number;
  readonly name: string;
  /** MODULE_STATE_LIVE: it is neither being loaded nor being removed. */
  readonly isLive: boolean;
}

export interface ModuleListWalk {
  readonly modules: readonly ModuleRecord[];
  readonly damage: readonly ListDamage[];
  readonly inUpdate: boolean;
}

export interface ModuleContext {
  readonly space: AddressSpace;
  readonly map: KernelMap;
  readonly symbols: KernelSymbols;
  /** Code as it was booted where that is known. */
  readonly readCode: ReadWord;
}

const NAME = /^[A-Za-z0-9_-]{1,59}$/;

/** The module whose structure is at `address`, or `undefined` when that is no module. */
export function moduleAt(space: AddressSpace, address: number): ModuleRecord | undefined {
  const state = space.readU32(address);
  if (state === undefined || state > MAX_STATE) return undefined;
  const bytes = space.readBytes(address + NAME_OFFSET, MODULE_NAME_LEN);
  const end = bytes?.indexOf(0) ?? -1;
  if (bytes === undefined || end < 1) return undefined;
  const name = latin1(bytes.subarray(0, end));
  return NAME.test(name) ? { address, name, isLive: state === MODULE_STATE_LIVE } : undefined;
}

/** True when `head` is a ring of modules, or empty. */
function isModuleList({ space, map }: ModuleContext, head: number): boolean {
  if (head < map.pageOffset || (head & 3) !== 0) return false;
  const { elements, damage } = walkList(space, head, map.pageOffset - (16 << 20), MAX_MODULES);
  if (damage.some(({ kind }) => kind !== "wrong-back-link")) return false;
  return elements.every((element) => moduleAt(space, element - LIST_OFFSET) !== undefined);
}

/** The list head `modules`, from the code of the functions that walk it. */
export function findModuleList(context: ModuleContext): Fact<number> {
  const uses = new Map<number, Set<string>>();
  for (const name of LIST_USERS) {
    for (const literal of literalsOf(name, context.symbols, context.readCode)) {
      const users = uses.get(literal) ?? new Set();
      uses.set(literal, users.add(name));
    }
  }
  const shared = [...uses].filter(([, users]) => users.size > 1).map(([literal]) => literal);
  const heads = shared.filter((literal) => isModuleList(context, literal));
  const filled = heads.filter((head) => context.space.readU32(head) !== head);
  const [head] = filled.length > 0 ? filled : heads;
  if (head === undefined) return unknown("no list of modules is in the code of the functions that walk it");
  const users = [...(uses.get(head) ?? [])].join(", ");
  const evidence = `${users} load it, and it is a ring of modules`;
  return filled.length === 1 || heads.length === 1 ? proved(head, evidence) : likely(head, evidence);
}

export function walkModuleList({ space, map }: ModuleContext, head: number): ModuleListWalk {
  const { elements, damage, inUpdate } = walkList(space, head, map.pageOffset - (16 << 20), MAX_MODULES);
  const modules: ModuleRecord[] = [];
  const wrong: ListDamage[] = [];
  for (const element of elements) {
    const module = moduleAt(space, element - LIST_OFFSET);
    if (module === undefined) wrong.push({ kind: "wild-pointer", at: head, value: element });
    else modules.push(module);
  }
  return { modules, damage: [...damage, ...wrong], inUpdate: inUpdate.length > 0 };
}

/** What an entry of the sysfs set names: the kobject of a module, loaded or built in. */
export interface SysfsModule {
  readonly name: string;
  /** What it leads to; `undefined` for what is built in. */
  readonly module: ModuleRecord | undefined;
}

/** `module_kset`: the one pointer in the code of its users that leads to a ring of named kobjects. */
export function findModuleKset(context: ModuleContext): Fact<number> {
  const { space, map, symbols, readCode } = context;
  for (const user of KSET_USERS) {
    for (const literal of literalsOf(user, symbols, readCode)) {
      if (literal < map.pageOffset || (literal & 3) !== 0) continue;
      const kset = space.readU32(literal);
      if (kset === undefined || kset < map.pageOffset || (kset & 3) !== 0) continue;
      if (sysfsModules(context, kset).length > 4) return proved(kset, `${user} loads it, and it is a ring of kobjects`);
    }
  }
  return unknown("no set of module kobjects is in the code of the functions that use it");
}

/** Entries of the set at `kset`; none when it is no set. `kobject` begins with name and entry. */
export function sysfsModules({ space, map }: ModuleContext, kset: number): SysfsModule[] {
  const { elements, damage } = walkList(space, kset, map.pageOffset - (16 << 20), MAX_MODULES);
  if (damage.length > 0 && elements.length === 0) return [];
  const found: SysfsModule[] = [];
  for (const element of elements) {
    const nameAt = space.readU32(element - 4) ?? 0;
    const name = nameAt < map.pageOffset - (16 << 20) ? undefined : space.readCString(nameAt, MODULE_NAME_LEN);
    if (name === undefined || !NAME.test(name)) return [];
    found.push({ name, module: moduleBehind(space, map, element, name) });
  }
  return found;
}

/** The module that a kobject belongs to: a pointer in or behind it to a structure of that name. */
function moduleBehind(space: AddressSpace, map: KernelMap, element: number, name: string): ModuleRecord | undefined {
  const lowest = map.pageOffset - (16 << 20);
  for (let at = element + 4; at < element + KOBJECT_BYTES; at += 4) {
    const pointer = space.readU32(at);
    if (pointer === undefined) return undefined;
    if (pointer < lowest || (pointer & 3) !== 0) continue;
    const module = moduleAt(space, pointer);
    if (module?.name === name) return module;
  }
  return undefined;
}

/** Which module each allocation belongs to: the one whose structure lies in it, or that records its base among its words. */
export class ModuleMemory {
  private readonly byBase = new Map<number, ModuleRecord>();
  private readonly byPage = new Map<number, ModuleRecord>();

  constructor(space: AddressSpace, modules: readonly ModuleRecord[], lowest: number) {
    for (const module of modules) {
      this.byPage.set(module.address >>> PAGE_SHIFT, module);
      const bytes = new Uint8Array(MODULE_BYTES);
      const filled = space.readPrefix(module.address, bytes);
      for (const word of new Uint32Array(bytes.buffer, 0, filled >>> 2)) {
        if (word >= lowest && (word & PAGE_MASK) === 0 && !this.byBase.has(word)) this.byBase.set(word, module);
      }
    }
  }

  ownerOf(base: number, end: number): ModuleRecord | undefined {
    for (let page = base >>> PAGE_SHIFT; page < end >>> PAGE_SHIFT; page++) {
      const module = this.byPage.get(page);
      if (module !== undefined) return module;
    }
    return this.byBase.get(base);
  }
}

/** A `struct module` in memory that no list names: what a hidden one is called. */
export function carveModule(space: AddressSpace, start: number, end: number, lowest: number): ModuleRecord | undefined {
  for (let at = start; at + NAME_OFFSET + MODULE_NAME_LEN <= end; at += 4) {
    const state = space.readU32(at);
    if (state === undefined || state > MAX_STATE) continue;
    const next = space.readU32(at + LIST_OFFSET) ?? 0;
    const previous = space.readU32(at + LIST_OFFSET + 4) ?? 0;
    if (!isLink(next, lowest) || !isLink(previous, lowest)) continue;
    const module = moduleAt(space, at);
    if (module !== undefined && pointsToItself(space, at)) return module;
  }
  return undefined;
}

/** `mkobj.mod` of a module is the module. */
function pointsToItself(space: AddressSpace, address: number): boolean {
  const bytes = new Uint8Array(MODULE_BYTES);
  const filled = space.readPrefix(address, bytes);
  return new Uint32Array(bytes.buffer, 0, filled >>> 2).includes(address);
}

/** LIST_POISON1 and LIST_POISON2 (include/linux/poison.h), or a kernel address. */
const isLink = (word: number, lowest: number): boolean => word === 0x100 || word === 0x122 || word >= lowest;
