/** A process of the guest, read like `struct task_struct`: every property is loaded from guest memory when asked for. */
import { latin1 } from "../base/index.ts";
import { AddressSpace } from "./address-space.ts";
import type { KernelMap } from "./kernel-map.ts";
import { MAX_THREAD_NAME_BYTES, WORKER_CURRENT_WORK, WORKER_DESC_BYTES } from "./kernel-thread-layout.ts";
import { PF_KTHREAD, PF_WQ_WORKER } from "./task-layout.ts";
import { TASK_COMM_LEN } from "./task-sample.ts";
import type { FieldName } from "./type-table.ts";

/** ARG_MAX of a sane guest is larger, but nobody reads that on a console. */
const MAX_ARGUMENT_BYTES = 4096;

/** What a task needs of its kernel. */
export interface TaskContext {
  readonly space: AddressSpace;
  readonly map: KernelMap;
  /** The offset of a field that was proved, else `undefined`. */
  offsetOf(field: FieldName): number | undefined;
}

export class Task {
  /** Address of the `task_struct`. */
  readonly address: number;
  private readonly context: TaskContext;

  constructor(context: TaskContext, address: number) {
    this.context = context;
    this.address = address;
  }

  get pid(): number | undefined {
    return this.load("task_struct.pid");
  }

  get tgid(): number | undefined {
    return this.load("task_struct.tgid");
  }

  get flags(): number | undefined {
    return this.load("task_struct.flags");
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
    const kthread = this.load("task_struct.worker_private");
    if (kthread === undefined || kthread === 0) return comm;
    if ((flags & PF_WQ_WORKER) !== 0) return comm + this.workerSuffix(kthread);
    const pointer = this.loadAt(kthread, "kthread.full_name");
    const full = pointer ? this.context.space.readCString(pointer, MAX_THREAD_NAME_BYTES) : undefined;
    return full?.startsWith(comm) ? full : comm;
  }

  get parent(): Task | undefined {
    const address = this.load("task_struct.real_parent");
    return address === undefined || address === 0 ? undefined : new Task(this.context, address);
  }

  get groupLeader(): Task | undefined {
    const address = this.load("task_struct.group_leader");
    return address === undefined || address === 0 ? undefined : new Task(this.context, address);
  }

  /** Address of the `mm_struct`; 0 in kernel threads and in processes that have exited. */
  get mm(): number | undefined {
    return this.load("task_struct.mm");
  }

  get isKernelThread(): boolean | undefined {
    const { flags, mm } = this;
    if (flags !== undefined) return (flags & PF_KTHREAD) !== 0;
    return mm === undefined ? undefined : mm === 0;
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

  private load(field: FieldName): number | undefined {
    return this.loadAt(this.address, field);
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
