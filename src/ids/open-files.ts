/** `ids lsof`: the open files of every process, by descriptor, as /proc/PID/fd shows them. */
import type { Kernel, OpenFile, Task } from "../linux/index.ts";
import type { Check, CheckRequest, Observation } from "./check.ts";
import { cannotTell, row } from "./check.ts";

const S_IFMT = 0xf000;
/** S_IFMT values of include/uapi/linux/stat.h with lsof's names. */
const TYPES: Readonly<Record<number, string>> = {
  4096: "FIFO",
  8192: "CHR",
  16384: "DIR",
  24576: "BLK",
  32768: "REG",
  40960: "LINK",
  49152: "sock",
};

function valuesOf(task: Task, descriptor: number, file: OpenFile): Record<string, string | number | null> {
  const { inode } = file;
  const mode = inode?.mode;
  return {
    pid: task.pid ?? null,
    command: task.comm ?? null,
    fd: descriptor,
    access: file.access ?? null,
    type: mode === undefined ? null : (TYPES[mode & S_IFMT] ?? "unknown"),
    inode: inode?.number ?? null,
    name: file.name(task.root) ?? null,
    file: file.address,
  };
}

function* run(kernel: Kernel, { pid }: CheckRequest): Generator<Observation> {
  const { tasks } = kernel.walkTasks();
  const chosen = pid === undefined ? tasks : tasks.filter((task) => task.pid === pid);
  if (pid !== undefined && chosen.length === 0) yield cannotTell(`there is no process ${pid} in the task list`);
  for (const task of chosen) {
    for (const { descriptor, file } of task.files?.entries() ?? []) yield row(valuesOf(task, descriptor, file));
  }
}

export const openFiles: Check = {
  id: "lsof",
  title: "open files",
  severity: "info",
  view: "task_struct.files of every process in the task list, their table and each file's path",
  cost: "about 60 loads an open file",
  ofProcess: "optional",
  needs: [
    "task_struct.tasks",
    "task_struct.pid",
    "task_struct.comm",
    "task_struct.files",
    "files_struct.fdt",
    "fdtable.fd",
    "file.f_path",
    "file.f_inode",
    "mount.mnt",
    "vfsmount.mnt_root",
    "dentry.d_parent",
    "dentry.d_name",
    "dentry.d_sb",
    "super_block.s_type",
    "inode.i_ino",
    "inode.i_mode",
    "fs_struct.root",
  ],
  wants: ["file.f_flags"],
  columns: [
    { name: "pid", heading: "PID", type: "number" },
    { name: "command", heading: "COMMAND", type: "text" },
    { name: "fd", heading: "FD", type: "number" },
    { name: "access", heading: "RW", type: "text" },
    { name: "type", heading: "TYPE", type: "text" },
    { name: "inode", heading: "NODE", type: "number" },
    { name: "name", heading: "NAME", type: "text" },
    { name: "file", type: "address" },
  ],
  messages: {},
  run,
};
