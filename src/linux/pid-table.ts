/**
 * The table from PID to task, `init_pid_ns.idr` since Linux 4.15: a radix tree of `struct pid`, each with the tasks that
 * have that PID. What `kill` and /proc look up.
 */
import type { AddressSpace } from "./address-space.ts";
import type { Fact } from "./fact.ts";
import { proved, unknown } from "./fact.ts";

const NAMESPACE_BYTES = 0x40;
/** An entry that is another node has 2 in its low bits (include/linux/xarray.h). */
const NODE_TAG = 2;
/** `shift, offset, count, nr_values`, `parent`, `array`, `private_list`; then the slots. */
const ARRAY = 8;
const SLOTS = 20;
const CHUNK_SHIFT = 6;
const CHUNK_SLOTS = 1 << CHUNK_SHIFT;
const MAX_SHIFT = 24;
/** PID_MAX_LIMIT on 32 bits. */
const MAX_PIDS = 65_536;
/** Many times what these need: a tree whose branches all lead to the same node ends here. */
const MAX_NODES = 4096;
const PID_BYTES = 0x60;
const TASK_BYTES = 0x2000;
const MIN_SAMPLES = 3;

export interface PidEntry {
  readonly pid: number;
  /** Address of the `struct pid`. */
  readonly address: number;
}

/** The root of the tree: a node whose `array` leads back to the place it was found at. */
function findRoot(space: AddressSpace, namespace: number, lowest: number): number | undefined {
  for (let at = namespace; at < namespace + NAMESPACE_BYTES; at += 4) {
    const head = space.readU32(at) ?? 0;
    if (head < lowest || (head & 3) !== NODE_TAG) continue;
    const node = head - NODE_TAG;
    const array = space.readU32(node + ARRAY);
    // `xa_head` is behind the lock, which takes no room on one processor, and the flags.
    if (array !== undefined && array <= at && at - array <= 0x20 && array >= namespace) return node;
  }
  return undefined;
}

interface TreeWalk {
  readonly space: AddressSpace;
  nodes: number;
}

function* walkNode(walk: TreeWalk, node: number, index: number, above: number): Generator<PidEntry> {
  const { space } = walk;
  const header = space.readU32(node);
  if (header === undefined || ++walk.nodes > MAX_NODES) return;
  const shift = header & 0xff;
  // Each level is below the one before: a tree that leads back into itself ends here.
  if (shift >= above || shift > MAX_SHIFT || shift % CHUNK_SHIFT !== 0) return;
  for (let slot = 0; slot < CHUNK_SLOTS; slot++) {
    const entry = space.readU32(node + SLOTS + slot * 4);
    if (entry === undefined || entry < 4096) continue;
    const pid = index + slot * 2 ** shift;
    if ((entry & 3) === NODE_TAG) yield* walkNode(walk, entry - NODE_TAG, pid, shift);
    else if (shift === 0 && (entry & 3) === 0) yield { pid, address: entry };
  }
}

/** Every PID that is given out; `undefined` when the kernel has no such table. */
export function pidEntries(space: AddressSpace, namespace: number, lowest: number): PidEntry[] | undefined {
  const root = findRoot(space, namespace, lowest);
  if (root === undefined) return undefined;
  const entries: PidEntry[] = [];
  for (const entry of walkNode({ space, nodes: 0 }, root, 0, MAX_SHIFT + CHUNK_SHIFT)) {
    if (entries.length >= MAX_PIDS) break;
    entries.push(entry);
  }
  return entries;
}

export interface PidLinks {
  /** `pid.tasks[PIDTYPE_PID]`, and `task_struct.pid_links[PIDTYPE_PID]` that it points to. */
  readonly tasks: number;
  readonly link: number;
}

/** The first word of `struct pid` that points into the task of that PID, at the same place in all `tasks`. */
export function findPidLinks(
  space: AddressSpace,
  entries: readonly PidEntry[],
  tasks: ReadonlyMap<number, number>,
): Fact<PidLinks> {
  const samples = entries.flatMap(({ pid, address }) => {
    const task = tasks.get(pid);
    return task === undefined ? [] : [{ address, task }];
  });
  if (samples.length < MIN_SAMPLES) return unknown("fewer than three listed processes are in the PID table");
  for (let at = 0; at < PID_BYTES; at += 4) {
    const links = new Map<number, number>();
    for (const { address, task } of samples) {
      const link = ((space.readU32(address + at) ?? 0) - task) >>> 0;
      if (link < TASK_BYTES) links.set(link, (links.get(link) ?? 0) + 1);
    }
    const [[link, count] = [0, 0]] = [...links].sort(([, a], [, b]) => b - a);
    // One that was tampered with must not hide the rest.
    if (count >= MIN_SAMPLES && count >= samples.length * 0.9) {
      return proved(
        { tasks: at, link },
        `in ${count} of ${samples.length} PIDs it points to the same place of the task`,
      );
    }
  }
  return unknown("no word of struct pid points into the task of that PID");
}

/** PID to address of the task. */
export function pidTable(space: AddressSpace, entries: readonly PidEntry[], links: PidLinks): Map<number, number> {
  const tasks = new Map<number, number>();
  for (const { pid, address } of entries) {
    const node = space.readU32(address + links.tasks);
    // A PID that is only the name of a group or session has no task of its own.
    if (node !== undefined && node !== 0) tasks.set(pid, node - links.link);
  }
  return tasks;
}
