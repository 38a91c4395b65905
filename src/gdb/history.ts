/**
 * The run since a debugger attached, so that it can be gone back in: checkpoints of the machine with its memory and its disks,
 * and a journal of all that came from outside in between. From a checkpoint the same inputs at the same instructions give the same run.
 */

import { assert, type State, type Timer } from "../base/index.ts";
import { PAGE_SHIFT } from "../memory/index.ts";
import { type Machine, usedPageRuns } from "../vm/index.ts";
import { BlockHistory, needsHistory } from "./block-history.ts";
import type { ContentHistory } from "./content-history.ts";
import { PageHistory } from "./page-history.ts";

/** A moment of the run: while the guest waits, time passes and the count of instructions stays. */
export interface Moment {
  readonly instruction: number;
  readonly ns: number;
}

interface Input extends Moment {
  readonly apply: () => void;
}

interface Checkpoint extends Moment {
  /** Inputs applied before it. */
  readonly inputs: number;
  readonly state: State;
}

export interface HistoryLimits {
  /** Between two checkpoints. */
  readonly intervalInstructions: number;
  readonly maxCheckpoints: number;
  readonly maxBytes: number;
  readonly maxInputs: number;
}

export const defaultLimits: HistoryLimits = {
  intervalInstructions: 4_000_000,
  maxCheckpoints: 100,
  maxBytes: 512 * 2 ** 20,
  maxInputs: 500_000,
};

export class History {
  /** The machine was brought to an earlier moment: what is kept of the run elsewhere is out of date. */
  onRestore: () => void = () => {};
  private readonly machine: Machine;
  private readonly limits: HistoryLimits;
  private readonly pages: PageHistory;
  /** Of the disks that the guest may write, by the device's name. */
  private disks = new Map<string, BlockHistory>();
  /** Ends a slice of the replay at the time of the next input. */
  private readonly alarm: Timer;
  private checkpoints: Checkpoint[] = [];
  private inputs: Input[] = [];
  /** Inputs applied up to now. */
  private cursor = 0;
  /** Where the run was left to go back. */
  private edge: Moment | undefined;

  constructor(machine: Machine, limits: HistoryLimits) {
    this.machine = machine;
    this.limits = limits;
    this.pages = new PageHistory(machine.host, machine.traps);
    this.alarm = machine.timeline.clock.timer("replay", () => machine.stop());
  }

  get now(): Moment {
    return { instruction: this.machine.instructions(), ns: this.machine.timeline.nowNs() };
  }

  get isBegun(): boolean {
    return this.checkpoints.length > 0;
  }

  /** The run was gone through up to here and further: what comes is known. */
  get isPast(): boolean {
    return this.edge !== undefined;
  }

  /** The earliest moment that can be gone back to. */
  get start(): Moment {
    return this.checkpoints[0];
  }

  get checkpointCount(): number {
    return this.checkpoints.length;
  }

  get sizeBytes(): number {
    return this.contents.reduce((sum, content) => sum + content.sizeBytes, 0);
  }

  private get contents(): ContentHistory[] {
    return [this.pages, ...this.disks.values()];
  }

  /** The present becomes the earliest moment. */
  begin(): void {
    this.inputs = [];
    this.cursor = 0;
    this.edge = undefined;
    const runs = usedPageRuns(this.machine.host);
    const usedPages = runs.flatMap(({ page, count }) => Array.from({ length: count }, (_, i) => page + i));
    const { heap, serialPorts } = this.machine.hypervisor;
    const backlogs = serialPorts.flatMap(({ name }) => heap.blockOf(`${name} backlog`) ?? []);
    const untrapped = new Set(backlogs.map(({ physicalAddress }) => physicalAddress >>> PAGE_SHIFT));
    this.pages.beginPages({ usedPages, untrappedPages: [...untrapped] });
    this.beginDisks();
    this.checkpoints = [this.checkpoint()];
  }

  private beginDisks(): void {
    const { blockDevices, disks } = this.machine.hypervisor;
    const written = blockDevices.filter(({ backend }) => needsHistory(backend));
    this.disks = new Map(written.map(({ name, backend }) => [name, new BlockHistory(backend)]));
    for (const disk of disks)
      disk.onWrite = ({ name }, sector, sizeBytes) => this.disks.get(name)?.willWrite(sector, sizeBytes);
  }

  end(): void {
    this.checkpoints = [];
    this.inputs = [];
    this.edge = undefined;
    this.pages.end();
    this.disks.clear();
    for (const disk of this.machine.hypervisor.disks) disk.onWrite = () => {};
  }

  /** An input that comes now, and is applied by the caller at once. One that comes in the past makes another future. */
  record(apply: () => void): void {
    this.machine.timeline.clock.fireDue();
    if (this.isPast) this.forgetFuture();
    this.inputs.push({ ...this.now, apply });
    this.cursor++;
  }

