/** The processes that offsets of `task_struct` are calibrated on, copied at one moment. */
import { latin1 } from "../base/index.ts";
import type { AddressSpace } from "./address-space.ts";
import type { Fact } from "./fact.ts";
import { likely, proved, unknown } from "./fact.ts";
import type { KernelImage } from "./kernel-image.ts";
import { walkList, walkListBackward } from "./list-walk.ts";

/** More than `task_struct` has up to its last member of interest, with every debugging option. */
export const MAX_TASK_BYTES = 0x2000;
export const TASK_COMM_LEN = 16;
/** Enough to prove an offset; a guest with thousands of processes is not copied whole. */
export const MAX_SAMPLES = 256;
/** PAGE_OFFSET of the 1G split; a pointer below is a kernel address under no configuration. */
const LOWEST_KERNEL_ADDRESS = 0x40000000;
const IDLE_NAMES = ["swapper\0", "swapper/0\0"];

/** A copy of one `task_struct`; a word beyond what is mapped reads as `undefined`. */
export interface TaskSample {
  readonly address: number;
  readonly words: Uint32Array;
}

export function copyTask(space: AddressSpace, address: number): TaskSample | undefined {
  const bytes = new Uint8Array(MAX_TASK_BYTES);
  const filled = space.readPrefix(address, bytes) & ~3;
  return filled === 0 ? undefined : { address, words: new Uint32Array(bytes.buffer, 0, filled >>> 2) };
}

/** The text of `comm` in a sample, or `undefined` when it has no end. */
export function commOf(sample: TaskSample, offset: number): string | undefined {
  const bytes = new Uint8Array(sample.words.buffer, offset, TASK_COMM_LEN);
  const end = bytes.indexOf(0);
  return end < 0 ? undefined : latin1(bytes.subarray(0, end));
}

/** Offset of `comm` in the idle task: the one place that says "swapper". */
export function findComm(initTask: TaskSample): Fact<number> {
  const bytes = Buffer.from(initTask.words.buffer, 0, initTask.words.length * 4);
  for (const name of IDLE_NAMES) {
    const at = bytes.indexOf(name, 0, "latin1");
    if (at >= 0 && (at & 3) === 0) return proved(at, `init_task holds "${name.slice(0, -1)}" here`);
  }
  return unknown('init_task does not hold the name "swapper"');
}

export interface FamilyOffsets {
  readonly realParent: number;
  readonly groupLeader: number;
}

/**
 * `real_parent`, `parent`, `children`, `sibling`, `group_leader` follow each other (include/linux/sched.h), and
 * the idle task is its own parent and leader with no sibling.
 */
export function findFamily(initTask: TaskSample): Fact<FamilyOffsets> {
  const { words, address } = initTask;
  const found: number[] = [];
  for (let at = 0; at + 6 < words.length; at++) {
    if (words[at] !== address || words[at + 1] !== address || words[at + 6] !== address) continue;
    const sibling = (address + (at + 4) * 4) >>> 0;
    if (words[at + 4] === sibling && words[at + 5] === sibling) found.push(at * 4);
  }
  if (found.length !== 1) return unknown(`${found.length} places in init_task look like real_parent to group_leader`);
  const [realParent] = found;
  return proved(
    { realParent, groupLeader: realParent + 24 },
    "init_task points to itself as real_parent, parent and group_leader around an empty sibling list",
  );
}

/** When `init_task` is not exported: the structure around "swapper" whose family members point to its start. */
export function findInitTask(image: KernelImage): Fact<number> {
  for (const name of IDLE_NAMES) {
    let hits = 0;
    for (const commAt of image.find(name)) {
      if (++hits > 64) break;
      if ((commAt & 3) !== 0) continue;
      const address = initTaskAround(image, commAt);
      if (address !== undefined) return likely(address, `the task named "${name.slice(0, -1)}" that is its own parent`);
    }
  }
  return unknown("no export and no task that is its own parent tells where init_task is");
}

function initTaskAround(image: KernelImage, commAt: number): number | undefined {
  const comm = commAt >> 2;
  for (let at = Math.max(0, comm - MAX_TASK_BYTES / 4); at + 6 < comm; at++) {
    const address = image.words[at];
    const here = image.startAddress + at * 4;
    if (address > here || address + MAX_TASK_BYTES < here || !image.contains(address)) continue;
    if (image.words[at + 1] === address && image.words[at + 6] === address) return address;
  }
  return undefined;
}

const isName = (text: string | undefined): boolean => text !== undefined && /^[\x20-\x7e]+$/.test(text);

/** The tasks of a ring through offset `at`, when all of them are group leaders with a name. */
function ringOfLeaders(
  space: AddressSpace,
  initTask: TaskSample,
  at: number,
  comm: number,
  groupLeader: number,
): TaskSample[] | undefined {
  const head = initTask.address + at;
  const forward = walkList(space, head, LOWEST_KERNEL_ADDRESS);
  const walk = forward.damage.length === 0 ? forward : walkListBackward(space, head, LOWEST_KERNEL_ADDRESS);
  if (walk.damage.length > 0 || walk.elements.length < 2) return undefined;
  const samples: TaskSample[] = [];
  const elements = walk === forward ? walk.elements : [...walk.elements].reverse();
  for (const element of elements.slice(0, MAX_SAMPLES)) {
    const sample = copyTask(space, element - at);
    if (sample === undefined || sample.words.length * 4 < comm + TASK_COMM_LEN) return undefined;
    if (sample.words[groupLeader >> 2] !== sample.address || commOf(sample, comm) === undefined) return undefined;
    // Names of user tasks may hold any byte; those of the first two tasks are the kernel's own choice.
    if (samples.length < 2 && !isName(commOf(sample, comm))) return undefined;
    samples.push(sample);
  }
  return samples;
}

export interface TaskList {
  readonly offset: number;
  /** The idle task excluded, in list order: init, kthreadd, ... */
  readonly samples: readonly TaskSample[];
}

/** `tasks`: the one `list_head` of init_task whose ring goes through named group leaders only and comes back. */
export function findTaskList(
  space: AddressSpace,
  initTask: TaskSample,
  comm: number,
  groupLeader: number,
): Fact<TaskList> {
  const found: TaskList[] = [];
  for (let at = 0; at + 8 <= initTask.words.length * 4; at += 4) {
    const next = initTask.words[at >> 2];
    const self = (initTask.address + at) >>> 0;
    if (next === self || (next & 3) !== 0 || next < LOWEST_KERNEL_ADDRESS) continue;
    const samples = ringOfLeaders(space, initTask, at, comm, groupLeader);
    if (samples !== undefined) found.push({ offset: at, samples });
  }
  if (found.length === 0) return unknown("no list of init_task goes through named processes: too early in the boot?");
  if (found.length > 1) return unknown(`${found.length} lists of init_task go through named processes`);
  return proved(found[0], `the ring from init_task through ${found[0].samples.length} named group leaders and back`);
}
