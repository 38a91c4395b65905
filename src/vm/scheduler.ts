/**
 * The VCPUs of the one host CPU: their ids, and which of them is Running.
 *
 * The run loop says what happens (the guest's turn, its WFI, the console's turn); priorities and states follow Xvisor.
 */
import type { State, Stateful } from "../base/index.ts";
import { vcpuPoolFull } from "./errors.ts";
import type { TimeSource } from "./time-source.ts";
import type { ChangeCause, VcpuInit } from "./vcpu.ts";
import { IDLE_PRIORITY, Vcpu, VcpuState } from "./vcpu.ts";

/** As in Xvisor's ARMv5 build. */
export const MAX_VCPUS = 48;

export class Scheduler implements Stateful {
  readonly idle: Vcpu;
  /** Called when a guest VCPU changed state by request (not by the scheduler or a wait), so that the machine looks anew. */
  onStatesChanged: () => void = () => {};
  private readonly pool: (Vcpu | undefined)[] = [];
  private readonly clock: TimeSource;
  private runningVcpu!: Vcpu;
  private switching = false;

  constructor(clock: TimeSource) {
    this.clock = clock;
    this.idle = this.create({ name: "idle/0", priority: IDLE_PRIORITY });
    this.idle.kick();
    this.idle.dispatch();
    // From here on `changed` keeps one VCPU running.
    this.runningVcpu = this.idle;
  }

  /** By id. */
  get vcpus(): readonly Vcpu[] {
    return this.pool.filter((vcpu) => vcpu !== undefined);
  }

  get running(): Vcpu {
    return this.runningVcpu;
  }

  find(id: number): Vcpu | undefined {
    return this.pool[id];
  }

  /** A VCPU with the lowest free id, in Reset. Throws `vcpu-pool-full`. */
  create(init: Omit<VcpuInit, "id" | "onChange">): Vcpu {
    let id = this.pool.indexOf(undefined);
    if (id < 0) id = this.pool.length;
    if (id >= MAX_VCPUS) throw vcpuPoolFull(MAX_VCPUS, init.name);
    const vcpu = new Vcpu({ ...init, id, onChange: (v, before, cause) => this.changed(v, before, cause) }, this.clock);
    this.pool[id] = vcpu;
    return vcpu;
  }

  /** Gives the id back. */
  destroy(vcpu: Vcpu): void {
    vcpu.destroy();
    this.pool[vcpu.id] = undefined;
  }

  /** Makes `vcpu` the running one; the one before goes back to Ready. False when it is not runnable. */
  switchTo(vcpu: Vcpu): boolean {
    if (vcpu.isRunnable) vcpu.dispatch();
    return vcpu === this.runningVcpu;
  }

  /** The share of virtual time since power-on in which the host CPU was not idle, 0 to 1. */
  get utilization(): number {
    const nowNs = this.clock.nowNs();
    return nowNs === 0 ? 0 : 1 - this.idle.times.runningNs / nowNs;
  }

  /** Keeps exactly one VCPU Running: the idle thread when no other is, and a guest again as soon as its wait ends. */
  private changed(vcpu: Vcpu, before: VcpuState, cause: ChangeCause): void {
    if (this.switching || vcpu === this.idle) return;
    this.switching = true;
    if (vcpu.state === VcpuState.running) this.take(vcpu);
    else if (vcpu === this.runningVcpu && before === VcpuState.running) this.take(this.idle);
    else if (cause === "wake" && this.runningVcpu.isOrphan) this.take(vcpu);
    this.switching = false;
    if (cause === "request" && !vcpu.isOrphan) this.onStatesChanged();
  }

  private take(vcpu: Vcpu): void {
    this.runningVcpu.preempt();
    vcpu.dispatch();
    this.runningVcpu = vcpu;
  }

  save(): State {
    return { running: this.runningVcpu.id, vcpus: this.vcpus.map((v) => ({ id: v.id, name: v.name, ...v.save() })) };
  }

  /** The VCPUs exist already: their owners make them in the same order. */
  restore(state: State): void {
    for (const saved of state.vcpus as State[]) this.pool[saved.id as number]?.restore(saved);
    this.runningVcpu = this.pool[state.running as number] ?? this.idle;
  }
}
