/** The guest's tasks by every way in which the kernel knows them; a task that only some of them show was hidden. */
import type { Kernel } from "./kernel.ts";
import { type ListWalk, walkList } from "./list-walk.ts";
import { findPidLinks, pidEntries, pidTable } from "./pid-table.ts";
import { Task } from "./task.ts";

/** `list`: `task_struct.tasks`; `pid`: the PID table; `family`: the parent's children; `threads`: its thread group; `running`: on the CPU; `memory`: it looks like one; `sched`: the scheduler switched to it, where that is logged. */
export const TASK_VIEWS = ["list", "pid", "family", "threads", "running", "memory", "sched"] as const;
export type TaskView = (typeof TASK_VIEWS)[number];

export interface SeenTask {
  readonly task: Task;
  readonly views: ReadonlySet<TaskView>;
}

export interface TaskViews {
  readonly tasks: readonly SeenTask[];
  /** Why a view could not be had. */
  readonly missing: ReadonlyMap<TaskView, string>;
  /** The kernel was stopped inside an update of a list. */
  readonly inUpdate: boolean;
  /** Switches between tasks are logged. */
  readonly isLogged: boolean;
}

/** Behind `real_parent` and `parent`: the list of children, and the task's own place in its parent's. */
const CHILDREN = 8;
const SIBLING = 16;
const MAX_TASKS = 65_536;
/** Elements of all lists of children, and of all thread groups, that are followed. */
const MAX_ELEMENTS = 4 * MAX_TASKS;
/** Places in memory that are looked at more closely. */
const MAX_CANDIDATES = 65_536;
const CHUNK_BYTES = 1 << 20;
const MAX_PID = 4 << 20;

class ViewCollector {
  readonly seen = new Map<number, Set<TaskView>>();
  readonly missing = new Map<TaskView, string>();
  inUpdate = false;
  private elementsLeft = MAX_ELEMENTS;
  private readonly kernel: Kernel;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  note(view: TaskView, address: number): void {
    const views = this.seen.get(address);
    if (views !== undefined) views.add(view);
    else if (this.seen.size < MAX_TASKS) this.seen.set(address, new Set([view]));
  }

  has(view: TaskView, address: number): boolean {
    return this.seen.get(address)?.has(view) ?? false;
  }

  /** Address of the idle task, which heads list and family. */
  get idle(): number | undefined {
    return this.kernel.initTaskAddress;
  }

  list(): void {
    const { tasks, onlyBackward, inUpdate } = this.kernel.walkTasks();
    this.inUpdate ||= inUpdate;
    for (const task of tasks) if (!onlyBackward.has(task)) this.note("list", task.address);
  }

  pidTable(): void {
    const { kernel } = this;
    const { space, map, symbols } = kernel;
    const namespace = symbols.find("init_pid_ns");
    const entries = namespace === undefined ? undefined : pidEntries(space, namespace, map.pageOffset);
    if (entries === undefined) {
      this.missing.set("pid", "init_pid_ns has no radix tree of PIDs");
      return;
    }
    const listed = new Map<number, number>();
    for (const address of this.seen.keys()) {
      const { pid } = new Task(kernel, address);
      if (pid !== undefined) listed.set(pid, address);
    }
    const links = findPidLinks(space, entries, listed);
    if (!links.known) {
      this.missing.set("pid", links.reason);
      return;
    }
    for (const address of pidTable(space, entries, links.value).values()) this.note("pid", address);
  }

  family(): void {
    const { kernel } = this;
    const parent = kernel.offsetOf("task_struct.real_parent");
    if (parent === undefined || this.idle === undefined) {
      this.missing.set("family", "task_struct.real_parent is not known");
      return;
    }
    const left = [this.idle];
    for (let task = left.pop(); task !== undefined; task = left.pop()) {
      const { elements, inUpdate } = this.walk(task + parent + CHILDREN);
      this.inUpdate ||= inUpdate.length > 0;
      for (const element of elements) {
        const child = element - parent - SIBLING;
        if (this.has("family", child) || this.seen.size >= MAX_TASKS) continue;
        this.note("family", child);
        left.push(child, ...this.threadsOf(child));
      }
    }
  }

  /** A list of which no more is followed than is left of what all lists together may have. */
  private walk(head: number): ListWalk {
    const { space, map } = this.kernel;
    const walk = walkList(space, head, map.pageOffset, Math.max(this.elementsLeft, 1));
    this.elementsLeft -= walk.elements.length;
    return walk;
  }

  /** Every task of the thread group that `leader` leads, itself included. */
  private threadsOf(leader: number): number[] {
    const { kernel } = this;
    const signalAt = kernel.offsetOf("task_struct.signal");
    const node = kernel.offsetOf("task_struct.thread_node");
    const head = kernel.offsetOf("signal_struct.thread_head");
    if (signalAt === undefined || node === undefined || head === undefined) return [];
    const signal = kernel.space.readU32(leader + signalAt) ?? 0;
    if (signal < kernel.map.pageOffset) return [];
    const { elements, damage } = this.walk(signal + head);
    return damage.length > 0 ? [] : elements.map((element) => element - node);
  }

