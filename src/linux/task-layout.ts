/**
 * Offsets of `task_struct` and `mm_struct`, learned in memory and proved by invariants over all processes.
 *
 * Members move with version and configuration, so nothing here is a constant of one build; what cannot be proved
 * stays unknown.
 */
import type { AddressSpace } from "./address-space.ts";
import type { Fact } from "./fact.ts";
import { proved, unknown } from "./fact.ts";
import type { KernelMap } from "./kernel-map.ts";
import { PG_DIR_SIZE_BYTES } from "./kernel-map.ts";
import type { KernelSymbols } from "./kernel-symbols.ts";
import { learnThreadFields, THREAD_FIELDS } from "./kernel-thread-layout.ts";
import type { LayoutGroup } from "./layout.ts";
import type { FamilyOffsets, TaskSample } from "./task-sample.ts";
import { copyTask, findComm, findFamily, findTaskList } from "./task-sample.ts";

/** Names as the kernel has them; the order is that of `ids types`. */
export const TASK_FIELDS = [
  "task_struct.tasks",
  "task_struct.pid",
  "task_struct.tgid",
  "task_struct.comm",
  "task_struct.real_parent",
  "task_struct.group_leader",
  "task_struct.flags",
  "task_struct.mm",
  "mm_struct.pgd",
  "mm_struct.arg_start",
  "mm_struct.arg_end",
  ...THREAD_FIELDS,
] as const;
export type TaskField = (typeof TASK_FIELDS)[number];
export type FieldOffsets = Map<TaskField, Fact<number>>;

/** PID_MAX_LIMIT of any configuration. */
const MAX_PID = 4 << 20;
export const PF_KTHREAD = 0x00200000;
export const PF_WQ_WORKER = 0x00000020;
/** PF_SUSPEND_TASK, the one flag above, is never set in a guest that runs; kernel pointers are all above. */
const PF_LARGEST = 0x80000000;
const MM_STRUCT_BYTES = 0x400;
/** No `mm_struct` is smaller: a second fit further on is that of a neighbour in the slab. */
const MM_STRUCT_MIN_BYTES = 0x100;
/** Kernel entries of a process's table that must equal those of `swapper_pg_dir`. */
const COMPARED_SECTIONS = 8;

/** Word offsets of `sample` from 0 on at which `accept` holds. */
function wordsWhere(sample: TaskSample, accept: (at: number) => boolean): number[] {
  const found: number[] = [];
  for (let at = 0; at + 1 < sample.words.length; at++) if (accept(at)) found.push(at * 4);
  return found;
}

const onlyOne = (found: readonly number[], what: string, evidence: string): Fact<number> =>
  found.length === 1 ? proved(found[0], evidence) : unknown(`${found.length} words of task_struct could be ${what}`);

/** `pid` and `tgid` are neighbours: 0 in the idle task, 1 and 2 in the first two, different everywhere. */
function findPid(initTask: TaskSample, samples: readonly TaskSample[]): Fact<number> {
  if (samples.length < 2) return unknown("fewer than two processes exist yet");
  const found = wordsWhere(initTask, (at) => {
    if (initTask.words[at] !== 0 || initTask.words[at + 1] !== 0) return false;
    if (samples[0].words[at] !== 1 || samples[1].words[at] !== 2) return false;
    const seen = new Set<number>();
    return samples.every(({ words }) => {
      const pid = words[at];
      if (pid !== words[at + 1] || pid === 0 || pid > MAX_PID || seen.has(pid)) return false;
      seen.add(pid);
      return true;
    });
  });
  return onlyOne(found, "pid and tgid", `0 in init_task, 1 and 2 in the next, unlike in all ${samples.length} leaders`);
}

/** `mm` and `active_mm` are neighbours: 0 in kernel threads, equal pointers in user processes. */
function findMm(initTask: TaskSample, samples: readonly TaskSample[], pageOffset: number): number[] {
  return wordsWhere(initTask, (at) => {
    if (initTask.words[at] !== 0 || samples[1].words[at] !== 0) return false;
    let users = 0;
    for (const { words } of samples) {
      if (words[at] === 0) continue;
      if (words[at] !== words[at + 1] || words[at] < pageOffset || (words[at] & 3) !== 0) return false;
      users++;
    }
    return users > 0;
  });
}

