/**
 * Who decides when the guest runs while a debugger is attached: holds it, lets it go on to a stop point or by single
 * instructions, and goes back by replaying from the history.
 *
 * It stands between the driver and the machine, so the guest runs in slices as always; a search in the past is cut into
 * such slices too.
 */
import { StopPoints, type WatchedRange } from "../arm/core/index.ts";
import type { Machine } from "../vm/index.ts";
import { defaultLimits, History, type HistoryLimits } from "./history.ts";

/** Why the guest is held. */
export type StopReason =
  | { readonly kind: "interrupted" | "stepped" | "place" | "history-begins" | "halted" }
  | { readonly kind: "watch"; readonly watch: WatchedRange };

export interface SliceOptions {
  readonly skipIdle: boolean;
}

export interface ControlOptions {
  /** The guest does nothing until a debugger lets it. */
  readonly isHeld?: boolean;
  readonly limits?: HistoryLimits;
}

interface SliceAnswer {
  readonly executed: number;
  readonly end: string;
}

type Direction = "forward" | "back";
/** Work of one request, a piece at each `next`; ends with the reason to hold the guest. */
type Task = Generator<void, StopReason, number>;

/** A replay is at most so long between two turns of the event loop. */
const REPLAY_SLICE = 1_000_000;
/** Single instructions between two turns of the event loop. */
const RANGE_SLICE = 2_000;
/** In front of where somebody goes back step by step: the next step back is then short. */
const NEAR_INSTRUCTIONS = 20_000;

export class RunControl {
  readonly points = new StopPoints();
  /** Told when the guest is held after it was let go on. */
  onStop: (reason: StopReason) => void = () => {};
  /** The driver may sleep: there is something to do. */
  onResume: () => void = () => {};
  readonly history: History;
  /** A slice of the machine as it runs without a debugger. */
  runMachine: (maxInstructions: number, options: SliceOptions) => SliceAnswer;
  readonly machine: Machine;
  private isHeldNow: boolean;
  private task: Task | undefined;
  private isAttached = false;
  /** The machine does what this object tells it, or its own run: nothing that happens comes from outside. */
  private isInside = false;
  private mustBegin = false;
  /** The task is one forward in time. */
  private isGoingOn = false;
  private readonly waiting: (() => void)[] = [];
  private skipIdle = true;

  constructor(machine: Machine, { isHeld = false, limits = defaultLimits }: ControlOptions = {}) {
    this.machine = machine;
    this.isHeldNow = isHeld;
    this.history = new History(machine, limits);
    this.runMachine = (maxInstructions, options) => machine.runSlice(maxInstructions, options);
  }

  get isHeld(): boolean {
    return this.isHeldNow;
  }

  /** Holds the guest; from here on the run can be gone back in. */
  attach(): void {
    const { machine } = this;
    this.isAttached = true;
    this.isHeldNow = true;
    this.mustBegin = true;
    machine.onOutsideChange = () => {
      if (!this.isInside) this.mustBegin = true;
    };
    this.begin();
  }

  /** The guest goes on from where it is, as if no debugger had been there. */
  detach(): void {
    if (!this.isAttached) return;
    const { machine } = this;
    this.isAttached = false;
    this.task = undefined;
    this.isGoingOn = false;
    this.sendWaiting();
    machine.onOutsideChange = () => {};
    for (const port of machine.hypervisor.serialPorts) {
      port.onSend = () => false;
      port.onFarLine = () => false;
    }
    for (const disk of machine.hypervisor.disks) disk.onChange = () => {};
    this.setSilent(false);
    this.history.end();
    this.points.clear();
    machine.running?.debug(undefined);
    this.release();
  }

  private begin(): void {
    if (!this.mustBegin) return;
    this.mustBegin = false;
    this.setSilent(false);
    const { machine } = this;
    for (const port of machine.hypervisor.serialPorts) {
      port.onSend = (bytes) => this.keepsBack(() => void port.send(bytes));
      port.onFarLine = (event) => this.keepsBack(() => port.changeFarLine(event));
    }
    for (const disk of machine.hypervisor.disks) disk.onChange = () => machine.onOutsideChange();
    this.history.begin();
  }

  /** An input from outside; false when it is one of those that were kept back. */
  private keepsBack(apply: () => void): boolean {
    if (this.isInside) return false;
    this.waiting.push(apply);
    if (this.isGoingOn) this.sendWaiting();
    return true;
  }

  /** What was typed while the guest was held or gone back in reaches it when it goes on. */
  private sendWaiting(): void {
    for (const apply of this.waiting.splice(0)) {
      this.input(apply);
      this.inside(apply);
    }
  }

