/**
 * The loop that lets the guest run: slices of instructions, and between them a turn of the event loop for input and
 * console commands. `virtual` time jumps over waiting; `real` time never runs ahead of the wall clock.
 */
import type { ClockKind } from "./options.ts";

/** The part of a machine that is driven. */
export interface Drivable {
  runSlice(maxInstructions: number, options: { skipIdle: boolean }): { executed: number; end: string };
  /** Virtual time, and that of the next event; `Infinity` when none waits. */
  nowNs(): number;
  nextDeadlineNs(): number;
  /** Lets virtual time pass without instructions, not past the next event. */
  advanceTo(toNs: number): void;
  /** An event at `atNs` that only ends the slice; `Infinity` takes it back. */
  setAlarm(atNs: number): void;
  /** A debugger has stopped the guest: no slice is wanted before `wake`. */
  isHeld?(): boolean;
}

/** The wall clock, and sleeping on it. */
export interface HostTime {
  nowNs(): number;
  /** Resolves after `ms`, or earlier when `wake` resolves. */
  sleep(ms: number, wake: Promise<void>): Promise<void>;
  /** One turn of the event loop. */
  yield(): Promise<void>;
}

export const hostTime: HostTime = {
  nowNs: () => Number(process.hrtime.bigint()),
  sleep: async (ms, wake) => {
    let timer: NodeJS.Timeout | undefined;
    const elapsed = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([elapsed, wake]);
    clearTimeout(timer);
  },
  yield: () => new Promise((resolve) => setImmediate(resolve)),
};

export type DriveEnd =
  /** `isDone` said so. */
  | "done"
  /** The time limit has come. */
  | "timeout"
  /** Nothing can happen any more unless somebody types; told only with `virtual` time. */
  | "asleep";

export interface DriveOptions {
  isDone(): boolean;
  /** Limit on the virtual time, in ns since power-on. */
  untilNs?: number;
}

/** Short enough that a key is seen at once; never depends on the host, so that runs repeat. */
const SLICE_INSTRUCTIONS = 400_000;
/** While a command waits: an idle guest skips a second of its time in a long slice. */
const WATCHED_SLICE_INSTRUCTIONS = 50_000;
/** Behind the wall clock by more than this, the lost time is given up: the guest's clock is then late for good. */
const MAX_LAG_NS = 50_000_000;
/** A sleep is never longer, so that a wall clock that was set does not stop the guest. */
const MAX_SLEEP_MS = 1_000;
/** Turns of the event loop that a command gets to go on with, before a guest that cannot run counts as asleep. */
const ASLEEP_TURNS = 3;

interface Wait {
  done: () => boolean;
  deadlineNs: number;
  resolve: (isDone: boolean) => void;
}

export class Driver {
  private readonly machine: Drivable;
  private readonly clock: ClockKind;
  private readonly host: HostTime;
  private wakeUp: () => void = () => {};
  private isAwake = false;
  /** Wall time minus virtual time at the last moment they were in step. */
  private offsetNs = 0;
  private waits: Wait[] = [];
  private untilNs = Number.POSITIVE_INFINITY;

  constructor(machine: Drivable, clock: ClockKind, host: HostTime = hostTime) {
    this.machine = machine;
    this.clock = clock;
    this.host = host;
  }

  /** Something changed that the guest may see (a key, a command): ends a sleep. */
  wake(): void {
    this.isAwake = true;
    this.wakeUp();
  }

