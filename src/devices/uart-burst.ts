/**
 * How fast characters arrive on a line that is not paced: a FIFO's worth at once, then not before the time has passed
 * that so many take at the highest rate of the part. Without a bound no driver could keep up.
 */
import type { Clock, State, Timer } from "../base/index.ts";
import type { StateReader } from "./state-reader.ts";

export interface BurstLimits {
  readonly length: number;
  /** The shortest time in which `length` characters can arrive. */
  readonly timeNs: number;
}

export class UartBurst {
  private readonly clock: Clock;
  private readonly limits: BurstLimits;
  private left: number;
  private endNs = 0;
  private readonly timer: Timer;

  constructor(clock: Clock, name: string, options: BurstLimits & { readonly onMore: () => void }) {
    this.clock = clock;
    this.limits = options;
    this.left = options.length;
    this.timer = clock.timer(`${name}.receive-burst`, options.onMore);
  }

  /** How many characters may arrive now. */
  get space(): number {
    return this.isOver ? this.limits.length : this.left;
  }

  /** One has arrived. */
  take(): void {
    if (this.isOver) {
      this.left = this.limits.length;
      this.endNs = this.clock.nowNs() + this.limits.timeNs;
    }
    this.left--;
    if (this.left === 0) this.timer.arm(this.endNs);
  }

  reset(): void {
    this.endNs = 0;
    this.timer.cancel();
  }

  private get isOver(): boolean {
    return this.clock.nowNs() >= this.endNs;
  }

  save(): State {
    return { left: this.left, endNs: this.endNs, timerNs: this.timer.deadlineNs ?? null };
  }

  restore(reader: StateReader): void {
    this.left = reader.number("left", 0, this.limits.length);
    this.endNs = reader.timeNs("endNs");
    reader.timer("timerNs", this.timer);
  }
}