/** True when the table at `pgd` maps the kernel as `swapper_pg_dir` does. */
function isProcessTable(space: AddressSpace, map: KernelMap, pgd: number): boolean {
  if (pgd < map.pageOffset || (pgd & (PG_DIR_SIZE_BYTES - 1)) !== 0) return false;
  const first = map.pageOffset >>> 20;
  const swapper = map.pageOffset + (map.tableAddress - map.physOffset);
  for (let index = first; index < first + COMPARED_SECTIONS; index++) {
    const entry = space.readU32(pgd + index * 4);
    if (entry === undefined || entry !== space.readU32(swapper + index * 4)) return false;
    if (entry === 0 && index === first) return false;
  }
  return pgd !== swapper;
}

/** True when nothing but a neighbouring object competes with the first of the ascending offsets. */
const isUnambiguous = ([first, second]: readonly number[]): boolean =>
  first !== undefined && (second === undefined || second - first >= MM_STRUCT_MIN_BYTES);

/** Offset of `pgd` in the `mm_struct`s at `addresses`, when exactly one fits all. */
function findPgd(space: AddressSpace, map: KernelMap, addresses: readonly number[]): Fact<number> {
  const fitting: number[] = [];
  for (let at = 0; at < MM_STRUCT_BYTES; at += 4) {
    if (addresses.every((mm) => isProcessTable(space, map, space.readU32(mm + at) ?? 0))) fitting.push(at);
  }
  return isUnambiguous(fitting)
    ? proved(
        fitting[0],
        `in ${addresses.length} mm_struct(s) it points to a table that maps the kernel like swapper_pg_dir`,
      )
    : unknown(`${fitting.length} words of mm_struct could be pgd`);
}

/**
 * `start_code, end_code, start_data, end_data, start_brk, brk, start_stack, arg_start, arg_end, env_start, env_end`
 * follow each other (include/linux/mm_types.h) and lie in this order in user memory.
 */
function isProgramBlock(words: readonly number[], pageOffset: number): boolean {
  const [startCode, endCode, startData, endData, startBrk, brk, stack, argStart, argEnd, envStart, envEnd] = words;
  return (
    startCode > 0 &&
    startCode < endCode &&
    startData <= endData &&
    endCode <= startData &&
    startBrk <= brk &&
    stack <= argStart &&
    brk < stack &&
    argStart <= argEnd &&
    argEnd === envStart &&
    envStart <= envEnd &&
    envEnd < pageOffset
  );
}

function findArguments(space: AddressSpace, map: KernelMap, addresses: readonly number[]): Fact<number> {
  const fitting: number[] = [];
  for (let at = 0; at < MM_STRUCT_BYTES; at += 4) {
    const fits = addresses.every((mm) => {
      const words = Array.from({ length: 11 }, (_, index) => space.readU32(mm + at + index * 4) ?? 0);
      return isProgramBlock(words, map.pageOffset);
    });
    if (fits) fitting.push(at);
  }
  return isUnambiguous(fitting)
    ? proved(
        fitting[0] + 28,
        `in ${addresses.length} mm_struct(s) code, data, heap, stack and arguments follow in order`,
      )
    : unknown(`${fitting.length} places of mm_struct could be start_code to env_end`);
}

/** `flags`: PF_KTHREAD is set in the idle task, kthreadd and its children, and clear wherever there is an mm. */
function findFlags(
  initTask: TaskSample,
  samples: readonly TaskSample[],
  at: FamilyOffsets & { mm: number },
): Fact<number> {
  const kthreadd = samples[1];
  const isKernelThread = ({ words, address }: TaskSample): boolean =>
    address === kthreadd.address || words[at.realParent >> 2] === kthreadd.address;
  const found = wordsWhere(initTask, (word) => {
    if ((initTask.words[word] & PF_KTHREAD) === 0 || initTask.words[word] >= PF_LARGEST) return false;
    return samples.every((sample) => {
      const flags = sample.words[word];
      if (flags >= PF_LARGEST) return false;
      const mayBeClear = sample.words[at.mm >> 2] === 0 && !isKernelThread(sample);
      return mayBeClear || ((flags & PF_KTHREAD) !== 0) === isKernelThread(sample);
    });
  });
  return onlyOne(found, "flags", "PF_KTHREAD is set in init_task, kthreadd and its children and clear in all others");
}

const MM_FIELDS: readonly TaskField[] = ["task_struct.mm", "mm_struct.pgd", "mm_struct.arg_start", "mm_struct.arg_end"];
const MISSING_MM = "no process has user memory yet";

