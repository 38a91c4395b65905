/** Offsets of `mm_struct` and `vm_area_struct`: what a process has mapped, as a maple tree (6.1 on) or as a list. */
import type { Fact } from "./fact.ts";
import { absent, proved, unknown } from "./fact.ts";
import type { LayoutContext, LayoutGroup, LearnedFacts } from "./layout.ts";
import { allUnknown, judged, offsetsWhere } from "./layout.ts";
import { isMapleNode, walkMapleTree } from "./maple-tree.ts";
import { sampleTasks } from "./process-layout.ts";

export const MEMORY_FIELDS = [
  "mm_struct.start_code",
  "mm_struct.start_brk",
  "mm_struct.brk",
  "mm_struct.start_stack",
  "mm_struct.mm_mt.ma_root",
  "mm_struct.mmap",
  "vm_area_struct.vm_start",
  "vm_area_struct.vm_end",
  "vm_area_struct.vm_next",
  "vm_area_struct.vm_mm",
  "vm_area_struct.vm_flags",
  "vm_area_struct.vm_pgoff",
  "vm_area_struct.vm_file",
] as const;
export type MemoryField = (typeof MEMORY_FIELDS)[number];

const MM_BYTES = 0x80;
const VMA_BYTES = 0x80;
const MAX_AREAS = 256;
const VM_ACCESS = 0x7;
const VM_READ_EXEC = 0x5;
const VM_READ_WRITE = 0x3;
const VM_GROWSDOWN = 0x100;

/** How far before `arg_start` the members of one block lie (include/linux/mm_types.h). */
const BEFORE_ARGUMENTS = {
  "mm_struct.start_code": 28,
  "mm_struct.start_brk": 12,
  "mm_struct.brk": 8,
  "mm_struct.start_stack": 4,
} as const;

interface Process {
  readonly mm: number;
  readonly startCode: number;
  readonly startStack: number;
}

/** An area covers what the tree says it covers: `vm_start` and `vm_end` are its first words. */
function areasOfTree(context: LayoutContext, root: number): number[] | undefined {
  if (!isMapleNode(root)) return undefined;
  const { entries, damage } = walkMapleTree(context.space, root);
  if (damage !== undefined || entries.length === 0) return undefined;
  const fit = entries.every(({ first, last, value }) => {
    const [start, end] = context.words(value, 8);
    return start === first && end - 1 === last;
  });
  return fit ? entries.slice(0, MAX_AREAS).map(({ value }) => value) : undefined;
}

/** `vm_start, vm_end, vm_next`: ranges that ascend to the end of the list. */
function areasOfList(context: LayoutContext, first: number): number[] | undefined {
  const areas: number[] = [];
  let previousEnd = 0;
  for (let area = first; area !== 0; ) {
    const [start, end, next] = context.words(area, 12);
    if (next === undefined || areas.length >= MAX_AREAS) return undefined;
    if (start < previousEnd || end <= start || ((start | end) & 0xfff) !== 0) return undefined;
    areas.push(area);
    previousEnd = end;
    area = next;
  }
  return areas.length < 2 ? undefined : areas;
}

interface Areas {
  readonly at: Fact<number>;
  /** By process, in the order of addresses. */
  readonly areas: readonly (readonly number[])[];
}

function findAreas(
  context: LayoutContext,
  processes: readonly Process[],
  read: (context: LayoutContext, word: number) => number[] | undefined,
): Areas {
  const found: { offset: number; areas: number[][] }[] = [];
  for (const offset of offsetsWhere(MM_BYTES, () => true)) {
    const areas = processes.map(({ mm, startCode }) => {
      const word = context.word(mm + offset) ?? 0;
      const list = context.isPointer(word) || isMapleNode(word) ? read(context, word) : undefined;
      const coversCode = list?.some((area) => {
        const [start, end] = context.words(area, 8);
        return start <= startCode && startCode < end;
      });
      return coversCode === true ? list : undefined;
    });
    if (areas.every((list) => list !== undefined)) found.push({ offset, areas: areas.filter((l) => l !== undefined) });
  }
  const at = judged({
    data: found.map(({ offset }) => offset),
    dataEvidence: `it leads to ascending areas, one of them with the code, in ${processes.length} processes`,
  });
  return { at, areas: found[0]?.areas ?? [] };
}

/** Of the process's areas, that of its code is read and executed, that of its stack is written and grows down. */
function findFlags(context: LayoutContext, processes: readonly Process[], areas: Areas["areas"]): Fact<number> {
  const areaWith = (index: number, address: number): number =>
    areas[index].find((area) => {
      const [start, end] = context.words(area, 8);
      return start <= address && address < end;
    }) ?? 0;
  const data = offsetsWhere(VMA_BYTES, (offset) =>
    processes.every(({ startCode, startStack }, index) => {
      const code = context.word(areaWith(index, startCode) + offset) ?? 0;
      const stack = context.word(areaWith(index, startStack) + offset) ?? 0;
      return (
        (code & VM_ACCESS) === VM_READ_EXEC &&
        (stack & (VM_READ_WRITE | VM_GROWSDOWN)) === (VM_READ_WRITE | VM_GROWSDOWN) &&
        code < context.map.pageOffset &&
        stack < context.map.pageOffset
      );
    }),
  );
  return judged({ data, dataEvidence: `code is executed and the stack grows down in ${processes.length} processes` });
}

