/**
 * Where the list of loaded modules is, and the offsets of `struct module`. Its memory is one range with parts, `core_layout`,
 * or since Linux 6.4 one range for each kind of content, `mem[]`.
 */
import type { Path } from "./code-trace.ts";
import type { Fact } from "./fact.ts";
import { absent, likely, proved, unknown } from "./fact.ts";
import type { LayoutContext, LayoutGroup, LearnedFacts } from "./layout.ts";
import { allUnknown, judged, loadsFrom, offsetsWhere } from "./layout.ts";
import { walkList } from "./list-walk.ts";

export const MODULE_FIELDS = [
  "modules",
  "module.state",
  "module.list",
  "module.name",
  "module.core_layout.base",
  "module.core_layout.size",
  "module.mem",
  "module_memory.size",
  "sizeof module_memory",
  "module.source_list",
  "module.refcnt",
] as const;
export type ModuleField = (typeof MODULE_FIELDS)[number];

/** Functions that walk the list; which of them a kernel has, and under these names, differs. */
const WALKERS = ["find_module_all", "print_modules", "module_get_kallsym", "lookup_module_symbol_name", "find_module"];
/** MODULE_NAME_LEN is 64 less the size of a long. */
const MODULE_NAME_BYTES = 60;
const MODULE_BYTES = 0x400;
const MODULE_NAME = /^[A-Za-z0-9_-]+$/;
/** MODULE_STATE_LIVE, COMING, GOING, UNFORMED. */
const STATES = 4;
const PAGE_MASK = 0xfff;
/** Modules and the kernel's text are in reach of a branch: 32 MiB. */
const MAX_MODULE_BYTES = 32 << 20;
const MAX_MODULES = 64;
/** `state`, `list` and `name` are the first members (include/linux/module.h). */
const LIST = 4;

const isConstant = ({ root, steps }: Path): boolean => root === "const" && steps.length === 0;

/** A ring of structures with a name and a state, as modules have. */
function ringAt(context: LayoutContext, head: number): readonly number[] | undefined {
  const { elements, damage } = walkList(context.space, head, context.map.modulesStart);
  if (damage.length > 0) return undefined;
  const all = elements.slice(0, MAX_MODULES).every((element) => {
    const state = context.word(element - 4);
    const name = context.space.readCString(element + 8, MODULE_NAME_BYTES);
    return state !== undefined && state < STATES && name !== undefined && MODULE_NAME.test(name);
  });
  return all ? elements.slice(0, MAX_MODULES) : undefined;
}

interface ModuleList {
  readonly head: Fact<number>;
  readonly modules: readonly number[];
}

/** The address that functions which walk the modules load from, and at which a ring of modules, or an empty one, is. */
function findList(context: LayoutContext): ModuleList {
  const users = new Map<number, string[]>();
  for (const name of WALKERS) {
    const accesses = context.trace(name)?.accesses ?? [];
    const loaded = accesses.filter(({ kind, address }) => kind === "load" && isConstant(address));
    for (const address of new Set(loaded.map((access) => access.address.add))) {
      users.set(address, [...(users.get(address) ?? []), name]);
    }
  }
  const known = context.symbols.find("modules");
  if (known !== undefined) users.set(known, [...(users.get(known) ?? []), "the symbol modules"]);
  const found = [...users].flatMap(([address, by]) => {
    const ring = ringAt(context, address);
    return ring === undefined ? [] : [{ address, by, modules: ring.map((element) => element - LIST) }];
  });
  const most = Math.max(...found.map(({ by }) => by.length), 0);
  const best = found.filter(({ by }) => by.length === most);
  if (best.length !== 1) {
    return { head: unknown(`${best.length} lists that walkers of modules use look like the modules'`), modules: [] };
  }
  const [{ address, by, modules }] = best;
  const evidence = `${modules.length} named modules in the ring that ${by.join(", ")} use`;
  return { head: by.length > 1 || modules.length > 0 ? proved(address, evidence) : likely(address, evidence), modules };
}

/** Base and size of the memory in which the structure itself lies, with the sizes of text and read-only data behind. */
function findCore(context: LayoutContext, modules: readonly number[]): Fact<number> {
  const data = offsetsWhere(MODULE_BYTES, (offset) =>
    modules.every((module) => {
      const [base, size, text, readOnly] = context.words(module + offset, 16);
      if ((base & PAGE_MASK) !== 0 || base < context.map.modulesStart || size === 0 || size > MAX_MODULE_BYTES)
        return false;
      return module >= base && module < base + size && text <= readOnly && readOnly <= size && text > 0;
    }),
  );
  return judged({ data, dataEvidence: `the range in which each of ${modules.length} modules' own structure lies` });
}

const MEM_TYPES = 7;
/** `base` and `size` at least; with what the copy for writing and the tree of addresses need at most. */
const MEM_BYTES = { min: 8, max: 64 };
const MOD_TEXT = 0;
const MOD_DATA = 1;
/** Text, data, read-only data and what is read-only after the start; the rest is given back by then. */
const FIRST_INIT_TYPE = 4;

interface MemShape {
  readonly mem: number;
  readonly size: number;
  readonly stride: number;
}

/** Whole pages from `base` on are mapped up to the guard page behind them. */
function isAllocation(context: LayoutContext, base: number, sizeBytes: number): boolean {
  if (((base | sizeBytes) & PAGE_MASK) !== 0 || base < context.map.modulesStart) return false;
  if (sizeBytes === 0 || sizeBytes > MAX_MODULE_BYTES || base + sizeBytes > 0xffffffff) return false;
  const isMapped = (address: number): boolean => context.space.translate(address) !== undefined;
  return isMapped(base) && isMapped(base + sizeBytes - 1) && !isMapped(base + sizeBytes);
}

