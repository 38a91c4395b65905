/** A scenario that runs: its machine, what it has printed, the steps done to it, and the journal of all of them. */
import { HvError } from "../base/index.ts";
import { stateHash } from "../vm/index.ts";
import { type Place, placeText } from "./errors.ts";
import { type Failure, failureReport } from "./failure-report.ts";
import { JOURNAL_SCHEMA, type Journal, type Moment } from "./journal-format.ts";
import { seedOf } from "./line-fault.ts";
import type { Scenario, Step } from "./parse-scenario.ts";
import { parsePattern } from "./pattern.ts";
import type { PowerRig } from "./rig.ts";
import { HostTimeout, Session } from "./session.ts";
import { Stage } from "./stage.ts";
import { StepFailure } from "./step-failure.ts";
import { runStep, type StepContext } from "./steps.ts";
import { Watch } from "./watch.ts";

export interface RunnerOptions {
  readonly power: PowerRig;
  /** Of the program, for journals. */
  readonly version: string;
  readonly hostNowMs: () => number;
  readonly randomSeed: () => number;
  readonly isInterrupted?: () => boolean;
  /** Where files of steps go to. */
  readonly folder: string;
}

/** A scenario without its steps. */
export type RunSettings = Omit<Scenario, "steps" | "retries">;

type Cause = Pick<Failure, "kind" | "code" | "message" | "exitCode"> & { port?: string; pattern?: string };

/** What was thrown in words; a bug of ours goes on its way. */
export function causeOf(error: unknown, { hostTimeoutMs }: RunSettings): Cause {
  if (error instanceof StepFailure) {
    const { port, pattern } = error.text;
    return { kind: error.kind, message: error.message, port, pattern };
  }
  if (error instanceof HostTimeout) {
    const limit = `${hostTimeoutMs / 1000} s`;
    const message = `expected the scenario to end within ${limit} of the host's time, found it running`;
    return { kind: "host-timeout", message };
  }
  if (error instanceof HvError) {
    return { kind: "error", code: error.code, message: error.message, exitCode: error.exitCode };
  }
  throw error;
}

/** The step that was running fails when the console prints what it must not. */
function forbid({ violation }: Watch): void {
  if (violation === undefined) return;
  const expected = `no ${JSON.stringify(violation.source)} on the console`;
  throw new StepFailure("forbidden", { expected, found: "that it came" });
}

const seedFor = ({ seed, name }: RunSettings, randomSeed: () => number): number =>
  seed === "random" ? randomSeed() : (seed ?? seedOf(name));

export class ScenarioRun {
  readonly context: StepContext;
  private readonly settings: RunSettings;
  private readonly version: string;
  private readonly begin: Moment;
  private readonly hostNowMs: () => number;
  private readonly startMs: number;

  /** Throws what is wrong with board, images or boot. */
  static async open(settings: RunSettings, options: RunnerOptions): Promise<ScenarioRun> {
    const startMs = options.hostNowMs();
    const watch = new Watch(settings.forbid.map(parsePattern));
    const { board, append, rootfs, start, diskBytes } = settings;
    const stage = await Stage.open(options.power, { board, append, rootfs, start, diskBytes }, watch.feed);
    return new ScenarioRun(settings, options, { stage, watch, startMs });
  }

  private constructor(
    settings: RunSettings,
    options: RunnerOptions,
    { stage, watch, startMs }: { stage: Stage; watch: Watch; startMs: number },
  ) {
    const { hostNowMs, randomSeed, folder, isInterrupted, version } = options;
    this.settings = settings;
    this.version = version;
    this.hostNowMs = hostNowMs;
    this.startMs = startMs;
    watch.begin(stage.consolePort);
    watch.nowNs = () => stage.moment[1];
    watch.onMatch = () => stage.machine.stop();
    const session = new Session(stage, { hostNowMs, hostTimeoutMs: settings.hostTimeoutMs, isInterrupted });
    session.check = () => forbid(watch);
    const { timeoutNs } = settings;
    this.context = { session, stage, watch, timeoutNs, seed: seedFor(settings, randomSeed), randomSeed, folder };
    this.begin = stage.moment;
  }

  /** Throws `StepFailure`, or an `HvError` for a step that this board cannot do. */
  async step(step: Step): Promise<void> {
    await runStep(this.context, step);
    this.context.session.check();
  }

  /** A console line that did not end in time. */
  timeout(line: string, limitNs: number): StepFailure {
    const expected = `"${line}" to end within ${limitNs / 1e9} s of the guest's time`;
    const port = this.context.stage.consolePort;
    return new StepFailure("timeout", { expected, found: "that it did not", port });
  }

  /** Something that was done and came to nothing. */
  refused(expected: string, found: string): StepFailure {
    return new StepFailure("assertion", { expected, found });
  }

  /** What is known of the failure that `error` is; a bug of ours is thrown on. */
  failure(error: unknown, { place, verb }: { place: Place; verb?: string }): Failure {
    return failureReport(this.context, { ...causeOf(error, this.settings), place, verb });
  }

  /** What it took up to now, without the boot before it. */
  get spent() {
    const [instructions, virtualNs] = this.context.stage.moment;
    return {
      instructions: instructions - this.begin[0],
      virtualNs: virtualNs - this.begin[1],
      hostMs: this.hostNowMs() - this.startMs,
    };
  }

  /** What replays the run up to now. */
  journal(failure?: string): Journal {
    const { stage, session, watch } = this.context;
    const { name, place, append, rootfs, start, diskBytes } = this.settings;
    stage.settle();
    const log = watch.log(stage.consolePort);
    const console = { byteCount: log.byteCount, sha256: log.digest() };
    return {
      header: {
        schema: JOURNAL_SCHEMA,
        program: { version: this.version },
        scenario: { name, place: placeText(place) },
        ...stage.identity,
        append,
        rootfs,
        start,
        diskBytes,
        begin: this.begin,
      },
      events: session.events,
      end: { end: stage.moment, stateHash: stateHash(stage.machine), console, failure },
    };
  }
}
