/**
 * Virtual time: instructions retired times the cost of one, plus what was skipped while nothing ran.
 *
 * It outlives the guest: a destroyed and newly created guest goes on counting where the last one stopped.
 */
import type { State, Stateful } from "../base/index.ts";
import { EventClock } from "../base/index.ts";

/** The core that retires the instructions. */
export interface InstructionCounter {
  instructions(): number;
  /** Moves the end of the running slice to an earlier count. */
  shortenSlice(untilInstructions: number): void;
}

export class Timeline implements Stateful {
  readonly clock: EventClock;
  readonly nsPerInstruction: number;
  private counter: InstructionCounter | undefined;
  /** Instructions of cores that are gone. */
  private pastInstructions = 0;
  private skippedNs = 0;

  constructor(nsPerInstruction: number) {
    this.nsPerInstruction = nsPerInstruction;
    this.clock = new EventClock(() => this.nowNs());
    this.clock.onDeadlineChange = () => {
      const { counter } = this;
      counter?.shortenSlice(counter.instructions() + this.instructionsToDeadline());
    };
  }

  attach(counter: InstructionCounter): void {
    this.counter = counter;
  }

  detach(): void {
    this.pastInstructions = this.instructions();
    this.counter = undefined;
  }

  /** Since power-on of the host board. */
  instructions(): number {
    return this.pastInstructions + (this.counter?.instructions() ?? 0);
  }

  nowNs(): number {
    return this.instructions() * this.nsPerInstruction + this.skippedNs;
  }

  /** How many instructions may run before the next event is due; `Infinity` when none waits. */
  instructionsToDeadline(): number {
    return Math.max(0, Math.ceil((this.clock.nextDeadlineNs - this.nowNs()) / this.nsPerInstruction));
  }

  isDue(): boolean {
    return this.clock.nextDeadlineNs <= this.nowNs();
  }

  /** Lets time pass without instructions, up to `toNs` but not past the next event. */
  advanceTo(toNs: number): void {
    this.skippedNs += Math.max(0, Math.min(toNs, this.clock.nextDeadlineNs) - this.nowNs());
  }

  /** Jumps to the next event; false when none waits. */
  skipToDeadline(): boolean {
    if (this.clock.nextDeadlineNs === Number.POSITIVE_INFINITY) return false;
    this.advanceTo(this.clock.nextDeadlineNs);
    return true;
  }

  save(): State {
    return { pastInstructions: this.pastInstructions, skippedNs: this.skippedNs };
  }

  restore(state: State): void {
    this.pastInstructions = Number(state.pastInstructions);
    this.skippedNs = Number(state.skippedNs);
  }
}
