/** Offsets of `task_struct` beyond the list of tasks: state, times, files, name spaces, threads; and of `signal_struct`. */
import type { Fact } from "./fact.ts";
import { proved, unknown } from "./fact.ts";
import type { LayoutContext, LayoutGroup, LearnedFacts } from "./layout.ts";
import { allUnknown, judged, loadsFrom, offsetsWhere } from "./layout.ts";
import { walkList } from "./list-walk.ts";
import { PF_WQ_WORKER } from "./task-layout.ts";
import type { TaskSample } from "./task-sample.ts";
import { copyTask, MAX_SAMPLES, MAX_TASK_BYTES } from "./task-sample.ts";

export const PROCESS_FIELDS = [
  "task_struct.parent",
  "task_struct.state",
  "task_struct.exit_state",
  "task_struct.start_time",
  "task_struct.start_boottime",
  "task_struct.fs",
  "task_struct.files",
  "task_struct.nsproxy",
  "task_struct.signal",
  "task_struct.thread_node",
  "signal_struct.thread_head",
] as const;
export type ProcessField = (typeof PROCESS_FIELDS)[number];

/** What `__state` can be (include/linux/sched.h): no value has a bit above TASK_FROZEN. */
const STATE_BITS = 0xffff;
const TASK_IDLE = 0x402;
const SIGCHLD = 17;
const EXIT_STATES = new Set([0, 16, 32]);
/** No guest runs for 500 years. */
const MAX_SECONDS_HIGH_WORD = 1 << 22;
const MIN_TASKS = 4;
const MAX_READ_NS = 1e6;
const SIGNAL_BYTES = 0x40;
/** Between `files` and `signal`: io_uring and nsproxy. */
const SIGNAL_DISTANCE_BYTES = 0x20;

export interface SampledTasks {
  readonly idle: TaskSample;
  /** Thread group leaders in list order: init, kthreadd, ... */
  readonly tasks: readonly TaskSample[];
  readonly comm: number;
}

/** Copies of the processes as they are now, or why there are none. */
export function sampleTasks(context: LayoutContext): SampledTasks | string {
  const { initTask, space, map } = context;
  const at = context.offsets("task_struct.tasks", "task_struct.comm");
  if (typeof at === "string") return at;
  const idle = initTask.known ? copyTask(space, initTask.value) : undefined;
  if (!initTask.known || idle === undefined) return "init_task is not mapped";
  const ring = walkList(space, initTask.value + at["task_struct.tasks"], map.pageOffset);
  const tasks: TaskSample[] = [];
  for (const element of ring.elements.slice(0, MAX_SAMPLES)) {
    const sample = copyTask(space, element - at["task_struct.tasks"]);
    if (sample !== undefined && sample.words.length * 4 > at["task_struct.comm"]) tasks.push(sample);
  }
  if (tasks.length < MIN_TASKS) return `only ${tasks.length} processes exist yet`;
  return { idle, tasks, comm: at["task_struct.comm"] };
}

/** Workers of queues sleep in TASK_IDLE, which hardly any other word has; every word of the others is a state. */
function findState(context: LayoutContext, { idle, tasks, comm }: SampledTasks, flags: number): Fact<number> {
  const isWorker = ({ words }: TaskSample): boolean => (words[flags >> 2] & PF_WQ_WORKER) !== 0;
  const data = offsetsWhere(comm, (at) => {
    const word = at >> 2;
    if (idle.words[word] !== 0) return false;
    let idleWorkers = 0;
    for (const task of tasks) {
      if ((task.words[word] & ~STATE_BITS) !== 0) return false;
      if (task.words[word] === TASK_IDLE && isWorker(task)) idleWorkers++;
    }
    return idleWorkers >= 2;
  });
  const evidence = "small in all tasks, 0 in the idle task, TASK_IDLE in workers of queues";
  const code = loadsFrom(context.trace("get_wchan"), "r0");
  return judged({ data, dataEvidence: evidence, code, codeEvidence: "get_wchan loads it" });
}

