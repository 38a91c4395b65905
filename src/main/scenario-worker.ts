/** Runs scenarios one after the other: in this process, or in a child that `scenario-pool.ts` started. */
import { randomInt } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { HvError } from "../base/index.ts";
import { journalText, runScenario, type Scenario, type ScenarioResult, unstarted } from "../scenario/index.ts";
import type { BootCacheOption } from "./options.ts";
import { rigPower } from "./prompt-rig.ts";
import { reportUnwritable } from "./scenario-errors.ts";
import { versionInfo } from "./version.ts";

/** The same for all scenarios of a run; crosses to child processes. */
export interface WorkerSettings {
  readonly bootCache: BootCacheOption;
  readonly bootSeconds: number;
  readonly engine: "jit" | "interp";
  /** Folder of the journals that failures leave. */
  readonly journals: string;
}

export type Job =
  /** Boots a board to its prompt, so that the scenarios after it find it kept. */
  { readonly kind: "prepare"; readonly scenario: Scenario } | { readonly kind: "run"; readonly scenario: Scenario };

export interface JobResult {
  /** Of `run`, and of `prepare` when that failed. */
  readonly result?: ScenarioResult;
}

const SEED_LIMIT = 2 ** 32;

/** A file name that tells the scenario. */
const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 60);

const isFileName = (board: string): boolean => board.includes("/") || board.endsWith(".json");

/** A board's name or a profile beside the scenario file. */
export const boardOf = ({ board, place }: Scenario): string =>
  isFileName(board) ? resolve(dirname(place.path), board) : board;

export class ScenarioWorker {
  private readonly settings: WorkerSettings;
  private readonly env: NodeJS.ProcessEnv;
  private readonly isInterrupted: () => boolean;

  constructor(settings: WorkerSettings, env: NodeJS.ProcessEnv, isInterrupted: () => boolean = () => false) {
    this.settings = settings;
    this.env = env;
    this.isInterrupted = isInterrupted;
  }

  async do({ kind, scenario }: Job): Promise<JobResult> {
    return kind === "run" ? { result: await this.run(scenario) } : this.prepare(scenario);
  }

  private get power() {
    const { bootCache, bootSeconds, engine } = this.settings;
    return rigPower({ env: this.env, engine, bootCache, bootSeconds, isInterrupted: this.isInterrupted });
  }

  private async prepare(scenario: Scenario): Promise<JobResult> {
    const startMs = performance.now();
    try {
      const { append, rootfs } = scenario;
      await this.power({ board: boardOf(scenario), append, rootfs, start: "prompt" });
      return {};
    } catch (error) {
      if (!(error instanceof HvError)) throw error;
      return { result: unstarted(scenario, error, performance.now() - startMs) };
    }
  }

  private async run(scenario: Scenario): Promise<ScenarioResult> {
    const { journal, ...result } = await runScenario(
      { ...scenario, board: boardOf(scenario) },
      {
        power: this.power,
        version: versionInfo.version,
        hostNowMs: () => performance.now(),
        randomSeed: () => randomInt(SEED_LIMIT),
        isInterrupted: this.isInterrupted,
        folder: dirname(scenario.place.path),
      },
    );
    const { failure } = result;
    const named = { ...result, board: scenario.board };
    if (journal === undefined || failure === undefined) return named;
    const path = join(this.settings.journals, `${slug(scenario.board)}-${slug(scenario.name)}.journal`);
    try {
      mkdirSync(this.settings.journals, { recursive: true });
      writeFileSync(path, journalText(journal));
    } catch (error) {
      throw reportUnwritable(path, error);
    }
    return { ...named, failure: { ...failure, journal: path } };
  }
}

/** What a child process does: a job a message, until the parent hangs up. */
export function serveJobs(env: NodeJS.ProcessEnv): void {
  let worker: ScenarioWorker | undefined;
  const send = (message: object): void => void process.send?.(message);
  process.on("message", (message: { settings?: WorkerSettings; job?: Job }) => {
    if (message.settings !== undefined) worker = new ScenarioWorker(message.settings, env);
    if (message.job === undefined || worker === undefined) return;
    worker.do(message.job).then(
      (done) => send({ done }),
      (error: unknown) =>
        send({ bug: error instanceof HvError ? error.explain() : ((error as Error).stack ?? String(error)) }),
    );
  });
  process.on("disconnect", () => process.exit(0));
  // The parent gets Ctrl-C too, and ends this process in its own time.
  process.on("SIGINT", () => {});
  send({ ready: true });
}
