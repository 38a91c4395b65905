/** What a console command may use, and the helper that declares its forms for this context. */
import type { Baseline } from "../ids/index.ts";
import type { ArgumentTable, CommandManager, Form, FormInit, ShellContext } from "../shell/index.ts";
import { makeForm } from "../shell/index.ts";
import type { Hypervisor } from "../vm/index.ts";

/** Lets virtual time pass while a command waits. */
export interface GuestWaiter {
  /**
   * Comes back when `done()` is true (answer true) or virtual time has reached `deadlineNs` (answer false).
   * `done` is asked between slices of the run loop, so that the answer is the same on every run. Time passes also
   * when no VCPU can run.
   */
  waitUntil(done: () => boolean, deadlineNs: number): Promise<boolean>;
}

/** A saved machine in few words. */
export interface SnapshotSummary {
  readonly id: string;
  readonly name: string;
  readonly board: string;
  readonly instructions: number;
  /** Virtual time. */
  readonly seconds: number;
  readonly pageCount: number;
}

/** Where the machine is saved to and comes back from. What cannot be loaded leaves the machine as it was, and is thrown. */
export interface SnapshotShelf {
  save(name: string): SnapshotSummary;
  /** The newest of this name, or the one whose id begins so. */
  load(nameOrId: string): SnapshotSummary;
  /** Takes away the one that `load` would take, and what only it needs. */
  delete(nameOrId: string): {
    readonly id: string;
    readonly name: string;
    readonly freedBytes: number;
    /** An older one of the same name is left. */
    readonly hasOlder: boolean;
  };
  list(): readonly SnapshotSummary[];
}

/** Where baselines are kept, each for one build of a kernel. What cannot be read or written is thrown. */
export interface BaselineShelf {
  /** For people. */
  readonly place: string;
  save(kernel: string, name: string, baseline: Baseline): void;
  /** `undefined` when there is none of this name. */
  load(kernel: string, name: string): Baseline | undefined;
  names(kernel: string): readonly string[];
}

/** The file of findings, whole lines at a time. What cannot be written is thrown. */
export interface FindingsSink {
  append(lines: string): void;
}

export interface CommandContext extends ShellContext {
  readonly hv: Hypervisor;
  readonly manager: CommandManager<CommandContext>;
  readonly waiter: GuestWaiter;
  /** None where a run must not go back in time. */
  readonly snapshots?: SnapshotShelf;
  /** Is told of each command when it begins and when it ends, by its words; for a journal. */
  readonly onCommand?: (words: readonly string[], isRunning: boolean) => void;
  /** Without one they are kept in memory. */
  readonly baselines?: BaselineShelf;
  /** Takes the findings of `ids report` and `ids schedule` beside the console. */
  readonly findings?: FindingsSink;
  /** The wall clock, for what is measured and shown, never for what the machine does; none in a run that must repeat. */
  readonly nowMs?: () => number;
}

/** A form of a command, with its arguments' types. */
export const form = <A extends ArgumentTable<CommandContext>>(
  init: FormInit<CommandContext, A>,
): Form<CommandContext> => makeForm(init);

/** Waits with the console's thread asleep, so that its waiting does not count as work. */
export async function whileAsleep<T>({ hv }: CommandContext, wait: () => Promise<T>): Promise<T> {
  hv.consoleTurn(false);
  const answer = await wait();
  hv.consoleTurn(true);
  return answer;
}

/** As `GuestWaiter.waitUntil`, with the console's thread asleep. */
export const waitAsleep = (context: CommandContext, done: () => boolean, deadlineNs: number): Promise<boolean> =>
  whileAsleep(context, () => context.waiter.waitUntil(done, deadlineNs));