/** Whether `mem[]` of a module is there: each kind an allocation or nothing, the structure itself in its data. */
function hasMemory(context: LayoutContext, module: number, { mem, size, stride }: MemShape): boolean {
  const words = context.words(module + mem, MEM_TYPES * stride);
  if (words.length < (MEM_TYPES * stride) / 4) return false;
  for (let type = 0; type < MEM_TYPES; type++) {
    const base = words[(type * stride) / 4];
    const sizeBytes = words[(type * stride + size) / 4];
    if (base === 0 && sizeBytes === 0 && type !== MOD_TEXT && type !== MOD_DATA) continue;
    // Of a module that starts up just now the last kinds are there too.
    if (!isAllocation(context, base, sizeBytes)) return false;
    const holdsItself = module >= base && module < base + sizeBytes;
    if (holdsItself !== (type === MOD_DATA)) return false;
    if (type >= FIRST_INIT_TYPE && context.word(module) === 0) return false;
  }
  return true;
}

/** `module_memory` begins with its base; where its size is and how long it is depends on version and options. */
function findMem(context: LayoutContext, modules: readonly number[]): MemShape[] {
  const found: MemShape[] = [];
  for (let mem = 0; mem < MODULE_BYTES; mem += 4) {
    if (!modules.every((module) => ((context.word(module + mem) ?? 1) & PAGE_MASK) === 0)) continue;
    for (let stride = MEM_BYTES.min; stride <= MEM_BYTES.max; stride += 4) {
      for (let size = 4; size < stride; size += 4) {
        if (modules.every((module) => hasMemory(context, module, { mem, size, stride })))
          found.push({ mem, size, stride });
      }
    }
  }
  // Between base and size there may be the base again: where the module is written while its pages are read-only.
  const isCopy = (shape: MemShape): boolean =>
    found.some(({ mem, size, stride }) => {
      return mem < shape.mem && stride === shape.stride && mem + size === shape.mem + shape.size;
    });
  return found.filter((shape) => !isCopy(shape));
}

const CORE_FIELDS = ["module.core_layout.base", "module.core_layout.size"] as const;
const MEM_FIELDS = ["module.mem", "module_memory.size", "sizeof module_memory"] as const;

function learnMemory(context: LayoutContext, modules: readonly number[], learned: LearnedFacts<ModuleField>): void {
  const core = findCore(context, modules);
  if (core.known) {
    learned.set("module.core_layout.base", core);
    learned.set("module.core_layout.size", { ...core, value: core.value + 4 });
    for (const name of MEM_FIELDS) learned.set(name, absent("modules have one range of memory, core_layout"));
    return;
  }
  const shapes = findMem(context, modules);
  const evidence = `${MEM_TYPES} allocations of each of ${modules.length} modules, or nothing; its structure lies in the data`;
  const of = (value: (shape: MemShape) => number): Fact<number> =>
    shapes.length === 1 ? proved(value(shapes[0]), evidence) : unknown(`${shapes.length} shapes fit: ${evidence}`);
  learned.set(
    "module.mem",
    of(({ mem }) => mem),
  );
  learned.set(
    "module_memory.size",
    of(({ size }) => size),
  );
  learned.set(
    "sizeof module_memory",
    of(({ stride }) => stride),
  );
  const isMem = shapes.length === 1;
  for (const name of CORE_FIELDS) learned.set(name, isMem ? absent("modules have memory by kind, mem[]") : core);
}

function learn(context: LayoutContext): LearnedFacts<ModuleField> {
  const { head, modules } = findList(context);
  if (!head.known) return allUnknown(MODULE_FIELDS, head.reason);
  const learned = allUnknown(MODULE_FIELDS, "no module is loaded");
  learned.set("modules", head);
  if (modules.length === 0) return learned;
  learned.set("module.list", proved(LIST, head.evidence));
  learned.set("module.state", proved(0, head.evidence));
  learned.set("module.name", proved(LIST + 8, head.evidence));
  learnMemory(context, modules, learned);
  learnUsers(context, modules, learned);
  return learned;
}

/** `source_list, target_list, exit, refcnt` follow each other; `module_refcount` reads the last. */
function learnUsers(context: LayoutContext, modules: readonly number[], learned: LearnedFacts<ModuleField>): void {
  const code = loadsFrom(context.trace("module_refcount"), "r0");
  if (code === undefined) {
    for (const name of ["module.refcnt", "module.source_list"] as const) {
      learned.set(name, unknown("there is no function module_refcount (CONFIG_MODULE_UNLOAD=n?)"));
    }
    return;
  }
  const isRing = (head: number): boolean => walkList(context.space, head, context.map.modulesStart).damage.length === 0;
  const data = offsetsWhere(MODULE_BYTES, (offset) =>
    offset < 20 ? false : modules.every((module) => isRing(module + offset - 20) && isRing(module + offset - 12)),
  );
  const dataEvidence = "behind the rings of users and of used modules";
  const refcnt = judged({ data, dataEvidence, code, codeEvidence: "module_refcount loads it" });
  learned.set("module.refcnt", refcnt);
  learned.set("module.source_list", refcnt.known ? { ...refcnt, value: refcnt.value - 20 } : refcnt);
}

export const moduleLayout: LayoutGroup<ModuleField> = { fields: MODULE_FIELDS, learn };