/** `exit_state, exit_code, exit_signal` follow each other; the last is SIGCHLD but in those the kernel starts first. */
function findExitState({ idle, tasks, comm }: SampledTasks): Fact<number> {
  const data = offsetsWhere(comm - 8, (at) => {
    const word = at >> 2;
    if (idle.words[word + 2] !== 0) return false;
    return tasks.every(({ words }, index) => {
      const signal = words[word + 2];
      return (signal === SIGCHLD || (index < 2 && signal === 0)) && EXIT_STATES.has(words[word]);
    });
  });
  return judged({ data, dataEvidence: `exit_signal behind it is SIGCHLD in ${tasks.length - 2} processes` });
}

/** Two 64-bit times in nanoseconds that never decrease along the list, in which new processes come last. */
function findStartTime({ idle, tasks, comm }: SampledTasks): Fact<number> {
  const time = ({ words }: TaskSample, at: number): number => words[at >> 2] + words[(at >> 2) + 1] * 0x100000000;
  const data = offsetsWhere(comm - 16, (at) => {
    if ((at & 7) !== 0 || time(idle, at) !== 0 || time(idle, at + 8) !== 0) return false;
    const distinct = new Set<number>();
    for (const [index, task] of tasks.entries()) {
      if (task.words[(at >> 2) + 1] >= MAX_SECONDS_HIGH_WORD) return false;
      const started = time(task, at);
      const asleep = time(task, at + 8) - started;
      // Read one after the other; of a guest that was suspended in between nothing is told.
      if (asleep < 0 || asleep > MAX_READ_NS) return false;
      if (index > 0 && started < time(tasks[index - 1], at)) return false;
      distinct.add(started);
    }
    return distinct.size >= MIN_TASKS;
  });
  return judged({
    data,
    dataEvidence: `with start_boottime behind it, never less in a later one of ${tasks.length} processes`,
  });
}

/** The word at which a function that ends something of its task loads it and, at the same place, stores 0 or another. */
function replacedBy(context: LayoutContext, name: string): number[] | undefined {
  const trace = context.trace(name);
  if (trace === undefined) return undefined;
  const stores = trace.accesses.filter(({ kind, address }) => kind === "store" && address.root === "r0");
  const stored = new Set(stores.filter(({ address }) => address.steps.length === 0).map(({ address }) => address.add));
  return loadsFrom(trace, "r0")?.filter((offset) => stored.has(offset));
}

const everyUser = ({ tasks }: SampledTasks, mm: number): TaskSample[] =>
  tasks.filter(({ words }) => words[mm >> 2] !== 0);

/** `files` points to a structure that has its own first table of descriptors inside. */
function findFiles(context: LayoutContext, sampled: SampledTasks, mm: number): Fact<number> {
  const users = everyUser(sampled, mm);
  const { comm } = sampled;
  const data = offsetsWhere(MAX_TASK_BYTES - 4, (at) => {
    if (at < comm) return false;
    return (
      users.length > 0 &&
      users.every(({ words }) => {
        const files = words[at >> 2];
        if (!context.isPointer(files)) return false;
        const head = context.words(files, 0x80);
        return head.some((word, index) => word === files + index * 4 + 4 && head[index + 1] > 0);
      })
    );
  });
  return judged({
    data,
    dataEvidence: `in ${users.length} processes it points to a structure that points into itself`,
    code: replacedBy(context, "exit_files"),
    codeEvidence: "exit_files takes it from its task",
  });
}