  /**
   * For console commands: true when `done()` is, false when virtual time has reached `deadlineNs`. Looked at after each
   * slice, so that with virtual time the answer comes at the same instruction on every run.
   */
  waitUntil(done: () => boolean, deadlineNs: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.waits.push({ done, deadlineNs, resolve });
      this.setAlarm();
    });
  }

  async run({ isDone, untilNs = Number.POSITIVE_INFINITY }: DriveOptions): Promise<DriveEnd> {
    this.untilNs = untilNs;
    this.setAlarm();
    // A command that needs no guest time is done before the guest gets any.
    await this.host.yield();
    return this.clock === "virtual" ? await this.runVirtual(isDone) : await this.runReal(isDone);
  }

  /** The time limit alone is no event: a guest that sleeps for ever is told from one that is slow. */
  private setAlarm(): void {
    const deadlines = this.waits.map(({ deadlineNs }) => deadlineNs);
    this.machine.setAlarm(deadlines.length === 0 ? Number.POSITIVE_INFINITY : Math.min(this.untilNs, ...deadlines));
  }

  private get sliceLength(): number {
    return this.waits.length > 0 ? WATCHED_SLICE_INSTRUCTIONS : SLICE_INSTRUCTIONS;
  }

  private get isTimeUp(): boolean {
    return this.machine.nowNs() >= this.untilNs;
  }

  /** Answers the commands that wait, and lets them go on. */
  private async settleWaits(): Promise<void> {
    const nowNs = this.machine.nowNs();
    const settled = this.waits.filter(({ done, deadlineNs, resolve }) => {
      const isDone = done();
      if (isDone || nowNs >= deadlineNs) resolve(isDone);
      return isDone || nowNs >= deadlineNs;
    });
    if (settled.length > 0) {
      this.waits = this.waits.filter((wait) => !settled.includes(wait));
      this.setAlarm();
    }
    await this.host.yield();
  }

  /** True when a debugger had the guest: after a while of waiting for it. */
  private async hold(): Promise<boolean> {
    if (this.machine.isHeld?.() !== true) return false;
    await this.settleWaits();
    await this.sleep(MAX_SLEEP_MS);
    return true;
  }

  private async runVirtual(isDone: () => boolean): Promise<DriveEnd> {
    const { machine } = this;
    let idleTurns = 0;
    while (!isDone()) {
      if (await this.hold()) continue;
      if (this.isTimeUp) return "timeout";
      const startNs = machine.nowNs();
      const { executed } = machine.runSlice(this.sliceLength, { skipIdle: true });
      await this.settleWaits();
      if (executed > 0 || machine.nowNs() > startNs || this.isAwake) idleTurns = 0;
      else if (machine.nextDeadlineNs() === Number.POSITIVE_INFINITY) idleTurns++;
      this.isAwake = false;
      if (idleTurns > ASLEEP_TURNS) return "asleep";
    }
    return "done";
  }

  /** The machine's time has jumped, because another state was loaded: from here on it keeps step anew. */
  resynchronize(): void {
    this.offsetNs = this.host.nowNs() - this.machine.nowNs();
  }

  private async runReal(isDone: () => boolean): Promise<DriveEnd> {
    const { machine } = this;
    this.resynchronize();
    while (!isDone()) {
      if (await this.hold()) {
        // The guest's clock stood still.
        this.offsetNs = this.host.nowNs() - machine.nowNs();
        continue;
      }
      if (this.isTimeUp) return "timeout";
      const { executed, end } = machine.runSlice(this.sliceLength, { skipIdle: false });
      await this.settleWaits();
      if (isDone()) break;
      if (end === "budget") await this.waitForWallClock();
      else if (executed === 0 || end === "idle" || end === "parked") await this.letTimePass();
    }
    return "done";
  }

  /** A guest that runs ahead of the wall clock waits for it; one that lags is never hurried. */
  private async waitForWallClock(): Promise<void> {
    const aheadNs = this.machine.nowNs() + this.offsetNs - this.host.nowNs();
    if (aheadNs < -MAX_LAG_NS) this.offsetNs -= aheadNs;
    // Below the resolution of a timer the next slices make up for it.
    if (aheadNs > 2_000_000) await this.sleep(aheadNs / 1e6);
  }

  /** The guest waits: virtual time follows the wall clock up to the next event. */
  private async letTimePass(): Promise<void> {
    const { machine, host } = this;
    const lagNs = host.nowNs() - this.offsetNs - machine.nowNs();
    if (lagNs > MAX_LAG_NS && machine.nextDeadlineNs() > machine.nowNs()) this.offsetNs += lagNs - MAX_LAG_NS;
    const waitMs = (machine.nextDeadlineNs() + this.offsetNs - host.nowNs()) / 1e6;
    if (waitMs > 0) await this.sleep(waitMs);
    machine.advanceTo(host.nowNs() - this.offsetNs);
  }

  /** Waits for `ms` or for `wake`, whichever is first; `isAwake` tells which it was. */
  private async pause(ms: number): Promise<void> {
    if (this.isAwake) return;
    const wake = new Promise<void>((resolve) => {
      this.wakeUp = resolve;
    });
    await this.host.sleep(Math.min(ms, MAX_SLEEP_MS), wake);
    this.wakeUp = () => {};
    // A console command that a key started gets its turn before the guest is asked again.
    if (this.isAwake) await this.host.yield();
  }

  private async sleep(ms: number): Promise<void> {
    await this.pause(ms);
    this.isAwake = false;
  }

  /** After `asleep`: resolves when something woke the driver. */
  async untilWoken(): Promise<void> {
    while (!this.isAwake) await this.pause(MAX_SLEEP_MS);
  }
}