function findFile(context: LayoutContext, areas: readonly number[]): Fact<number> {
  const at = context.offsets("file.f_path", "vfsmount.mnt_sb", "dentry.d_sb");
  if (typeof at === "string") return unknown(at);
  const isFile = (file: number): boolean => {
    if (!context.isPointer(file)) return false;
    const mount = context.word(file + at["file.f_path"]);
    const dentry = context.word(file + at["file.f_path"] + 4);
    if (!context.isPointer(mount) || !context.isPointer(dentry)) return false;
    const block = context.word(mount + at["vfsmount.mnt_sb"]);
    return context.isPointer(block) && block === context.word(dentry + at["dentry.d_sb"]);
  };
  const data = offsetsWhere(VMA_BYTES, (offset) => {
    const words = areas.map((area) => context.word(area + offset) ?? 1);
    return words.some((word) => word !== 0) && words.every((word) => word === 0 || isFile(word));
  });
  return judged({ data, dataEvidence: `in ${areas.length} areas it is 0 or leads to an open file` });
}

/** Before `vm_file`; in memory without a file it is the page's own number where the area began. */
function findOffset(
  context: LayoutContext,
  areas: readonly number[],
  file: Fact<number>,
  flags: Fact<number>,
): Fact<number> {
  if (!file.known || !flags.known) return unknown("vm_file or vm_flags is not known");
  const anonymous = areas.filter((area) => {
    const isStack = ((context.word(area + flags.value) ?? 0) & VM_GROWSDOWN) !== 0;
    return context.word(area + file.value) === 0 && context.word(area + file.value - 8) === 0 && !isStack;
  });
  const data = offsetsWhere(VMA_BYTES, (offset) =>
    anonymous.every((area) => context.word(area + offset) === (context.word(area) ?? 0) >>> 12),
  );
  if (anonymous.length === 0) return unknown("no process has memory without a file yet");
  return judged({ data, dataEvidence: `the number of their first page in ${anonymous.length} areas without a file` });
}

function nextOf(tree: Fact<number>, list: Fact<number> | undefined): Fact<number> {
  if (list?.known === true) return proved(8, list.evidence);
  return tree.known ? absent("areas are in a maple tree") : unknown("no list");
}

function learn(context: LayoutContext): LearnedFacts<MemoryField> {
  const at = context.offsets("task_struct.mm", "mm_struct.arg_start");
  if (typeof at === "string") return allUnknown(MEMORY_FIELDS, at);
  const sampled = sampleTasks(context);
  if (typeof sampled === "string") return allUnknown(MEMORY_FIELDS, sampled);
  const learned: LearnedFacts<MemoryField> = new Map();
  const argStart = at["mm_struct.arg_start"];
  for (const [name, distance] of Object.entries(BEFORE_ARGUMENTS)) {
    learned.set(name as MemoryField, proved(argStart - distance, "it is in the block of arg_start"));
  }
  const mms = new Set(sampled.tasks.map(({ words }) => words[at["task_struct.mm"] >> 2]).filter((mm) => mm !== 0));
  const processes = [...mms].map((mm) => ({
    mm,
    startCode: context.word(mm + argStart - 28) ?? 0,
    startStack: context.word(mm + argStart - 4) ?? 0,
  }));
  const tree = findAreas(context, processes, areasOfTree);
  const list = tree.at.known ? undefined : findAreas(context, processes, areasOfList);
  const { at: root, areas } = list ?? tree;
  learned.set("mm_struct.mm_mt.ma_root", list?.at.known === true ? absent("areas are in a list") : tree.at);
  learned.set("mm_struct.mmap", list?.at ?? absent("areas are in a maple tree"));
  learned.set("vm_area_struct.vm_next", nextOf(tree.at, list?.at));
  learned.set("vm_area_struct.vm_start", root.known ? proved(0, root.evidence) : root);
  learned.set("vm_area_struct.vm_end", root.known ? proved(4, root.evidence) : root);
  if (!root.known) {
    for (const name of MEMORY_FIELDS) if (!learned.has(name)) learned.set(name, root);
    return learned;
  }
  const all = areas.flat();
  const owners = offsetsWhere(VMA_BYTES, (offset) =>
    areas.every((own, index) => own.every((area) => context.word(area + offset) === processes[index].mm)),
  );
  learned.set(
    "vm_area_struct.vm_mm",
    judged({ data: owners, dataEvidence: `each of ${all.length} areas names its mm` }),
  );
  const flags = findFlags(context, processes, areas);
  learned.set("vm_area_struct.vm_flags", flags);
  const file = findFile(context, all);
  learned.set("vm_area_struct.vm_file", file);
  learned.set("vm_area_struct.vm_pgoff", findOffset(context, all, file, flags));
  return learned;
}

export const memoryLayout: LayoutGroup<MemoryField> = { fields: MEMORY_FIELDS, learn };
