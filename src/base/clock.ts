/**
 * Virtual time and the events that wait for it.
 *
 * Time is counted in nanoseconds since power-on and is driven by instructions retired, never by the host.
 * Two events due at the same instant fire in the order in which their timers were made, so a run repeats exactly.
 */

export interface Timer {
  /** Fires `callback` once when virtual time reaches `atNs`; replaces an earlier setting. */
  arm(atNs: number): void;
  cancel(): void;
  /** When it will fire, or `undefined`. */
  readonly deadlineNs: number | undefined;
}

/** What a device may know of time. */
export interface Clock {
  /** Exact at any instant, also in the middle of an instruction's device access. */
  nowNs(): number;
  /** A new timer, not armed. Its owner re-arms it after a restore: deadlines are the owner's state. */
  timer(name: string, callback: () => void): Timer;
}

/** A clock for one owner; `release` forgets all its timers. */
export interface ClockScope extends Clock {
  release(): void;
}

class QueuedTimer implements Timer {
  deadlineNs: number | undefined;
  readonly name: string;
  readonly callback: () => void;
  private readonly queue: EventClock;

  constructor(queue: EventClock, name: string, callback: () => void) {
    this.queue = queue;
    this.name = name;
    this.callback = callback;
  }

  arm(atNs: number): void {
    this.deadlineNs = atNs;
    this.queue.refresh();
  }

  cancel(): void {
    this.deadlineNs = undefined;
    this.queue.refresh();
  }
}

/** The machine's clock: `readNs` says the time, the run loop calls `fireDue` when it has come to `nextDeadlineNs`. */
export class EventClock implements Clock {
  /** `Infinity` when nothing waits. */
  nextDeadlineNs = Number.POSITIVE_INFINITY;
  /** Called when `nextDeadlineNs` changed, so that a running slice can end in time. */
  onDeadlineChange: () => void = () => {};
  private timers: QueuedTimer[] = [];
  private readonly readNs: () => number;

  constructor(readNs: () => number) {
    this.readNs = readNs;
  }

  nowNs(): number {
    return this.readNs();
  }

  timer(name: string, callback: () => void): QueuedTimer {
    const timer = new QueuedTimer(this, name, callback);
    this.timers.push(timer);
    return timer;
  }

  /** A clock whose timers can be taken back together, when what they belong to is destroyed. */
  scope(): ClockScope {
    const owned = new Set<QueuedTimer>();
    return {
      nowNs: () => this.nowNs(),
      timer: (name, callback) => {
        const timer = this.timer(name, callback);
        owned.add(timer);
        return timer;
      },
      release: () => {
        this.timers = this.timers.filter((timer) => !owned.has(timer));
        this.refresh();
      },
    };
  }

  /** Recomputes the next deadline; a board has a few dozen timers, so a scan is the simplest queue. */
  refresh(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const { deadlineNs } of this.timers) if (deadlineNs !== undefined && deadlineNs < next) next = deadlineNs;
    if (next === this.nextDeadlineNs) return;
    this.nextDeadlineNs = next;
    this.onDeadlineChange();
  }

  /** Fires every timer that is due now, earliest first; a timer may arm itself again. */
  fireDue(): void {
    const nowNs = this.nowNs();
    while (this.nextDeadlineNs <= nowNs) {
      const due = this.nextDeadlineNs;
      const timer = this.timers.find((t) => t.deadlineNs === due);
      if (timer === undefined) return;
      timer.deadlineNs = undefined;
      this.refresh();
      timer.callback();
    }
  }
}
