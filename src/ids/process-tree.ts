/** `ids pstree`: who started whom, by `real_parent`. */
import { hex8 } from "../base/index.ts";
import type { Kernel, Task } from "../linux/index.ts";
import type { Check, Observation } from "./check.ts";
import { finding, row } from "./check.ts";
import { damageFinding, damageMessage } from "./list-damage.ts";

const INDENT = "  ";

function* run(kernel: Kernel): Generator<Observation> {
  const { tasks, damage } = kernel.walkTasks();
  for (const found of damage) yield damageFinding(found);
  const children = new Map<number, Task[]>();
  for (const task of tasks) {
    const parent = task.parent?.groupLeader?.address ?? 0;
    children.set(parent, [...(children.get(parent) ?? []), task]);
  }
  const shown = new Set<number>();
  // A stack of its own: a guest can make the tree as deep as it has processes.
  const listed = new Set(tasks.map(({ address }) => address));
  const roots = tasks.filter((task) => !listed.has(task.parent?.groupLeader?.address ?? 0));
  const pending = roots.toReversed().map((task) => ({ task, depth: 0 }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { task, depth } = next;
    if (shown.has(task.address)) continue;
    shown.add(task.address);
    yield row({
      pid: task.pid ?? null,
      tree: INDENT.repeat(depth) + (task.name ?? "?"),
      depth,
      name: task.name ?? null,
    });
    for (const child of (children.get(task.address) ?? []).toReversed())
      pending.push({ task: child, depth: depth + 1 });
  }
  for (const task of tasks) {
    if (shown.has(task.address)) continue;
    yield finding("circular", { pid: task.pid ?? 0, address: hex8(task.address) }, { task: task.address });
  }
}

export const processTree: Check = {
  id: "pstree",
  title: "processes by their parents",
  severity: "high",
  view: "task_struct.real_parent of every process in the task list",
  cost: "about 10 loads a process",
  needs: [
    "task_struct.tasks",
    "task_struct.pid",
    "task_struct.comm",
    "task_struct.real_parent",
    "task_struct.group_leader",
  ],
  columns: [
    { name: "pid", heading: "PID", type: "number" },
    { name: "tree", heading: "NAME", type: "text" },
    { name: "depth", type: "number" },
    { name: "name", type: "text" },
  ],
  messages: {
    "list-damaged": damageMessage("the task list"),
    circular: "process {pid} at {address} is among its own ancestors",
  },
  run,
};
