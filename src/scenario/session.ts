/**
 * A run of the machine in which everything done from outside is written down: lets it run to a moment, and does things
 * to it between two instructions.
 *
 * Time-outs are virtual time, kept by an alarm on the machine's own clock, so that a run times out at the same
 * instruction every time. The host's time is only a guard against a machine that is too slow to get there.
 */
import { HvError } from "../base/index.ts";
import { type CommandContext, createCommandManager, type GuestWaiter } from "../commands/index.ts";
import { BufferConsole, type CommandOutcome } from "../shell/index.ts";
import type { Input, JournalEvent, Moment } from "./journal-format.ts";
import type { Stage } from "./stage.ts";

/** Short enough that the guard and a signal are seen soon; the guest cannot tell. */
const SLICE_INSTRUCTIONS = 400_000;
/** While a command waits: what it waits for is looked at after each. */
const WATCHED_SLICE_INSTRUCTIONS = 50_000;
/** Turns of the event loop that a command gets to come to its end or to its next wait. */
const MAX_TURNS = 1_000;

export interface SessionLimits {
  /** Milliseconds of the host, from any zero. */
  readonly hostNowMs: () => number;
  readonly hostTimeoutMs: number;
  readonly isInterrupted?: () => boolean;
}

export class HostTimeout extends Error {}
export class SessionInterrupted extends Error {}

interface Wait {
  readonly done: () => boolean;
  readonly deadlineNs: number;
  readonly resolve: (isDone: boolean) => void;
}

/** One turn of the event loop: whatever waits for a promise goes on. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A console command that runs while the machine does. */
export class RunningCommand implements GuestWaiter {
  outcomes: readonly CommandOutcome[] | undefined;
  failure: unknown;
  wait: Wait | undefined;

  constructor(stage: Stage, line: string) {
    const manager = createCommandManager();
    const context: CommandContext = {
      console: new BufferConsole(),
      hv: stage.machine.hypervisor,
      manager,
      waiter: this,
    };
    manager.collect(context, line).then(
      (outcomes) => {
        this.outcomes = outcomes;
      },
      (error: unknown) => {
        this.failure = error;
      },
    );
  }

  waitUntil(done: () => boolean, deadlineNs: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.wait = { done, deadlineNs, resolve };
    });
  }

  /** Gives the command its turns, until it has ended or waits. */
  async settle(): Promise<void> {
    for (let i = 0; i < MAX_TURNS; i++) {
      if (this.failure !== undefined) throw this.failure;
      if (this.outcomes !== undefined || this.wait !== undefined) return;
      await turn();
    }
    throw new HvError({ code: "command-stalled", message: "the console command neither ends nor waits for the guest" });
  }

  /** Ends the present wait. */
  async resume(isDone: boolean): Promise<void> {
    const { wait } = this;
    this.wait = undefined;
    wait?.resolve(isDone);
    await this.settle();
  }
}

export class Session {
  readonly stage: Stage;
  readonly events: JournalEvent[] = [];
  /** Called whenever the machine stands still; throws to end the run. */
  check: () => void = () => {};
  private readonly limits: SessionLimits;
  private readonly startMs: number;
  private alarm: { machine: Stage["machine"]; timer: { arm(atNs: number): void; cancel(): void } } | undefined;

  constructor(stage: Stage, limits: SessionLimits) {
    this.stage = stage;
    this.limits = limits;
    this.startMs = limits.hostNowMs();
  }

  get nowNs(): number {
    return this.stage.machine.timeline.nowNs();
  }

  get hostMs(): number {
    return this.limits.hostNowMs() - this.startMs;
  }

  /** Writes an input down and does it. */
  async act(input: Input): Promise<void> {
    this.note(input);
    await this.stage.apply(input);
  }

  /** True when `isDone` came true, false when virtual time came to `untilNs`. */
  async advance(isDone: () => boolean, untilNs: number, slice = SLICE_INSTRUCTIONS): Promise<boolean> {
    const { machine } = this.stage;
    const alarm = this.alarmOf(machine);
    alarm.arm(untilNs);
    try {
      while (!isDone()) {
        if (this.nowNs >= untilNs) return false;
        machine.runSlice(slice, { skipIdle: true });
        await this.guard();
      }
      return true;
    } finally {
      alarm.cancel();
    }
  }

  /** Runs a line at the hypervisor's console to its end; `undefined` when it has none before `untilNs`. */
  async command(line: string, untilNs: number): Promise<readonly CommandOutcome[] | undefined> {
    this.note({ command: line });
    const running = new RunningCommand(this.stage, line);
    await running.settle();
    while (running.outcomes === undefined && running.wait !== undefined) {
      const { done, deadlineNs } = running.wait;
      const isDone = await this.advance(done, Math.min(deadlineNs, untilNs), WATCHED_SLICE_INSTRUCTIONS);
      if (!isDone && deadlineNs > untilNs) {
        this.note({ abandon: true });
        return undefined;
      }
      this.note({ resume: isDone });
      await running.resume(isDone);
    }
    return running.outcomes;
  }

  private note(input: Input): void {
    this.stage.settle();
    const at: Moment = this.stage.moment;
    this.events.push({ at, ...input } as JournalEvent);
  }

  private alarmOf(machine: Stage["machine"]) {
    if (this.alarm?.machine !== machine) {
      this.alarm = { machine, timer: machine.timeline.clock.timer("scenario", () => machine.stop()) };
    }
    return this.alarm.timer;
  }

  private async guard(): Promise<void> {
    await turn();
    if (this.limits.isInterrupted?.() === true) throw new SessionInterrupted("interrupted");
    if (this.hostMs > this.limits.hostTimeoutMs) throw new HostTimeout("host time");
    this.check();
  }
}
