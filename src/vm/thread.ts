/** Threads of the hypervisor: each is an orphan VCPU with a state of its own. */
import type { Scheduler } from "./scheduler.ts";
import type { Vcpu } from "./vcpu.ts";
import { VcpuState } from "./vcpu.ts";

export type ThreadState = "Created" | "Running" | "Sleeping" | "Stopped";

export class Thread {
  readonly vcpu: Vcpu;

  constructor(vcpu: Vcpu) {
    this.vcpu = vcpu;
  }

  get id(): number {
    return this.vcpu.id;
  }

  get name(): string {
    return this.vcpu.name;
  }

  get priority(): number {
    return this.vcpu.priority;
  }

  get state(): ThreadState {
    if (this.vcpu.state === VcpuState.reset) return "Created";
    if (this.vcpu.state === VcpuState.paused) return "Sleeping";
    return this.vcpu.isRunnable ? "Running" : "Stopped";
  }

  start(): void {
    this.vcpu.kick();
  }

  /** Waits for work: its VCPU is Paused. */
  sleep(): void {
    this.vcpu.pause();
  }
}

export class ThreadTable {
  readonly threads: Thread[] = [];
  private readonly scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
  }

  create(name: string, priority: number): Thread {
    const thread = new Thread(this.scheduler.create({ name, priority }));
    this.threads.push(thread);
    return thread;
  }

  find(name: string): Thread | undefined {
    return this.threads.find((thread) => thread.name === name);
  }

  stop(thread: Thread): void {
    this.scheduler.destroy(thread.vcpu);
    this.threads.splice(this.threads.indexOf(thread), 1);
  }
}
