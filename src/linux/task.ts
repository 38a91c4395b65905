/** A process of the guest, read like `struct task_struct`: every property is loaded from guest memory when asked for. */
import { latin1 } from "../base/index.ts";
import { AddressSpace } from "./address-space.ts";
import { Cred } from "./cred.ts";
import { KernelObject } from "./kernel-object.ts";
import { MAX_THREAD_NAME_BYTES, RESCUER, WORKER_CURRENT_WORK, WORKER_DESC_BYTES } from "./kernel-thread-layout.ts";
import type { AreaWalk } from "./memory-area.ts";
import { walkAreas } from "./memory-area.ts";
import type { FilePath } from "./mount.ts";
import { OpenFiles, readPath } from "./open-file.ts";
import { PF_KTHREAD, PF_WQ_WORKER } from "./task-layout.ts";
import { TASK_COMM_LEN } from "./task-sample.ts";
import type { FieldName } from "./type-table.ts";

/** ARG_MAX of a sane guest is larger, but nobody reads that on a console. */
const MAX_ARGUMENT_BYTES = 4096;

/** TASK_* of include/linux/sched.h with the letters of /proc/PID/stat; the first that matches counts. */
const STATES: readonly (readonly [bits: number, letter: string])[] = [
  [0x20, "Z"],
  [0x10, "X"],
  [0x01, "S"],
  [0x04, "T"],
  [0x08, "t"],
  [0x40, "P"],
  [0x80, "X"],
];
const TASK_UNINTERRUPTIBLE = 0x02;
const TASK_NOLOAD = 0x400;

export class Task extends KernelObject {
  get pid(): number | undefined {
    return this.word("task_struct.pid");
  }

  get tgid(): number | undefined {
    return this.word("task_struct.tgid");
  }

  get flags(): number | undefined {
    return this.word("task_struct.flags");
  }

  /** The name, at most 15 bytes, one character a byte; a name without an end is cut. */
  get comm(): string | undefined {
    const offset = this.context.offsetOf("task_struct.comm");
    const bytes = offset === undefined ? undefined : this.context.space.readBytes(this.address + offset, TASK_COMM_LEN);
    if (bytes === undefined) return undefined;
    const end = bytes.indexOf(0);
    return latin1(bytes.subarray(0, end < 0 ? TASK_COMM_LEN : end));
  }

  /** The name /proc shows: `comm`, for kernel threads with what `comm` has no room for. */
  get name(): string | undefined {
    const { comm, flags } = this;
    if (comm === undefined || flags === undefined || (flags & PF_KTHREAD) === 0) return comm;
    const kthread = this.word("task_struct.worker_private");
    if (kthread === undefined || kthread === 0) return comm;
    if ((flags & PF_WQ_WORKER) !== 0) return (this.rescuerName(kthread) ?? comm) + this.workerSuffix(kthread);
    const pointer = this.loadAt(kthread, "kthread.full_name");
    const full = pointer ? this.context.space.readCString(pointer, MAX_THREAD_NAME_BYTES) : undefined;
    return full?.startsWith(comm) ? full : comm;
  }

  get parent(): Task | undefined {
    const address = this.word("task_struct.real_parent");
    return address === undefined || address === 0 ? undefined : new Task(this.context, address);
  }

  get groupLeader(): Task | undefined {
    const address = this.word("task_struct.group_leader");
    return address === undefined || address === 0 ? undefined : new Task(this.context, address);
  }

  /** Address of the `mm_struct`; 0 in kernel threads and in processes that have exited. */
  get mm(): number | undefined {
    return this.word("task_struct.mm");
  }

  get isKernelThread(): boolean | undefined {
    const { flags, mm } = this;
    if (flags !== undefined) return (flags & PF_KTHREAD) !== 0;
    return mm === undefined ? undefined : mm === 0;
  }

  /** `R`, `S`, `D`, `Z`, `I`, ... as /proc/PID/stat has it. */
  get state(): string | undefined {
    const state = this.word("task_struct.state");
    const exit = this.word("task_struct.exit_state");
    if (state === undefined) return undefined;
    const all = state | (exit ?? 0);
    const letter = STATES.find(([bits]) => (all & bits) !== 0)?.[1];
    if (letter !== undefined) return letter;
    if ((all & TASK_UNINTERRUPTIBLE) === 0) return "R";
    return (all & TASK_NOLOAD) !== 0 ? "I" : "D";
  }

  /** When it started, in seconds since the kernel did. */
  get startSeconds(): number | undefined {
    const ns = this.double("task_struct.start_boottime");
    return ns === undefined ? undefined : ns / 1e9;
  }

  /** The credentials it acts with; `realCred` are those that others see. */
  get cred(): Cred | undefined {
    const address = this.pointer("task_struct.cred");
    return address === undefined ? undefined : new Cred(this.context, address);
  }