  private release(): void {
    this.isHeldNow = false;
    this.onResume();
  }

  private input(apply: () => void): void {
    if (!this.history.isBegun || this.mustBegin) return;
    this.inside(() => this.history.record(apply));
    this.setSilent(false);
  }

  private inside<T>(work: () => T): T {
    this.isInside = true;
    try {
      return work();
    } finally {
      this.isInside = false;
    }
  }

  /** A change of the guest by the debugger, between two instructions. */
  change(apply: () => boolean): boolean {
    this.begin();
    const isChanged = this.inside(() => {
      this.machine.timeline.clock.fireDue();
      return apply();
    });
    if (isChanged) this.input(apply);
    return isChanged;
  }

  /** Of the driver with a real clock; a guest that is held since has no time that passes. */
  advanceTo(toNs: number): void {
    if (this.isHeldNow) return;
    const { timeline } = this.machine;
    const apply = () => timeline.advanceTo(toNs);
    if (this.isAttached) this.input(apply);
    apply();
  }

  /** Lets the guest go on, or back, to a stop point. */
  resume(direction: Direction): void {
    this.start(direction, direction === "forward" ? this.forward(Number.POSITIVE_INFINITY) : this.searchBack());
  }

  /** One instruction on, or back. */
  step(direction: Direction): void {
    const instruction = this.machine.instructions();
    this.start(direction, direction === "forward" ? this.forward(instruction + 1) : this.stepBack(instruction - 1));
  }

  /** One instruction on, and further as long as the next one is in a range of addresses, its end left out. */
  stepInRange(start: number, end: number): void {
    this.start("forward", this.forwardInRange(start, end));
  }

  private start(direction: Direction, task: Task): void {
    this.begin();
    this.task = task;
    this.lastLive = undefined;
    this.isGoingOn = direction === "forward";
    if (this.isGoingOn) this.sendWaiting();
    this.release();
  }

  /** Holds the guest where it is. */
  interrupt(): void {
    if (this.isHeldNow) return;
    this.stop({ kind: "interrupted" });
  }

  private stop(reason: StopReason): void {
    this.task = undefined;
    this.isGoingOn = false;
    this.isHeldNow = true;
    this.machine.running?.debug(undefined);
    this.setSilent(false);
    this.onStop(reason);
  }

  /** A slice of the guest for the driver; a replay's says `replay`, because its time is no time that passes. */
  runSlice(maxInstructions: number, { skipIdle }: SliceOptions): SliceAnswer {
    if (!this.isAttached) return this.runMachine(maxInstructions, { skipIdle });
    this.skipIdle = skipIdle;
    // What a search goes back in is no more.
    if (this.mustBegin && !this.isGoingOn) this.stop({ kind: "interrupted" });
    this.begin();
    const { task } = this;
    if (task === undefined) return { executed: 0, end: "held" };
    const before = this.machine.instructions();
    const isReplay = this.history.isPast;
    const { done, value } = this.inside(() => task.next(maxInstructions));
    if (done === true) this.stop(value);
    const executed = Math.max(1, this.machine.instructions() - before);
    if (isReplay || this.history.isPast) return { executed, end: "replay" };
    const { lastLive } = this;
    if (lastLive === undefined) return { executed, end: "budget" };
    // Of single steps the last one says how the slice ended; a guest that waits has executed nothing.
    return { ...lastLive, executed: Math.max(lastLive.executed, this.machine.instructions() - before) };
  }

  private lastLive: SliceAnswer | undefined;

  private *forward(untilInstruction: number): Task {
    let maxInstructions = yield;
    this.arm();
    for (;;) {
      const reason = this.history.isPast
        ? this.replayForward(untilInstruction)
        : this.liveSlice(untilInstruction, maxInstructions);
      if (reason !== undefined) return reason;
      maxInstructions = yield;
    }
  }

  private *forwardInRange(start: number, end: number): Task {
    const { machine } = this;
    let maxInstructions = yield;
    this.arm();
    for (;;) {
      const begun = machine.instructions();
      let reason: StopReason | undefined = { kind: "stepped" };
      while (reason !== undefined && machine.instructions() - begun < Math.min(maxInstructions, RANGE_SLICE)) {
        const next = machine.instructions() + 1;
        reason = this.history.isPast ? this.replayForward(next) : this.liveSlice(next, 1);
        const pc = (machine.running?.cpu.pc ?? 0) >>> 0;
        if (reason !== undefined && (reason.kind !== "stepped" || pc < start || pc >= end)) return reason;
      }
      maxInstructions = yield;
    }
  }

