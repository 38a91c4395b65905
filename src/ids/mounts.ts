/** `ids mount`: what is mounted where, as the first process sees it in /proc/mounts. */
import type { Kernel } from "../linux/index.ts";
import { pathText } from "../linux/index.ts";
import type { Check, CheckRequest, Observation } from "./check.ts";
import { cannotTell, passing, row } from "./check.ts";
import { damageFinding, damageMessage } from "./list-damage.ts";

const INIT_PID = 1;

function* run(kernel: Kernel, { pid = INIT_PID }: CheckRequest): Generator<Observation> {
  const task = kernel.task(pid);
  if (task === undefined) {
    yield cannotTell(`there is no process ${pid} in the task list`);
    return;
  }
  const { objects, damage, inUpdate } = kernel.walkMounts(task);
  if (inUpdate) yield passing("mnt_namespace.list: the kernel was stopped while it changed the list; run again");
  for (const found of damage) yield damageFinding(found);
  const { root } = task;
  for (const mount of objects) {
    const dentry = mount.root;
    yield row({
      device: mount.deviceName ?? null,
      place: dentry === undefined ? null : (pathText({ mount, dentry }, root) ?? null),
      type: mount.superBlock?.typeName ?? null,
      options: mount.options?.join(",") ?? null,
      mount: mount.address,
    });
  }
}

export const mounts: Check = {
  id: "mount",
  title: "mounted file systems",
  severity: "high",
  view: "the ring or tree of mounts of a process's name space, that of init when none is named",
  cost: "about 40 loads a mount",
  ofProcess: "optional",
  needs: [
    "task_struct.tasks",
    "task_struct.pid",
    "task_struct.nsproxy",
    "task_struct.fs",
    "fs_struct.root",
    "nsproxy.mnt_ns",
    "mnt_namespace.list",
    "mount.mnt_list",
    "mnt_namespace.mounts",
    "mount.mnt_node",
    "mount.mnt",
    "mount.mnt_devname",
    "vfsmount.mnt_root",
    "vfsmount.mnt_sb",
    "dentry.d_name",
    "super_block.s_type",
  ],
  wants: ["vfsmount.mnt_flags", "super_block.s_flags"],
  columns: [
    { name: "device", heading: "DEVICE", type: "text" },
    { name: "place", heading: "PLACE", type: "text" },
    { name: "type", heading: "TYPE", type: "text" },
    { name: "options", heading: "OPTIONS", type: "text" },
    { name: "mount", type: "address" },
  ],
  messages: { "list-damaged": damageMessage("the list of mounts") },
  run,
};
