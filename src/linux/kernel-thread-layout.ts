/**
 * How a kernel thread's full name is reached: `task -> kthread -> worker`, the way of proc_task_name (fs/proc/array.c).
 *
 * /proc shows a workqueue worker with what it last worked on (`kworker/0:1-events`) and, since 5.17, other threads
 * with names longer than `comm` holds. The path is learned from workers, whose `worker.task` leads back to the task.
 * Since 6.10 a rescuer is shown with the whole name of its queue, `worker -> workqueue_struct`.
 */
import { latin1 } from "../base/index.ts";
import type { AddressSpace } from "./address-space.ts";
import type { Fact } from "./fact.ts";
import { absent, proved, unknown } from "./fact.ts";
import type { KernelSymbols } from "./kernel-symbols.ts";
import { literalsOf } from "./literals.ts";
import type { TaskSample } from "./task-sample.ts";
import { commOf, TASK_COMM_LEN } from "./task-sample.ts";

export const THREAD_FIELDS = [
  "task_struct.worker_private",
  "kthread.data",
  "kthread.full_name",
  "worker.task",
  "worker.desc",
  "worker.rescue_wq",
  "workqueue_struct.name",
] as const;
export type ThreadField = (typeof THREAD_FIELDS)[number];

const RESCUER_FIELDS = ["worker.rescue_wq", "workqueue_struct.name"] as const;

/** WORKER_DESC_LEN was 24 up to 6.8 and is 32 since; the text ends with a NUL in both. */
export const WORKER_DESC_BYTES = 24;
/** `worker.current_work` follows the list links with which every version of the structure begins. */
export const WORKER_CURRENT_WORK = 8;
export const MAX_THREAD_NAME_BYTES = 64;
const KTHREAD_BYTES = 0x80;
const WORKER_BYTES = 0x60;
/** Between `worker.task` and `worker.desc`: pool, list, time stamp, flags, id. */
const MAX_DESC_DISTANCE = 0x40;
const MAX_WORKERS = 16;
/** Behind `desc`: the queue that a rescuer is of. */
const MAX_RESCUE_DISTANCE = 0x40;
const WORKQUEUE_BYTES = 0x200;
/** How rescuers are called since 6.8, before the name of their queue. */
export const RESCUER = "kworker/R-";
/** The functions that make a worker's name for /proc; the first may be part of the second. */
const NAMERS = ["format_worker_id", "wq_worker_comm"];

export interface ThreadContext {
  readonly space: AddressSpace;
  /** Kernel pointers are not below. */
  readonly lowest: number;
  /** Offsets in `task_struct` between which the pointer to `kthread` lies; saved registers and stacks are before. */
  readonly tasks: number;
  readonly comm: number;
  readonly symbols: KernelSymbols;
}

interface Path {
  /** Offsets in task_struct, kthread and worker. */
  readonly kthread: number;
  readonly data: number;
  readonly task: number;
}

function wordsAt(space: AddressSpace, address: number, sizeBytes: number): Uint32Array {
  const bytes = new Uint8Array(sizeBytes);
  const filled = space.readPrefix(address, bytes);
  return new Uint32Array(bytes.buffer, 0, filled >>> 2);
}

const isPointer = (word: number, lowest: number): boolean => word >= lowest && (word & 3) === 0;

/** Every path of three steps that leads from the task back to it without passing through the task itself. */
function pathsOf({ space, lowest, tasks, comm }: ThreadContext, worker: TaskSample): Path[] {
  const inTask = (word: number): boolean => word >= worker.address && word < worker.address + comm + TASK_COMM_LEN;
  const paths: Path[] = [];
  for (let at = tasks; at < comm; at += 4) {
    const kthread = worker.words[at >> 2];
    if (!isPointer(kthread, lowest) || inTask(kthread)) continue;
    for (const [dataAt, data] of wordsAt(space, kthread, KTHREAD_BYTES).entries()) {
      if (!isPointer(data, lowest) || inTask(data) || data === kthread) continue;
      const taskAt = wordsAt(space, data, WORKER_BYTES).indexOf(worker.address);
      if (taskAt >= 0) paths.push({ kthread: at, data: dataAt * 4, task: taskAt * 4 });
    }
  }
  return paths;
}