  private replayForward(untilInstruction: number): StopReason | undefined {
    this.setSilent(true);
    const options = { maxInstructions: REPLAY_SLICE, skipIdle: this.skipIdle };
    const end = this.history.replaySlice(untilInstruction, options);
    if (end === "edge") this.setSilent(false);
    if (end === "stop-point") return this.hitReason();
    const isAtEdge = end === "edge" && this.machine.instructions() >= untilInstruction;
    // An instruction is come to when what came from outside there has come.
    return end === "there" || isAtEdge ? { kind: "stepped" } : undefined;
  }

  private liveSlice(untilInstruction: number, maxInstructions: number): StopReason | undefined {
    const { machine, history } = this;
    if (history.untilCheckpoint === 0) history.add();
    const left = untilInstruction - machine.instructions();
    const length = Math.min(left, maxInstructions, history.untilCheckpoint);
    const report = this.runMachine(length, { skipIdle: this.skipIdle });
    this.lastLive = report;
    if (report.end === "stop-point") return this.hitReason();
    return report.executed >= left ? { kind: "stepped" } : undefined;
  }

  /** Stop points take effect, but not at the very instruction where the guest is. */
  private arm(): void {
    const { running } = this.machine;
    if (this.points.isEmpty || running === undefined) return;
    this.points.passedPlace = running.cpu.instructions();
    running.debug(this.points);
  }

  private disarm(): void {
    this.points.forgetStop();
    this.machine.running?.debug(undefined);
  }

  private hitReason(): StopReason {
    const hit = this.points.pass();
    return hit?.watch === undefined ? { kind: "place" } : { kind: "watch", watch: hit.watch };
  }

  private *stepBack(instruction: number): Task {
    yield;
    const { history } = this;
    const index = history.before(instruction);
    if (index < 0) return yield* this.backToStart();
    const near = instruction - NEAR_INSTRUCTIONS;
    const isFar = history.instructionOf(index) < near - NEAR_INSTRUCTIONS;
    yield* this.replay(index, isFar ? near : instruction);
    if (isFar) {
      history.add();
      yield* this.replayOn(instruction);
    }
    return { kind: "stepped" };
  }

  private *backToStart(): Task {
    yield* this.replay(0, this.history.start.instruction);
    return { kind: "history-begins" };
  }

  /**
   * The last stop point before the present. The run is gone through again from the last checkpoint on, and when nothing
   * was there, from the one before it up to that one.
   */
  private *searchBack(): Task {
    yield;
    const { history } = this;
    let end = this.machine.instructions();
    for (let index = history.before(end); index >= 0; index--) {
      const found = yield* this.lastHit(index, end);
      if (found !== undefined) return yield* this.goBackTo(index, found);
      end = history.instructionOf(index);
    }
    return yield* this.backToStart();
  }

  private *lastHit(index: number, end: number): Generator<void, Found | undefined, number> {
    const { history, points } = this;
    let found: Found | undefined;
    this.setSilent(true);
    history.restore(index);
    if (points.isEmpty) return undefined;
    points.forgetStop();
    this.machine.running?.debug(points);
    for (let budget = REPLAY_SLICE; ; ) {
      const before = this.machine.instructions();
      const slice = history.replaySlice(end, { maxInstructions: budget, skipIdle: this.skipIdle });
      if (slice === "stop-point") {
        found = { instruction: this.machine.instructions(), reason: this.hitReason() };
      } else if (slice !== "more") break;
      budget -= this.machine.instructions() - before + 1;
      if (budget > 0) continue;
      budget = REPLAY_SLICE;
      yield;
    }
    this.disarm();
    return found;
  }

  /**
   * A place is stopped at before its instruction. Going back, a watched access is come to from behind: its instruction is
   * still done, and a debugger that steps over it sees the value change.
   */
  private *goBackTo(index: number, { instruction, reason }: Found): Task {
    yield* this.replay(index, reason.kind === "watch" ? instruction + 1 : instruction);
    return reason;
  }

  private *replay(index: number, instruction: number): Generator<void, void, number> {
    this.disarm();
    this.setSilent(true);
    this.history.restore(index);
    yield* this.replayOn(instruction);
  }

  private *replayOn(instruction: number): Generator<void, void, number> {
    const { history } = this;
    const options = { maxInstructions: REPLAY_SLICE, skipIdle: this.skipIdle };
    while (history.isPast && history.replaySlice(instruction, options) === "more") yield;
  }

  private setSilent(isSilent: boolean): void {
    for (const port of this.machine.hypervisor.serialPorts) port.isSilent = isSilent;
  }
}

interface Found {
  readonly instruction: number;
  readonly reason: StopReason;
}