/** Learns `mm` and what hangs on it; `pgd` decides between candidates of `mm`. */
function learnMm(
  space: AddressSpace,
  map: KernelMap,
  initTask: TaskSample,
  samples: readonly TaskSample[],
): Map<TaskField, Fact<number>> {
  const fields = new Map<TaskField, Fact<number>>();
  const candidates = samples.length < 2 ? [] : findMm(initTask, samples, map.pageOffset);
  const fitting: { mm: number; pgd: Fact<number>; addresses: number[] }[] = [];
  for (const mm of candidates) {
    const addresses = [...new Set(samples.map(({ words }) => words[mm >> 2]))].filter((address) => address !== 0);
    const pgd = findPgd(space, map, addresses);
    if (pgd.known) fitting.push({ mm, pgd, addresses });
  }
  if (fitting.length !== 1) {
    const reason = candidates.length === 0 ? MISSING_MM : `${fitting.length} words of task_struct could be mm`;
    for (const name of MM_FIELDS) fields.set(name, unknown(reason));
    return fields;
  }
  const [{ mm, pgd, addresses }] = fitting;
  fields.set(
    "task_struct.mm",
    proved(mm, "0 in kernel threads, equal to active_mm in user processes, and holds a pgd"),
  );
  fields.set("mm_struct.pgd", pgd);
  const argStart = findArguments(space, map, addresses);
  fields.set("mm_struct.arg_start", argStart);
  fields.set("mm_struct.arg_end", argStart.known ? proved(argStart.value + 4, argStart.evidence) : argStart);
  return fields;
}

interface TaskContext {
  readonly space: AddressSpace;
  readonly map: KernelMap;
  readonly symbols: KernelSymbols;
}

/** Learns every field of `TASK_FIELDS` from the idle task at `initTaskAddress` and the processes behind it. */
export function learnFields({ space, map, symbols }: TaskContext, initTaskAddress: number): FieldOffsets {
  const fields = new Map<TaskField, Fact<number>>();
  const give = (reason: string): FieldOffsets => {
    for (const name of TASK_FIELDS) if (!fields.has(name)) fields.set(name, unknown(reason));
    return fields;
  };
  const copy = copyTask(space, initTaskAddress);
  if (copy === undefined) return give("init_task is not mapped");
  const comm = findComm(copy);
  fields.set("task_struct.comm", comm);
  if (!comm.known) return give(comm.reason);
  // All members looked for come before `comm`; what lies behind may already be a neighbour in the slab.
  const initTask = { address: copy.address, words: copy.words.subarray(0, comm.value >> 2) };
  const family = findFamily(initTask);
  if (!family.known) return give(family.reason);
  const { realParent, groupLeader } = family.value;
  fields.set("task_struct.real_parent", proved(realParent, family.evidence));
  fields.set("task_struct.group_leader", proved(groupLeader, family.evidence));
  const list = findTaskList(space, initTask, comm.value, groupLeader);
  if (!list.known) return give(list.reason);
  const { offset, samples } = list.value;
  fields.set("task_struct.tasks", proved(offset, list.evidence));
  const pid = findPid(initTask, samples);
  fields.set("task_struct.pid", pid);
  fields.set("task_struct.tgid", pid.known ? proved(pid.value + 4, pid.evidence) : pid);
  for (const [name, fact] of learnMm(space, map, initTask, samples)) fields.set(name, fact);
  const mm = fields.get("task_struct.mm");
  if (mm === undefined || !mm.known) return give(mm?.reason ?? MISSING_MM);
  const flags = findFlags(initTask, samples, { ...family.value, mm: mm.value });
  fields.set("task_struct.flags", flags);
  if (!flags.known) return give(flags.reason);
  const threads = samples.filter(({ words }) => (words[flags.value >> 2] & PF_KTHREAD) !== 0);
  const workers = threads.filter(({ words }) => (words[flags.value >> 2] & PF_WQ_WORKER) !== 0);
  const context = { space, lowest: map.pageOffset, tasks: offset, comm: comm.value, symbols };
  for (const [name, fact] of learnThreadFields(context, threads, workers)) fields.set(name, fact);
  return give("not looked for");
}

export const taskLayout: LayoutGroup<TaskField> = {
  fields: TASK_FIELDS,
  learn: ({ space, map, symbols, initTask }) =>
    initTask.known
      ? learnFields({ space, map, symbols }, initTask.value)
      : new Map(TASK_FIELDS.map((name): [TaskField, Fact<number>] => [name, initTask])),
};
