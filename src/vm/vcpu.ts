/**
 * A virtual CPU: a guest's, or an orphan that carries a hypervisor thread. States and rules as in Xvisor's manager.
 *
 * Counters are virtual time, so they repeat from run to run.
 */
import type { State, Stateful } from "../base/index.ts";
import { Status } from "../base/index.ts";
import { stateInvalid } from "./errors.ts";
import type { TimeSource } from "./time-source.ts";

export const VcpuState = {
  unknown: 0x01,
  reset: 0x02,
  ready: 0x04,
  running: 0x08,
  paused: 0x10,
  halted: 0x20,
} as const;
export type VcpuState = (typeof VcpuState)[keyof typeof VcpuState];

const stateNames: Record<VcpuState, string> = {
  [VcpuState.unknown]: "Unknown",
  [VcpuState.reset]: "Reset",
  [VcpuState.ready]: "Ready",
  [VcpuState.running]: "Running",
  [VcpuState.paused]: "Paused",
  [VcpuState.halted]: "Halted",
};

export const MAX_PRIORITY = 7;
export const DEFAULT_PRIORITY = 3;
/** The idle thread's. */
export const IDLE_PRIORITY = 0;

export interface VcpuInit {
  readonly id: number;
  readonly name: string;
  readonly priority: number;
  /** Owner and index in it; orphans have none. */
  readonly guestName?: string;
  readonly subid?: number;
  /** Not started by `guest kick`. */
  readonly isPowerOff?: boolean;
  /** Called after every change of state. */
  readonly onChange: (vcpu: Vcpu, before: VcpuState, cause: ChangeCause) => void;
}

/** Somebody asked (kick, pause, halt, reset), the scheduler decided, or the guest waits and wakes by itself. */
export type ChangeCause = "request" | "schedule" | "wait" | "wake";

/** Time spent in each state since creation or the last reset. */
export interface VcpuTimes {
  readonly readyNs: number;
  readonly runningNs: number;
  readonly pausedNs: number;
  readonly haltedNs: number;
}

type CountedState = "ready" | "running" | "paused" | "halted";

const countedState = (state: VcpuState): CountedState | undefined =>
  state === VcpuState.ready
    ? "ready"
    : state === VcpuState.running
      ? "running"
      : state === VcpuState.paused
        ? "paused"
        : state === VcpuState.halted
          ? "halted"
          : undefined;

export class Vcpu implements Stateful {
  readonly id: number;
  readonly name: string;
  readonly guestName: string | undefined;
  readonly subid: number;
  readonly isPowerOff: boolean;
  priority: number;
  resetCount = 0;
  lastResetNs: number;
  /** Paused by WFI: an interrupt makes it ready again. A pause on request is not ended by interrupts. */
  isWaiting = false;
  private current: VcpuState = VcpuState.unknown;
  private sinceNs: number;
  private spent = { ready: 0, running: 0, paused: 0, halted: 0 };
  private readonly clock: TimeSource;
  private readonly onChange: VcpuInit["onChange"];

  constructor(init: VcpuInit, clock: TimeSource) {
    this.id = init.id;
    this.name = init.name;
    this.guestName = init.guestName;
    this.subid = init.subid ?? 0;
    this.isPowerOff = init.isPowerOff ?? false;
    this.priority = init.priority;
    this.clock = clock;
    this.onChange = init.onChange;
    this.sinceNs = clock.nowNs();
    this.lastResetNs = this.sinceNs;
    this.change(VcpuState.reset);
  }

  get state(): VcpuState {
    return this.current;
  }

  get stateName(): string {
    return stateNames[this.current];
  }

  get isOrphan(): boolean {
    return this.guestName === undefined;
  }

  /** True when the scheduler may pick it. */
  get isRunnable(): boolean {
    return this.current === VcpuState.ready || this.current === VcpuState.running;
  }

  /** Kick and resume are one request: Reset or Paused becomes Ready. */
  kick(): Status {
    if (this.current === VcpuState.halted || this.current === VcpuState.unknown) return Status.invalid;
    if (this.current === VcpuState.reset || this.current === VcpuState.paused) this.change(VcpuState.ready);
    return Status.ok;
  }

  pause(): Status {
    if (this.current === VcpuState.paused) {
      this.isWaiting = false;
      return Status.ok;
    }
    if (!this.isRunnable) return Status.invalid;
    this.change(VcpuState.paused);
    return Status.ok;
  }

  halt(): Status {
    // A VCPU that waits for an interrupt counts as running here: only its idle moment makes it Paused.
    if (!this.isRunnable && !this.isWaiting) return Status.invalid;
    this.change(VcpuState.halted);
    return Status.ok;
  }

  reset(): Status {
    if (this.current === VcpuState.reset) return Status.ok;
    if (this.current === VcpuState.unknown) return Status.invalid;
    this.change(VcpuState.reset);
    this.spent = { ready: 0, running: 0, paused: 0, halted: 0 };
    this.resetCount++;
    this.lastResetNs = this.clock.nowNs();
    return Status.ok;
  }

  destroy(): void {
    this.reset();
    this.change(VcpuState.unknown);
  }

  /** The scheduler's: Ready to Running. */
  dispatch(): void {
    if (this.current === VcpuState.ready) this.change(VcpuState.running, "schedule");
  }

  /** The scheduler's: Running to Ready. */
  preempt(): void {
    if (this.current === VcpuState.running) this.change(VcpuState.ready, "schedule");
  }

  /** WFI: Running (or Ready) to Paused until `wake`. */
  waitForInterrupt(): void {
    if (this.isRunnable) this.change(VcpuState.paused, "wait");
  }

  /** An interrupt came; ends a wait, and nothing else. */
  wake(): void {
    if (this.current === VcpuState.paused && this.isWaiting) this.change(VcpuState.ready, "wake");
  }

  get times(): VcpuTimes {
    const spent = { ...this.spent };
    const counted = countedState(this.current);
    if (counted !== undefined) spent[counted] += this.clock.nowNs() - this.sinceNs;
    return { readyNs: spent.ready, runningNs: spent.running, pausedNs: spent.paused, haltedNs: spent.halted };
  }

  private change(next: VcpuState, cause: ChangeCause = "request"): void {
    const before = this.current;
    const nowNs = this.clock.nowNs();
    const counted = countedState(before);
    if (counted !== undefined) this.spent[counted] += nowNs - this.sinceNs;
    this.sinceNs = nowNs;
    this.current = next;
    this.isWaiting = cause === "wait";
    this.onChange(this, before, cause);
  }

  save(): State {
    const { current, sinceNs, spent, priority, resetCount, lastResetNs, isWaiting } = this;
    return { current, sinceNs, spent: { ...spent }, priority, resetCount, lastResetNs, isWaiting };
  }

  restore(state: State): void {
    const found = state.current as VcpuState;
    if (stateNames[found] === undefined) throw stateInvalid(this.name, "a VCPU state", String(state.current));
    this.current = found;
    this.sinceNs = state.sinceNs as number;
    this.spent = { ...(state.spent as Record<CountedState, number>) };
    this.priority = state.priority as number;
    this.resetCount = state.resetCount as number;
    this.lastResetNs = state.lastResetNs as number;
    this.isWaiting = state.isWaiting as boolean;
  }
}