/** `nsproxy` points to a structure that names init_uts_ns, init_pid_ns and init_net. */
function findNsproxy(context: LayoutContext, sampled: SampledTasks): Fact<number> {
  const known = ["init_uts_ns", "init_net"].map((name) => context.symbols.find(name));
  if (known.includes(undefined)) return unknown("init_uts_ns and init_net are not exported");
  const data = offsetsWhere(MAX_TASK_BYTES - 4, (at) => {
    const pointer = sampled.idle.words[at >> 2];
    if (!context.isPointer(pointer)) return false;
    const members = context.words(pointer, 0x30);
    return members[1] === known[0] && known.every((address) => members.includes(address ?? 0));
  });
  return judged({
    data,
    dataEvidence: "in the idle task it points to a structure that names init_uts_ns and init_net",
    code: replacedBy(context, "switch_task_namespaces"),
    codeEvidence: "switch_task_namespaces replaces it",
  });
}

interface ThreadOffsets {
  readonly signal: number;
  readonly threadHead: number;
  readonly threadNode: number;
}

/** `signal->thread_head` and the leader's `thread_node` are links of one ring: each is the other's neighbour. */
function findThreads(context: LayoutContext, { tasks, comm }: SampledTasks, files: number): ThreadOffsets[] {
  const [first] = tasks;
  const found: ThreadOffsets[] = [];
  for (let at = files + 4; at < files + SIGNAL_DISTANCE_BYTES; at += 4) {
    const signal = first.words[at >> 2];
    if (!context.isPointer(signal)) continue;
    for (const [index, node] of context.words(signal, SIGNAL_BYTES).entries()) {
      const head = signal + index * 4;
      const threadNode = node - first.address;
      if (threadNode < 0 || threadNode >= comm || (threadNode & 3) !== 0) continue;
      if (context.word(node + 4) !== head) continue;
      found.push({ signal: at, threadHead: index * 4, threadNode });
    }
  }
  return found.filter(({ signal, threadHead, threadNode }) =>
    tasks.every(({ address, words }) => {
      const head = words[signal >> 2] + threadHead;
      if (!context.isPointer(head) || context.word(head) !== address + threadNode) return false;
      // The last of the ring leads back to its head; hash chains, which look alike otherwise, have an end.
      const last = context.word(head + 4);
      return context.isPointer(last) && context.word(last) === head;
    }),
  );
}

function learn(context: LayoutContext): LearnedFacts<ProcessField> {
  const sampled = sampleTasks(context);
  if (typeof sampled === "string") return allUnknown(PROCESS_FIELDS, sampled);
  const at = context.offsets("task_struct.real_parent", "task_struct.flags", "task_struct.mm");
  if (typeof at === "string") return allUnknown(PROCESS_FIELDS, at);
  const mm = at["task_struct.mm"];
  const learned: LearnedFacts<ProcessField> = new Map();
  learned.set("task_struct.parent", proved(at["task_struct.real_parent"] + 4, "it follows real_parent"));
  learned.set("task_struct.state", findState(context, sampled, at["task_struct.flags"]));
  learned.set("task_struct.exit_state", findExitState(sampled));
  const start = findStartTime(sampled);
  learned.set("task_struct.start_time", start);
  learned.set("task_struct.start_boottime", start.known ? { ...start, value: start.value + 8 } : start);
  const files = findFiles(context, sampled, mm);
  learned.set("task_struct.files", files);
  const fs = judged({
    data: files.known ? [files.value - 4] : [],
    dataEvidence: "it comes before files",
    code: replacedBy(context, "exit_fs"),
    codeEvidence: "exit_fs takes it from its task",
  });
  learned.set("task_struct.fs", fs);
  learned.set("task_struct.nsproxy", findNsproxy(context, sampled));
  const threads = files.known ? findThreads(context, sampled, files.value) : [];
  const evidence = `signal->thread_head and the leader's thread_node point to each other in ${sampled.tasks.length} processes`;
  const of = (member: keyof ThreadOffsets) =>
    judged({ data: [...new Set(threads.map((found) => found[member]))], dataEvidence: evidence });
  learned.set("task_struct.signal", of("signal"));
  learned.set("task_struct.thread_node", of("threadNode"));
  learned.set("signal_struct.thread_head", of("threadHead"));
  return learned;
}

export const processLayout: LayoutGroup<ProcessField> = { fields: PROCESS_FIELDS, learn };
