/** `ids maps`: what a process has mapped, as /proc/PID/maps shows it. */
import { hex8 } from "../base/index.ts";
import type { Kernel, MemoryArea, Task } from "../linux/index.ts";
import type { Check, CheckRequest, Observation } from "./check.ts";
import { cannotTell, finding, row } from "./check.ts";

/** The heap and the stack have no file: their names come from where they lie. */
function nameOf(task: Task, area: MemoryArea): string {
  const { file, start = 0, end = 0 } = area;
  if (file !== undefined) return file.name(task.root) ?? "?";
  const { startBrk, brk, startStack } = task.memoryBounds;
  if (startBrk !== undefined && brk !== undefined && start <= brk && end >= startBrk) return "[heap]";
  return startStack !== undefined && start <= startStack && end >= startStack ? "[stack]" : "";
}

function valuesOf(task: Task, area: MemoryArea): Record<string, string | number | null> {
  const inode = area.file?.inode;
  const device = inode?.superBlock?.device;
  return {
    start: area.start ?? null,
    end: area.end ?? null,
    permissions: area.permissions ?? null,
    offset: area.fileOffset ?? null,
    device: device === undefined ? "00:00" : [device.major, device.minor].map(hexByte).join(":"),
    inode: inode?.number ?? 0,
    name: nameOf(task, area),
  };
}

const hexByte = (number: number): string => number.toString(16).padStart(2, "0");

function* run(kernel: Kernel, { pid }: CheckRequest): Generator<Observation> {
  const task = pid === undefined ? undefined : kernel.task(pid);
  if (task === undefined) {
    yield cannotTell(`there is no process ${pid} in the task list`);
    return;
  }
  const { areas, damage } = task.areas();
  if (damage !== undefined) yield finding("damaged", { pid: pid ?? 0, what: damage }, { mm: task.mm ?? 0 });
  for (const area of areas) yield row(valuesOf(task, area));
  for (const area of areas) {
    const { start, end } = area;
    if (start !== undefined && end !== undefined && end > start) continue;
    yield finding("no-range", { pid: pid ?? 0, start: hex8(start ?? 0), end: hex8(end ?? 0) }, { area: area.address });
  }
}

export const memoryMap: Check = {
  id: "maps",
  title: "memory areas of a process",
  severity: "high",
  view: "the tree (Linux 6.1 on) or list of vm_area_struct of the process's mm_struct",
  cost: "about 30 loads an area, 60 with a file",
  ofProcess: "required",
  needs: [
    "task_struct.tasks",
    "task_struct.pid",
    "task_struct.mm",
    "vm_area_struct.vm_start",
    "vm_area_struct.vm_end",
    "vm_area_struct.vm_flags",
  ],
  wants: ["vm_area_struct.vm_file", "vm_area_struct.vm_pgoff", "inode.i_ino", "super_block.s_dev", "fs_struct.root"],
  columns: [
    { name: "start", heading: "START", type: "address" },
    { name: "end", heading: "END", type: "address" },
    { name: "permissions", heading: "PERM", type: "text" },
    { name: "offset", heading: "OFFSET", type: "address" },
    { name: "device", heading: "DEV", type: "text" },
    { name: "inode", heading: "INODE", type: "number" },
    { name: "name", heading: "NAME", type: "text" },
  ],
  messages: {
    damaged: "the areas of process {pid} cannot all be reached: {what}",
    "no-range": "process {pid} has an area from {start} to {end}",
  },
  run,
};
