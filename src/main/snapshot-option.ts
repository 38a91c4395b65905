/**
 * `--save FILE [--save-at N]`, `--restore FILE`, `--from-snapshot NAME` and `--run-to N`: a machine's state to and from a file, at an exact
 * instruction. Counts are instructions since power-on of the board, restored or not.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultDataFolder, HvError } from "../base/index.ts";
import {
  decodeSnapshot,
  type Machine,
  restoreSnapshot,
  type Snapshot,
  saveMachine,
  snapshotEpochSeconds,
  stateHash,
} from "../vm/index.ts";
import { runToUnreached, saveAtPast, snapshotUnreadable, snapshotUnwritable } from "./errors.ts";
import { snapshotRefused } from "./scenario-errors.ts";
import { SnapshotStore } from "./snapshot-store.ts";

export interface SnapshotOptions {
  save?: string;
  /** Without it the machine is saved when the program ends. */
  saveAt?: number;
  restore?: string;
  /** Name or id of a snapshot in the store. */
  fromSnapshot?: string;
  env?: NodeJS.ProcessEnv;
}

/** The store of the user whose environment that is. */
export const snapshotStore = (env?: NodeJS.ProcessEnv): SnapshotStore =>
  new SnapshotStore(join(defaultDataFolder(env), "snapshots"));

interface SliceReport {
  executed: number;
  end: string;
}

/** Short enough that a signal is seen soon. */
const RUN_TO_SLICE = 1_000_000;
/** Slice ends after which the guest executes nothing more. */
const ENDS_FOR_GOOD: ReadonlySet<string> = new Set(["parked", "stuck", "power-off"]);

/** The file's content, verified; throws `snapshot-unreadable` and `snapshot-invalid`. */
function readSnapshot(path: string): Snapshot {
  let file: Uint8Array;
  try {
    file = readFileSync(path);
  } catch (error) {
    throw snapshotUnreadable(path, error);
  }
  try {
    return decodeSnapshot(file);
  } catch (error) {
    throw error instanceof HvError ? snapshotRefused(path, error) : error;
  }
}

/** What the machine is to begin with; `undefined` for power-on. */
function wantedSnapshot({ restore, fromSnapshot, env }: SnapshotOptions): Snapshot | undefined {
  if (restore !== undefined) return readSnapshot(restore);
  return fromSnapshot === undefined ? undefined : snapshotStore(env).load(fromSnapshot).snapshot;
}

/** Whole or not at all: a snapshot that was there before stays until the new one is complete. */
function writeSnapshot(path: string, bytes: Uint8Array): void {
  const partial = `${path}.partial`;
  try {
    writeFileSync(partial, bytes);
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw snapshotUnwritable(path, error);
  }
}

/** What the command line asked for, of one machine. */
export class SnapshotPoints {
  /** Wall-clock time of power-on that the restored machine had. */
  readonly epochSeconds: number | undefined;
  private readonly options: SnapshotOptions;
  private readonly restored: Snapshot | undefined;
  private isSaved = false;

  /** Reads the file to restore, so that a bad one is refused before anything is built. */
  constructor(options: SnapshotOptions) {
    this.options = options;
    this.restored = wantedSnapshot(options);
    if (this.restored === undefined) return;
    this.epochSeconds = snapshotEpochSeconds(this.restored);
  }

  get isRestoring(): boolean {
    return this.restored !== undefined;
  }

  /** Brings the machine to the file's state, when there is one. Throws `save-at-past` when `--save-at` lies before it. */
  begin(machine: Machine): void {
    if (this.restored !== undefined) restoreSnapshot(machine, this.restored);
    const { saveAt } = this.options;
    const instructions = machine.instructions();
    if (saveAt !== undefined && saveAt < instructions) throw saveAtPast(saveAt, instructions);
    if (saveAt === instructions) this.save(machine);
  }

  /** A slice as the machine runs it, in two pieces when the point to save at lies inside: nothing else can tell. */
  runSlice(machine: Machine, maxInstructions: number, options: { skipIdle: boolean }): SliceReport {
    const { saveAt } = this.options;
    const left = saveAt === undefined || this.isSaved ? Number.POSITIVE_INFINITY : saveAt - machine.instructions();
    if (left > maxInstructions) return machine.runSlice(maxInstructions, options);
    const first = machine.runSlice(left, options);
    if (first.executed < left) return first;
    this.save(machine);
    if (first.end !== "budget" || first.executed === maxInstructions) return first;
    const { executed, end } = machine.runSlice(maxInstructions - first.executed, options);
    return { executed: first.executed + executed, end };
  }

  /** At the end of the program: saves what was not saved on the way. Throws `run-to-unreached` when the point did not come. */
  finish(machine: Machine): void {
    const { save, saveAt } = this.options;
    if (save === undefined || this.isSaved) return;
    if (saveAt !== undefined) throw runToUnreached("--save-at", saveAt, machine.instructions());
    this.save(machine);
  }

  private save(machine: Machine): void {
    const { save } = this.options;
    this.isSaved = true;
    if (save !== undefined) writeSnapshot(save, saveMachine(machine));
  }
}

/** Runs exactly to instruction `runTo`; waiting costs no instructions. Throws `run-to-unreached` where that is past or never comes. */
export async function runTo(
  machine: Machine,
  points: SnapshotPoints,
  { runTo, isInterrupted }: { runTo: number; isInterrupted: () => boolean },
): Promise<void> {
  for (let left = runTo - machine.instructions(); left !== 0 && !isInterrupted(); ) {
    if (left < 0) throw runToUnreached("--run-to", runTo, machine.instructions());
    const { executed, end } = points.runSlice(machine, Math.min(left, RUN_TO_SLICE), { skipIdle: true });
    const isWaitingForEver = executed === 0 && machine.timeline.clock.nextDeadlineNs === Number.POSITIVE_INFINITY;
    if (isWaitingForEver || ENDS_FOR_GOOD.has(end)) throw runToUnreached("--run-to", runTo, machine.instructions());
    left = runTo - machine.instructions();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** One line of JSON, without the line end: where the machine is, and a hash of everything it is. */
export function stateLine(machine: Machine): string {
  const { timeline } = machine;
  return JSON.stringify({
    schema: "komainu.state/1",
    instructions: machine.instructions(),
    virtualNs: timeline.nowNs(),
    stateHash: stateHash(machine),
  });
}