function workerAt(space: AddressSpace, sample: TaskSample, path: Path): number | undefined {
  const data = space.readU32(sample.words[path.kthread >> 2] + path.data);
  return data !== undefined && space.readU32(data + path.task) === sample.address ? data : undefined;
}

/** `kthread.threadfn` comes before `data` and is the same function in all workers. */
function sharesFunction({ space, lowest }: ThreadContext, samples: readonly TaskSample[], path: Path): boolean {
  const functions = samples.map(({ words }) => space.readU32(words[path.kthread >> 2] + path.data - 4) ?? 0);
  return functions[0] >= lowest && functions.every((address) => address === functions[0]);
}

/** The text at the start of `bytes` when it is printable up to a NUL, else `undefined`. */
function textOf(bytes: Uint8Array): string | undefined {
  const end = bytes.indexOf(0);
  const text = end < 0 ? undefined : latin1(bytes.subarray(0, end));
  return text === undefined || /[^\x20-\x7e]/.test(text) ? undefined : text;
}

/** `desc`: behind `task`, the first place that is text, or empty, in every worker. */
function findDesc(space: AddressSpace, workers: readonly number[], taskAt: number): Fact<number> {
  for (let at = taskAt + 4; at <= taskAt + MAX_DESC_DISTANCE; at += 4) {
    const texts = workers.map((worker) => {
      const bytes = space.readBytes(worker + at, WORKER_DESC_BYTES);
      return bytes === undefined ? undefined : textOf(bytes);
    });
    if (texts.some((text) => text === undefined) || !texts.some((text) => (text ?? "").length >= 2)) continue;
    return proved(at, `the first text behind worker.task in all of ${workers.length} workers`);
  }
  return unknown("no text behind worker.task is in every worker");
}

/** `full_name`: in threads whose `comm` is full, a pointer to a text that begins with it, or nothing where `comm` is all. */
function findFullName(context: ThreadContext, threads: readonly TaskSample[], kthreadAt: number): Fact<number> {
  const { space, lowest, comm } = context;
  const cut = threads.filter((sample) => commOf(sample, comm)?.length === TASK_COMM_LEN - 1).slice(0, MAX_WORKERS);
  const found: number[] = [];
  for (let at = 0; at < KTHREAD_BYTES; at += 4) {
    let longer = 0;
    const fits = (sample: TaskSample): boolean => {
      const pointer = space.readU32(sample.words[kthreadAt >> 2] + at);
      if (pointer === 0) return true;
      if (pointer === undefined || pointer < lowest) return false;
      const text = space.readCString(pointer, MAX_THREAD_NAME_BYTES);
      if (text === undefined || !text.startsWith(commOf(sample, comm) ?? "?")) return false;
      if (text.length >= TASK_COMM_LEN) longer++;
      return true;
    };
    if (cut.every(fits) && longer > 0) found.push(at);
  }
  if (cut.length === 0) return unknown("no kernel thread has a name that comm cuts");
  return found.length === 1
    ? proved(found[0], `it points to the uncut names of ${cut.length} kernel threads`)
    : unknown(`${found.length} words of kthread could be full_name`);
}

/** Whether /proc shows rescuers by the name of their queue: the functions that make the names have the text for it. */
const namesRescuers = ({ space, symbols }: ThreadContext): boolean =>
  NAMERS.flatMap((name) => literalsOf(name, symbols, (address) => space.readU32(address))).some((literal) =>
    space.readCString(literal, MAX_THREAD_NAME_BYTES)?.startsWith(RESCUER),
  );