  private forgetFuture(): void {
    const { instruction, ns } = this.now;
    const kept = this.checkpoints.filter(
      (c) => c.instruction < instruction || (c.instruction === instruction && c.ns <= ns),
    );
    this.checkpoints = kept;
    for (const content of this.contents) content.truncate(kept.length);
    this.inputs.length = this.cursor;
    this.edge = undefined;
  }

  /** Instructions until the next checkpoint is due. */
  get untilCheckpoint(): number {
    const last = this.checkpoints.at(-1);
    if (last === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(0, last.instruction + this.limits.intervalInstructions - this.machine.instructions());
  }

  /** Makes the present a checkpoint, and keeps the limits. */
  add(): void {
    const { instruction } = this.now;
    const behind = this.checkpoints.findIndex((c) => c.instruction > instruction);
    const index = behind < 0 ? this.checkpoints.length : behind;
    for (const content of this.contents) content.insert(index);
    this.checkpoints.splice(index, 0, this.checkpoint());
    while (this.isTooLarge && this.checkpoints.length > 2) this.thin();
  }

  private get isTooLarge(): boolean {
    const { maxCheckpoints, maxBytes, maxInputs } = this.limits;
    return this.checkpoints.length > maxCheckpoints || this.sizeBytes > maxBytes || this.inputs.length > maxInputs;
  }

  /** Forgets one checkpoint: gaps grow with the distance from the present; the oldest goes where that does not help. */
  private thin(): void {
    const { checkpoints, limits } = this;
    if (this.sizeBytes > limits.maxBytes || this.inputs.length > limits.maxInputs) {
      this.forgetOldest();
      return;
    }
    const end = checkpoints[checkpoints.length - 1].instruction + limits.intervalInstructions;
    const cost = (index: number): number =>
      (checkpoints[index + 1].instruction - checkpoints[index - 1].instruction) /
      (end - checkpoints[index].instruction);
    let least = 1;
    for (let index = 2; index < checkpoints.length - 1; index++) if (cost(index) < cost(least)) least = index;
    for (const content of this.contents) content.remove(least);
    checkpoints.splice(least, 1);
  }

  private forgetOldest(): void {
    for (const content of this.contents) content.remove(0);
    this.checkpoints.shift();
    const { inputs } = this.checkpoints[0];
    this.inputs.splice(0, inputs);
    this.cursor -= inputs;
    this.checkpoints = this.checkpoints.map((c) => ({ ...c, inputs: c.inputs - inputs }));
  }

  /** Index of the last checkpoint at or before an instruction; -1 when the history begins later. */
  before(instruction: number): number {
    return this.checkpoints.findLastIndex((c) => c.instruction <= instruction);
  }

  instructionOf(index: number): number {
    return this.checkpoints[index].instruction;
  }

  /** Goes to a checkpoint. */
  restore(index: number): void {
    const { machine } = this;
    this.edge ??= this.now;
    const { state, inputs } = this.checkpoints[index];
    this.cursor = inputs;
    for (const content of this.contents) content.restore(index);
    machine.restore(structuredClone(state));
    this.onRestore();
    assert(machine.instructions() === this.checkpoints[index].instruction, "a checkpoint is restored exactly");
  }

  /**
   * A slice of the known run, not beyond `instruction`. Answers what ended it: `edge` where nothing is known any more,
   * `there` at the instruction, all its inputs applied.
   */
  replaySlice(
    instruction: number,
    { maxInstructions, skipIdle }: { maxInstructions: number; skipIdle: boolean },
  ): "edge" | "there" | "stop-point" | "more" {
    const { machine, edge } = this;
    assert(edge !== undefined, "the past has an edge");
    const next = this.inputs[this.cursor] ?? edge;
    const { instruction: now, ns } = this.now;
    if (now === next.instruction && ns >= next.ns) return this.pass(next);
    if (now >= instruction) return "there";
    const until = Math.min(instruction, next.instruction);
    // At the input's instruction only time is left to pass: the guest waits.
    const length = until > now ? Math.min(until - now, maxInstructions) : 1;
    this.alarm.arm(next.ns);
    const { executed, end } = machine.runSlice(length, { skipIdle });
    this.alarm.cancel();
    if (end === "stop-point") return end;
    // A machine that cannot come there (stuck, powered off) has come as far as it ever did.
    const isStill = executed === 0 && machine.timeline.nowNs() === ns;
    return isStill ? this.pass(next) : "more";
  }

  private pass(next: Moment | Input): "edge" | "more" {
    if (!("apply" in next)) {
      this.edge = undefined;
      return "edge";
    }
    this.machine.timeline.clock.fireDue();
    this.cursor++;
    next.apply();
    return "more";
  }

  private checkpoint(): Checkpoint {
    const state = this.machine.save();
    const hypervisor = state.hypervisor as State;
    // What a disk keeps of its content in the state is in the disk's own history, block by block.
    const disks = (hypervisor.disks as State[]).map(({ written: _, ...disk }) => disk);
    const saved = { ...state, hypervisor: { ...hypervisor, disks } };
    return { ...this.now, inputs: this.cursor, state: structuredClone(saved) };
  }
}