  threads(): void {
    const { kernel } = this;
    const needs = ["task_struct.signal", "task_struct.thread_node", "signal_struct.thread_head"] as const;
    const unknown = needs.find((name) => kernel.offsetOf(name) === undefined);
    if (unknown !== undefined) {
      this.missing.set("threads", `${unknown} is not known`);
      return;
    }
    for (const leader of [...this.seen.keys()]) for (const task of this.threadsOf(leader)) this.note("threads", task);
  }

  running(): void {
    const { kernel } = this;
    const task = kernel.currentTask();
    if (task === undefined) this.missing.set("running", "neither TPIDRURO nor __switch_to tells which task runs");
    else if (task.address !== this.idle) this.note("running", task.address);
  }

  /** Leaders anywhere in low memory: a word at the place of `group_leader` that is the structure's own address. */
  memory(): void {
    const { kernel } = this;
    const { space, map } = kernel;
    const leader = kernel.offsetOf("task_struct.group_leader") ?? 0;
    const exitState = kernel.offsetOf("task_struct.exit_state");
    if (exitState === undefined) {
      this.missing.set("memory", "task_struct.exit_state is not known: a dead task cannot be told from a hidden one");
      return;
    }
    // Signed words: the loop goes through hundreds of megabytes, and small integers cost nothing.
    const words = new Int32Array(CHUNK_BYTES / 4);
    const bytes = new Uint8Array(words.buffer);
    let candidates = 0;
    for (const { startAddress, sizeBytes } of space.memory.ranges) {
      for (let at = startAddress; at + CHUNK_BYTES <= startAddress + sizeBytes; at += CHUNK_BYTES) {
        const va = map.pageOffset + (at - map.physOffset);
        // What the kernel does not map, because it was told to use less memory, holds no task.
        if (space.translate(va) !== at || !space.memory.read(at, bytes)) continue;
        for (const address of selfPointers(words, va - leader)) {
          if (++candidates <= MAX_CANDIDATES && this.isLiveLeader(address, exitState)) this.note("memory", address);
        }
      }
    }
  }

  /** Tasks that ran since the log began and still live: another task at the address, or a dead one, is not meant. */
  scheduled(): void {
    const { kernel } = this;
    const exitState = kernel.offsetOf("task_struct.exit_state");
    if (kernel.switchLog === undefined) return;
    if (exitState === undefined) {
      this.missing.set("sched", "task_struct.exit_state is not known: a dead task cannot be told from a hidden one");
      return;
    }
    for (const { address, pid } of kernel.switchLog.tasks) {
      const task = new Task(kernel, address);
      if (pid === 0 || address === this.idle || task.pid !== pid || !task.comm) continue;
      if (kernel.space.readU32(address + exitState) !== 0) continue;
      const leader = task.groupLeader;
      if (leader?.groupLeader?.address === leader?.address && leader?.tgid === task.tgid) this.note("sched", address);
    }
  }

  private isLiveLeader(address: number, exitState: number): boolean {
    const { kernel } = this;
    const task = new Task(kernel, address);
    const { pid, tgid, comm } = task;
    if (pid === undefined || pid === 0 || pid > MAX_PID || pid !== tgid || address === this.idle) return false;
    if (comm === undefined || comm === "" || kernel.space.readU32(address + exitState) !== 0) return false;
    // Only a task that lives is a link of its parent's children.
    const sibling = address + (kernel.offsetOf("task_struct.real_parent") ?? 0) + SIBLING;
    const next = kernel.space.readU32(sibling) ?? 0;
    const previous = kernel.space.readU32(sibling + 4) ?? 0;
    return kernel.space.readU32(next + 4) === sibling && kernel.space.readU32(previous) === sibling;
  }
}

/** Of words at `start` and behind, the addresses of those that are their own. */
function selfPointers(words: Int32Array, start: number): number[] {
  const found: number[] = [];
  for (let index = 0, address = start | 0; index < words.length; index++, address = (address + 4) | 0) {
    if (words[index] === address) found.push(address >>> 0);
  }
  return found;
}

/** Every task that any view shows. */
export function collectTasks(kernel: Kernel): TaskViews {
  const collector = new ViewCollector(kernel);
  collector.list();
  collector.family();
  collector.pidTable();
  collector.threads();
  collector.running();
  collector.memory();
  collector.scheduled();
  const tasks = [...collector.seen].map(([address, views]) => ({ task: new Task(kernel, address), views }));
  const { missing, inUpdate } = collector;
  return { tasks, missing, inUpdate, isLogged: kernel.switchLog !== undefined };
}