  get realCred(): Cred | undefined {
    const address = this.pointer("task_struct.real_cred");
    return address === undefined ? undefined : new Cred(this.context, address);
  }

  /** Its open files; none in a process that has exited. */
  get files(): OpenFiles | undefined {
    const address = this.pointer("task_struct.files");
    return address === undefined ? undefined : new OpenFiles(this.context, address);
  }

  /** Where its paths begin. */
  get root(): FilePath | undefined {
    return this.fsPath("fs_struct.root");
  }

  get workingDirectory(): FilePath | undefined {
    return this.fsPath("fs_struct.pwd");
  }

  /** Address of the `mnt_namespace` whose mounts it sees. */
  get mountNamespace(): number | undefined {
    const nsproxy = this.pointer("task_struct.nsproxy");
    return nsproxy === undefined ? undefined : this.loadAt(nsproxy, "nsproxy.mnt_ns");
  }

  /** Where its heap and its stack are. */
  get memoryBounds(): { startBrk?: number; brk?: number; startStack?: number } {
    return {
      startBrk: this.loadOfMm("mm_struct.start_brk"),
      brk: this.loadOfMm("mm_struct.brk"),
      startStack: this.loadOfMm("mm_struct.start_stack"),
    };
  }

  /** What it has mapped; empty in kernel threads. */
  areas(): AreaWalk {
    const { mm } = this;
    return mm === undefined || mm === 0 ? { areas: [], damage: undefined } : walkAreas(this.context, mm);
  }

  /** User memory through the process's own page table; `undefined` when it has none. */
  get userSpace(): AddressSpace | undefined {
    const { space, map } = this.context;
    const pgd = this.loadOfMm("mm_struct.pgd");
    if (pgd === undefined || pgd < map.pageOffset) return undefined;
    const table = space.translate(pgd);
    return table === undefined ? undefined : new AddressSpace(space.memory, table, space.format);
  }

  /** The command line as it is in user memory now; the process itself can rewrite it. */
  argv(): string[] | undefined {
    const start = this.loadOfMm("mm_struct.arg_start");
    const end = this.loadOfMm("mm_struct.arg_end");
    const user = this.userSpace;
    if (start === undefined || end === undefined || user === undefined) return undefined;
    if (end < start || end > this.context.map.pageOffset) return undefined;
    const bytes = new Uint8Array(Math.min(end - start, MAX_ARGUMENT_BYTES));
    const text = latin1(bytes.subarray(0, user.readPrefix(start, bytes)));
    return text === "" ? [] : text.replace(/\0+$/, "").split("\0");
  }

  /** The name of a rescuer, where the kernel makes it of its queue's. */
  private rescuerName(kthread: number): string | undefined {
    const { context } = this;
    const worker =
      context.offsetOf("worker.rescue_wq") === undefined ? undefined : this.loadAt(kthread, "kthread.data");
    const queue = worker === undefined ? 0 : (this.loadAt(worker, "worker.rescue_wq") ?? 0);
    const name = context.offsetOf("workqueue_struct.name");
    if (queue < context.map.pageOffset || name === undefined) return undefined;
    const text = context.space.readCString(queue + name, MAX_THREAD_NAME_BYTES);
    return text === undefined ? undefined : `${RESCUER}${text}`;
  }

  /** `-events` for a worker that last ran `events`, `+events` while it runs it (wq_worker_comm in kernel/workqueue.c). */
  private workerSuffix(kthread: number): string {
    const { space } = this.context;
    const worker = this.loadAt(kthread, "kthread.data") ?? 0;
    const desc = this.context.offsetOf("worker.desc");
    if (desc === undefined || this.loadAt(worker, "worker.task") !== this.address) return "";
    const text = space.readCString(worker + desc, WORKER_DESC_BYTES) ?? "";
    const busy = (space.readU32(worker + WORKER_CURRENT_WORK) ?? 0) !== 0;
    return text === "" ? "" : (busy ? "+" : "-") + text;
  }

  private fsPath(field: "fs_struct.root" | "fs_struct.pwd"): FilePath | undefined {
    const fs = this.pointer("task_struct.fs");
    const offset = this.context.offsetOf(field);
    return fs === undefined || offset === undefined ? undefined : readPath(this.context, fs + offset);
  }

  private loadOfMm(field: FieldName): number | undefined {
    const { mm } = this;
    return mm === undefined || mm === 0 ? undefined : this.loadAt(mm, field);
  }

  private loadAt(structure: number, field: FieldName): number | undefined {
    const offset = this.context.offsetOf(field);
    return offset === undefined ? undefined : this.context.space.readU32(structure + offset);
  }
}
