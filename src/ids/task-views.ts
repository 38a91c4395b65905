/** `ids psxview`: every task in every view the kernel has of it; what one shows and another hides is a finding. */
import { hex8 } from "../base/index.ts";
import type { Kernel, SeenTask, TaskView } from "../linux/index.ts";
import { collectTasks, TASK_VIEWS } from "../linux/index.ts";
import type { Check, Observation } from "./check.ts";
import { cannotTell, finding, passing, row } from "./check.ts";

const NAMES: Record<TaskView, string> = {
  list: "the task list",
  pid: "the PID table",
  family: "its parent's children",
  threads: "its thread group",
  running: "the CPU",
  memory: "memory",
  sched: "the scheduler's turns",
};

/** `inList`, `inPid`, ... */
const keyOf = (view: TaskView): string => `in${view[0].toUpperCase()}${view.slice(1)}`;

/** The views in which a task must be; which of them it is not in. */
function absentFrom(kernel: Kernel, { task, views }: SeenTask, missing: ReadonlyMap<TaskView, string>): TaskView[] {
  const isLeader = task.groupLeader?.address === task.address;
  const expected: TaskView[] = isLeader ? ["list", "pid", "family"] : ["pid", "threads"];
  // A task that ends leaves the table of PIDs and the lists at once, and may be seen on the CPU after that.
  const exitState = kernel.offsetOf("task_struct.exit_state");
  const isEnding = exitState !== undefined && kernel.space.readU32(task.address + exitState) !== 0;
  if (isEnding && !views.has("list") && !views.has("pid")) return [];
  return expected.filter((view) => !views.has(view) && !missing.has(view));
}

function* run(kernel: Kernel): Generator<Observation> {
  const { tasks, missing, inUpdate, isLogged } = collectTasks(kernel);
  const shownViews = TASK_VIEWS.filter((view) => view !== "sched" || isLogged);
  if (inUpdate) yield passing("tasks: the kernel was stopped while it changed a list; run again");
  for (const [view, reason] of missing) yield cannotTell(`${NAMES[view]}: ${reason}`);
  const ordered = [...tasks].sort((a, b) => (a.task.pid ?? 0) - (b.task.pid ?? 0));
  for (const seen of ordered) {
    const { task, views } = seen;
    const { pid = 0, comm = "?", address } = task;
    const shown = Object.fromEntries(
      shownViews.map((view) => [keyOf(view), missing.has(view) ? null : views.has(view)]),
    );
    const absent = absentFrom(kernel, seen, missing);
    const values = { pid, name: comm, ...shown, task: address };
    if (absent.length === 0) {
      yield row(values);
      continue;
    }
    const [from] = absent;
    yield row(values, `not in ${NAMES[from]}`);
    const names = (of: readonly TaskView[]): string => of.map((view) => NAMES[view]).join(", ");
    const data = { pid, name: comm, address: hex8(address), absent: names(absent), seen: names([...views]) };
    yield finding("hidden", data, { task: address, pid, absent: absent.join(","), seen: [...views].join(",") });
  }
}

export const taskViews: Check = {
  id: "psxview",
  title: "tasks: list, PID table, family, threads, CPU, memory",
  severity: "critical",
  view: "task_struct.tasks, init_pid_ns.idr, children, thread groups, the running task, structures in low memory, and after `ids sched on` what the scheduler switched to",
  cost: "about 40 loads a process",
  needs: [
    "task_struct.tasks",
    "task_struct.pid",
    "task_struct.tgid",
    "task_struct.comm",
    "task_struct.real_parent",
    "task_struct.group_leader",
  ],
  columns: [
    { name: "pid", heading: "PID", type: "number" },
    { name: "name", heading: "NAME", type: "text" },
    ...TASK_VIEWS.map((view) => ({
      name: keyOf(view),
      heading: view.toUpperCase(),
      type: "boolean" as const,
      isOptional: view === "sched",
    })),
    { name: "task", type: "address" },
  ],
  messages: { hidden: "task {pid} ({name}) at {address} is in {seen} and not in {absent}" },
  run,
};
