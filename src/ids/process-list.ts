/** `ids plist`: PID and name of every process, from the kernel's own task list; with details what ps shows. */
import { hex8 } from "../base/index.ts";
import type { Kernel, ListDamage, Task } from "../linux/index.ts";
import type { Check, CheckRequest, Observation } from "./check.ts";
import { finding, passing, row } from "./check.ts";

const DAMAGE: Record<ListDamage["kind"], string> = {
  "wild-pointer": "a link that is no kernel address",
  cycle: "a link back into the list",
  "wrong-back-link": "a task whose prev link is wrong",
  "too-long": "more tasks than a kernel can have",
};

type Values = Record<string, string | number | boolean | null>;

/** What a process was started with, or its name in brackets, as ps has it. */
export const commandOf = (task: Task): string => {
  const argv = task.isKernelThread === true ? undefined : task.argv();
  return argv === undefined || argv.length === 0 ? `[${task.name ?? "?"}]` : argv.join(" ");
};

/** As /proc/PID/stat and /proc/PID/status have it. */
const detailsOf = (task: Task): Values => ({
  uid: task.realCred?.euid ?? null,
  state: task.state ?? null,
  startSeconds: task.startSeconds ?? null,
  start: task.startSeconds?.toFixed(2) ?? null,
  command: commandOf(task),
});

const valuesOf = (task: Task, { isLong }: CheckRequest): Values => ({
  ...(isLong ? detailsOf(task) : {}),
  pid: task.pid ?? null,
  name: task.name ?? null,
  comm: task.comm ?? null,
  parentPid: task.parent?.tgid ?? null,
  kernelThread: task.isKernelThread ?? null,
  task: task.address,
});

/** What a thread group leader must be: its own leader, with equal PID and TGID. */
function isProcess(task: Task): boolean {
  const { pid } = task;
  return pid !== undefined && pid !== 0 && pid === task.tgid && task.groupLeader?.address === task.address;
}

function* run(kernel: Kernel, request: CheckRequest): Generator<Observation> {
  const { tasks, onlyBackward, damage, inUpdate } = kernel.walkTasks();
  if (inUpdate) yield passing("task_struct.tasks: the kernel was stopped while it changed the list; run again");
  for (const { kind, at, value } of damage) {
    yield finding("list-damaged", { what: DAMAGE[kind], at: hex8(at), value: hex8(value) }, { at, value, kind });
  }
  const byPid = new Map<number, Task>();
  for (const task of tasks) {
    const address = hex8(task.address);
    const { pid } = task;
    if (pid === undefined || !isProcess(task)) {
      yield row(valuesOf(task, request), "not a process");
      yield finding("not-a-process", { address }, { task: task.address, pid: pid ?? null });
      continue;
    }
    const same = byPid.get(pid);
    byPid.set(pid, task);
    if (onlyBackward.has(task)) {
      yield row(valuesOf(task, request), "not in the forward list");
      yield finding("unlinked", { pid, name: task.comm ?? "?", address }, { task: task.address, pid });
    } else if (same !== undefined) {
      yield row(valuesOf(task, request), "PID used twice");
      yield finding("same-pid", { pid, first: hex8(same.address), second: address }, { pid, task: task.address });
    } else yield row(valuesOf(task, request));
  }
}

export const processList: Check = {
  id: "plist",
  title: "processes",
  severity: "high",
  view: "the ring of task_struct.tasks from init_task, thread group leaders",
  needs: [
    "task_struct.tasks",
    "task_struct.pid",
    "task_struct.tgid",
    "task_struct.comm",
    "task_struct.real_parent",
    "task_struct.group_leader",
  ],
  cost: "about 12 loads a process, with details about 50",
  detailWants: [
    "task_struct.state",
    "task_struct.start_boottime",
    "task_struct.real_cred",
    "cred.euid",
    "mm_struct.pgd",
    "mm_struct.arg_start",
  ],
  columns: [
    { name: "pid", heading: "PID", type: "number" },
    { name: "parentPid", heading: "PPID", type: "number", isDetail: true },
    { name: "uid", heading: "UID", type: "number", isDetail: true },
    { name: "state", heading: "S", type: "text", isDetail: true },
    { name: "start", heading: "START", type: "number", isDetail: true },
    { name: "name", heading: "NAME", type: "text" },
    { name: "command", heading: "COMMAND", type: "text", isDetail: true },
    { name: "comm", type: "text" },
    { name: "parentPid", type: "number" },
    { name: "startSeconds", type: "number", isDetail: true },
    { name: "kernelThread", type: "boolean" },
    { name: "task", type: "address" },
  ],
  messages: {
    "list-damaged": "the task list has {what} at {at} (value {value})",
    "not-a-process": "the task list leads to {address}, which is no process",
    unlinked: "process {pid} ({name}) at {address} was taken out of the forward task list",
    "same-pid": "two processes have PID {pid}: {first} and {second}",
  },
  run,
};
