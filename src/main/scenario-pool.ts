/**
 * Runs scenarios on several cores: each job in one of a few child processes, every board booted once before its
 * scenarios begin. The order of jobs is fixed, and no scenario knows of another, so results do not depend on the cores.
 */
import { type ChildProcess, fork } from "node:child_process";
import type { Scenario, ScenarioResult } from "../scenario/index.ts";
import { workerFailed } from "./scenario-errors.ts";
import { boardOf, type Job, type JobResult, ScenarioWorker, type WorkerSettings } from "./scenario-worker.ts";

export interface PoolOptions {
  readonly settings: WorkerSettings;
  readonly env: NodeJS.ProcessEnv;
  readonly jobs: number;
  /** The program whose children do the work; without it, and with one job, it is done here. */
  readonly program?: string;
  readonly isInterrupted: () => boolean;
  readonly onResult: (result: ScenarioResult) => void;
  /** A board is booted, or found kept. */
  readonly onPrepare?: (board: string) => void;
}

interface Work {
  readonly index: number;
  readonly scenario: Scenario;
  attempts: number;
}

/** Somebody who does one job at a time. */
interface Hand {
  do(job: Job): Promise<JobResult>;
  stop(): void;
}

class ChildHand implements Hand {
  private readonly child: ChildProcess;
  private readonly ready: Promise<void>;
  private settle: { resolve: (done: JobResult) => void; reject: (error: Error) => void } | undefined;
  private exit: Error | undefined;

  constructor({ program = "", settings, env }: PoolOptions) {
    this.child = fork(program, ["test", "--worker"], {
      env,
      serialization: "advanced",
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.ready = new Promise((resolve) => {
      this.child.on("message", (message: { ready?: true; done?: JobResult; bug?: string }) => {
        if (message.ready) resolve();
        if (message.done !== undefined) this.settle?.resolve(message.done);
        if (message.bug !== undefined) this.settle?.reject(workerFailed(message.bug));
      });
    });
    this.child.on("error", (error) => this.end(error.message));
    this.child.on("exit", (code, signal) => this.end(`it ended with ${signal ?? code}`));
    void this.ready.then(() => this.child.send({ settings }));
  }

  private end(reason: string): void {
    this.exit = workerFailed(reason);
    this.settle?.reject(this.exit);
  }

  async do(job: Job): Promise<JobResult> {
    const done = new Promise<JobResult>((resolve, reject) => {
      this.settle = { resolve, reject };
      if (this.exit !== undefined) reject(this.exit);
    });
    void this.ready.then(() => this.child.connected && this.child.send({ job }));
    return done;
  }

  stop(): void {
    if (this.child.connected) this.child.disconnect();
    else this.child.kill();
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }
}

const groupOf = (scenario: Scenario): string =>
  JSON.stringify([boardOf(scenario), scenario.append ?? "", scenario.rootfs ?? ""]);
/** Starts from a boot that can be kept. */
const needsPrompt = ({ start, diskBytes }: Scenario): boolean => start === "prompt" && diskBytes === undefined;

export class ScenarioPool {
  private readonly options: PoolOptions;
  private readonly waiting: Work[];
  private readonly groups = new Map<string, "waiting" | "booting" | "ready">();
  private readonly results = new Map<number, ScenarioResult>();
  private wakeUp: (() => void)[] = [];

  constructor(scenarios: readonly Scenario[], options: PoolOptions) {
    this.options = options;
    this.waiting = scenarios.map((scenario, index) => ({ index, scenario, attempts: 0 }));
    for (const scenario of scenarios.filter(needsPrompt)) this.groups.set(groupOf(scenario), "waiting");
  }

  /** All results that came about, in the order of the scenarios. */
  async run(): Promise<ScenarioResult[]> {
    const { jobs, program, settings, env, isInterrupted } = this.options;
    const isAlone = program === undefined || jobs === 1;
    const count = isAlone ? 1 : Math.min(jobs, this.waiting.length);
    const hands: Hand[] = Array.from({ length: count }, () =>
      isAlone
        ? { do: (job: Job) => new ScenarioWorker(settings, env, isInterrupted).do(job), stop: () => {} }
        : new ChildHand(this.options),
    );
    try {
      await Promise.all(hands.map((hand) => this.work(hand)));
    } finally {
      for (const hand of hands) hand.stop();
    }
    return [...this.results].sort(([a], [b]) => a - b).map(([, result]) => result);
  }

  private async work(hand: Hand): Promise<void> {
    while (!this.options.isInterrupted()) {
      const next = this.next();
      if (next === "done") return;
      if (next === "wait") await new Promise<void>((resolve) => this.wakeUp.push(resolve));
      else if ("group" in next) await this.prepare(hand, next.group);
      else await this.execute(hand, next.work);
      for (const wake of this.wakeUp.splice(0)) wake();
    }
  }

  /** A board that nobody boots yet comes first: its scenarios wait for it. */
  private next(): "done" | "wait" | { group: string } | { work: Work } {
    const group = [...this.groups].find(
      ([name, state]) => state === "waiting" && this.waiting.some(({ scenario }) => groupOf(scenario) === name),
    )?.[0];
    if (group !== undefined) {
      this.groups.set(group, "booting");
      return { group };
    }
    const isReady = ({ scenario }: Work): boolean =>
      !needsPrompt(scenario) || this.groups.get(groupOf(scenario)) === "ready";
    const at = this.waiting.findIndex(isReady);
    if (at >= 0) return { work: this.waiting.splice(at, 1)[0] };
    return this.waiting.length === 0 ? "done" : "wait";
  }

  private async prepare(hand: Hand, group: string): Promise<void> {
    const members = this.waiting.filter(({ scenario }) => needsPrompt(scenario) && groupOf(scenario) === group);
    const [first] = members;
    const { result } = await hand.do({ kind: "prepare", scenario: first.scenario });
    this.groups.set(group, "ready");
    this.options.onPrepare?.(first.scenario.board);
    if (result === undefined) return;
    // A board that does not come up fails its scenarios once, not each in its own time.
    for (const work of members) {
      this.waiting.splice(this.waiting.indexOf(work), 1);
      const { name, place, steps } = work.scenario;
      const own = { name, place: `${place.path}:${place.line}:${place.column}`, stepCount: steps.length };
      const failure = result.failure === undefined ? undefined : { ...result.failure, place };
      this.finish(work, { ...result, ...own, failure });
    }
  }

  private async execute(hand: Hand, work: Work): Promise<void> {
    const { result } = await hand.do({ kind: "run", scenario: work.scenario });
    work.attempts++;
    if (result === undefined) return;
    const isRetried = result.verdict === "failed" && work.attempts <= work.scenario.retries;
    if (isRetried) this.waiting.unshift(work);
    else this.finish(work, { ...result, attempts: work.attempts });
  }

  private finish({ index }: Work, result: ScenarioResult): void {
    this.results.set(index, result);
    this.options.onResult(result);
  }
}