/** In rescuers a pointer behind `desc` to a structure that holds the name in `comm`; 0 in the workers of pools. */
function learnRescuers(
  context: ThreadContext,
  { rescuers, pooled, desc }: { rescuers: readonly Rescuer[]; pooled: readonly number[]; desc: number },
): Map<ThreadField, Fact<number>> {
  const { space, lowest } = context;
  const found: { at: number; name: number }[] = [];
  for (let at = desc; at < desc + MAX_RESCUE_DISTANCE; at += 4) {
    const queues = rescuers.map(({ worker }) => space.readU32(worker + at) ?? 0);
    const fits = queues.every((queue) => isPointer(queue, lowest)) && pooled.every((w) => space.readU32(w + at) === 0);
    for (let name = 0; fits && name < WORKQUEUE_BYTES; name += 4) {
      const isNamed = (queue: number, { queueName }: Rescuer): boolean =>
        space.readCString(queue + name, MAX_THREAD_NAME_BYTES)?.startsWith(queueName) === true;
      if (queues.every((queue, index) => isNamed(queue, rescuers[index]))) found.push({ at, name });
    }
  }
  const evidence = `it leads ${rescuers.length} rescuers to the name of their queue`;
  const [first] = found;
  const of = (value: number | undefined): Fact<number> =>
    rescuers.length > 1 && found.length === 1 && value !== undefined
      ? proved(value, evidence)
      : unknown(`${found.length} words of a worker could be rescue_wq of ${rescuers.length} rescuers`);
  return new Map([
    ["worker.rescue_wq", of(first?.at)],
    ["workqueue_struct.name", of(first?.name)],
  ]);
}

interface Rescuer {
  readonly worker: number;
  /** As much of the queue's name as `comm` holds. */
  readonly queueName: string;
}

/** Learns the fields from `threads`, of which `workers` run workqueues. */
export function learnThreadFields(
  context: ThreadContext,
  threads: readonly TaskSample[],
  workers: readonly TaskSample[],
): Map<ThreadField, Fact<number>> {
  const fields = new Map<ThreadField, Fact<number>>();
  const nameOf = (sample: TaskSample): string => commOf(sample, context.comm) ?? "";
  // Rescuers are workers too, but with names and a function of their own.
  const sampled = workers
    .filter((sample) => nameOf(sample).startsWith("kworker/") && !nameOf(sample).startsWith(RESCUER))
    .slice(0, MAX_WORKERS);
  const paths = sampled.length === 0 ? [] : pathsOf(context, sampled[0]);
  const workersOf = (path: Path): number[] => sampled.map((sample) => workerAt(context.space, sample, path) ?? 0);
  const fitting = paths.filter(
    (path) =>
      workersOf(path).every((worker) => worker !== 0) &&
      sharesFunction(context, sampled, path) &&
      findDesc(context.space, workersOf(path), path.task).known,
  );
  if (sampled.length < 2 || fitting.length !== 1) {
    const reason =
      sampled.length < 2
        ? "fewer than two workqueue threads exist"
        : `${fitting.length} paths lead to a worker and back`;
    for (const name of THREAD_FIELDS) fields.set(name, unknown(reason));
    return fields;
  }
  const [path] = fitting;
  const evidence = `the only path from ${sampled.length} workers' tasks to a structure that leads back and has a text`;
  fields.set("task_struct.worker_private", proved(path.kthread, evidence));
  fields.set("kthread.data", proved(path.data, evidence));
  fields.set("worker.task", proved(path.task, evidence));
  const desc = findDesc(context.space, workersOf(path), path.task);
  fields.set("worker.desc", desc);
  const rescuers = workers
    .filter((sample) => nameOf(sample).startsWith(RESCUER))
    .map((sample) => ({
      worker: workerAt(context.space, sample, path) ?? 0,
      queueName: nameOf(sample).slice(RESCUER.length),
    }));
  if (!namesRescuers(context)) {
    const reason = "rescuers are shown by the name in comm";
    for (const name of RESCUER_FIELDS) fields.set(name, absent(reason));
  } else if (desc.known) {
    const pooled = workersOf(path);
    for (const [name, fact] of learnRescuers(context, { rescuers, pooled, desc: desc.value })) fields.set(name, fact);
  }
  fields.set("kthread.full_name", findFullName(context, threads, path.kthread));
  return fields;
}
