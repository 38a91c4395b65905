/** `ids creds`: who each process is, and credentials that no call of the kernel could have made. */
import { hex8 } from "../base/index.ts";
import type { CredUser, Fact, Kernel, Task } from "../linux/index.ts";
import { findCredUser } from "../linux/index.ts";
import type { Check, Observation } from "./check.ts";
import { finding, passing, row } from "./check.ts";

interface Process {
  readonly task: Task;
  readonly cred: number;
  readonly realCred: number;
  readonly uid: number;
  readonly euid: number;
  readonly isKernelThread: boolean;
}

function load(kernel: Kernel, address: number, field: Parameters<Kernel["offsetOf"]>[0]): number {
  return kernel.space.readU32(address + (kernel.offsetOf(field) ?? 0)) ?? 0;
}

function processOf(kernel: Kernel, task: Task): Process {
  const cred = load(kernel, task.address, "task_struct.cred");
  return {
    task,
    cred,
    realCred: load(kernel, task.address, "task_struct.real_cred"),
    uid: load(kernel, cred, "cred.uid"),
    euid: load(kernel, cred, "cred.euid"),
    isKernelThread: task.isKernelThread ?? false,
  };
}

/** Capabilities end where the pointers begin, among which is `user`. */
function learnUser(kernel: Kernel, processes: readonly Process[]): Fact<CredUser> {
  const after = (kernel.offsetOf("cred.cap_ambient") ?? kernel.offsetOf("cred.fsgid") ?? 0) + 4;
  return findCredUser(kernel.space, processes, { after, lowest: kernel.map.pageOffset });
}

interface Context {
  readonly kernel: Kernel;
  readonly user: Fact<CredUser>;
  /** Of the idle task. */
  readonly initCred: number;
  /** User processes by their credentials. */
  readonly holders: ReadonlyMap<number, readonly Process[]>;
}

function judge({ kernel, user, initCred, holders }: Context, process: Process): Observation | undefined {
  const { task, cred, realCred, uid, isKernelThread } = process;
  if (isKernelThread) return undefined;
  const who = { pid: task.pid ?? 0, name: task.comm ?? "?" };
  const evidence = { task: task.address, cred, uid };
  if (cred === initCred || realCred === initCred) return finding("init-cred", who, evidence);
  const others = (holders.get(cred) ?? []).filter((other) => other !== process);
  if (others.length > 0) {
    const [other] = others;
    return finding("shared", { ...who, other: other.task.pid ?? 0, cred: hex8(cred) }, evidence);
  }
  if (!user.known) return undefined;
  const account = kernel.space.readU32((kernel.space.readU32(cred + user.value.user) ?? 0) + user.value.uid);
  return account === uid ? undefined : finding("patched", { ...who, uid, account: account ?? "?" }, evidence);
}

function* run(kernel: Kernel): Generator<Observation> {
  const { tasks, inUpdate } = kernel.walkTasks();
  if (inUpdate) yield passing("task_struct.tasks: the kernel was stopped while it changed the list; run again");
  const processes = tasks.map((task) => processOf(kernel, task));
  const holders = new Map<number, Process[]>();
  for (const process of processes) {
    if (process.isKernelThread) continue;
    const same = holders.get(process.cred);
    if (same === undefined) holders.set(process.cred, [process]);
    else same.push(process);
  }
  const user = learnUser(kernel, processes);
  const initCred = load(kernel, kernel.initTaskAddress ?? 0, "task_struct.cred");
  for (const process of processes) {
    const { task, cred, uid, euid } = process;
    const suspicion = judge({ kernel, user, initCred, holders }, process);
    const values = { pid: task.pid ?? null, uid, euid, name: task.comm ?? null, cred };
    yield row(values, suspicion?.kind === "finding" ? suspicion.finding.messageId : undefined);
    if (suspicion !== undefined) yield suspicion;
  }
}

export const credentials: Check = {
  id: "creds",
  title: "credentials of processes",
  severity: "critical",
  view: "task_struct.cred of every listed process, and the account it is counted on",
  cost: "about 10 loads a process",
  needs: [
    "task_struct.tasks",
    "task_struct.pid",
    "task_struct.comm",
    "task_struct.flags",
    "task_struct.real_cred",
    "task_struct.cred",
    "cred.uid",
    "cred.euid",
  ],
  columns: [
    { name: "pid", heading: "PID", type: "number" },
    { name: "uid", heading: "UID", type: "number" },
    { name: "euid", heading: "EUID", type: "number" },
    { name: "name", heading: "NAME", type: "text" },
    { name: "cred", type: "address" },
  ],
  messages: {
    "init-cred": "process {pid} ({name}) has the credentials of the kernel's first task",
    shared: "processes {pid} ({name}) and {other} share credentials at {cred}",
    patched: "process {pid} ({name}) has user ID {uid}, but is counted on the account {account}",
  },
  run,
};
