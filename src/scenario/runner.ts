/** Runs one scenario from power-on, or from the prompt, to its end or to the first step that fails. */
import { HvError } from "../base/index.ts";
import { stateHash } from "../vm/index.ts";
import { placeText } from "./errors.ts";
import { type Failure, failureReport } from "./failure-report.ts";
import { JOURNAL_SCHEMA, type Journal } from "./journal-format.ts";
import { seedOf } from "./line-fault.ts";
import type { Scenario, Step } from "./parse-scenario.ts";
import { parsePattern } from "./pattern.ts";
import type { PowerRig } from "./rig.ts";
import { HostTimeout, Session, SessionInterrupted } from "./session.ts";
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

export interface ScenarioResult {
  readonly name: string;
  readonly board: string;
  readonly place: string;
  readonly verdict: "passed" | "failed" | "interrupted";
  readonly failure?: Failure;
  /** What replays the run to its failure. */
  readonly journal?: Journal;
  readonly stepCount: number;
  readonly stepsDone: number;
  /** Of the scenario alone, without the boot before it. */
  readonly virtualNs: number;
  readonly instructions: number;
  readonly hostMs: number;
  /** More than 1 where it was tried again. */
  readonly attempts?: number;
}

interface Progress {
  step: Step | undefined;
  done: number;
}

/** What was thrown in words; a bug of ours goes on its way. */
function causeOf(
  error: unknown,
  { hostTimeoutMs }: Scenario,
): Pick<Failure, "kind" | "code" | "message" | "exitCode"> & { port?: string; pattern?: string } {
  if (error instanceof StepFailure) {
    const { port, pattern } = error.text;
    return { kind: error.kind, message: error.message, port, pattern };
  }
  if (error instanceof HostTimeout) {
    const limit = `${hostTimeoutMs / 1000} s`;
    return {
      kind: "host-timeout",
      message: `expected the scenario to end within ${limit} of the host's time, found it running`,
    };
  }
  if (error instanceof HvError)
    return { kind: "error", code: error.code, message: error.message, exitCode: error.exitCode };
  throw error;
}

/** The step that was running fails when the console prints what it must not. */
function forbid(watch: Watch): void {
  const { violation } = watch;
  if (violation === undefined) return;
  throw new StepFailure("forbidden", {
    expected: `no ${JSON.stringify(violation.source)} on the console`,
    found: "that it came",
  });
}

function seedFor({ seed, name }: Scenario, randomSeed: () => number): number {
  return seed === "random" ? randomSeed() : (seed ?? seedOf(name));
}

function journalOf(
  scenario: Scenario,
  version: string,
  { stage, session, watch }: StepContext,
  begin: Journal["header"]["begin"],
): Omit<Journal, "end"> & { finish(failure: string): Journal } {
  const header: Journal["header"] = {
    schema: JOURNAL_SCHEMA,
    program: { version },
    scenario: { name: scenario.name, place: placeText(scenario.place) },
    ...stage.identity,
    append: scenario.append,
    start: scenario.start,
    diskBytes: scenario.diskBytes,
    begin,
  };
  const { events } = session;
  return {
    header,
    events,
    finish: (failure) => {
      stage.settle();
      const log = watch.log(stage.consolePort);
      const console = { byteCount: log.byteCount, sha256: log.digest() };
      return { header, events, end: { end: stage.moment, stateHash: stateHash(stage.machine), console, failure } };
    },
  };
}

async function runSteps(scenario: Scenario, context: StepContext, progress: Progress): Promise<void> {
  for (const step of scenario.steps) {
    progress.step = step;
    await runStep({ ...context }, step);
    context.session.check();
    progress.done++;
  }
}

/** A scenario whose machine could not be made, or not be brought to its start. */
export function unstarted(scenario: Scenario, error: unknown, hostMs: number): ScenarioResult {
  const failure: Failure = {
    ...causeOf(error, scenario),
    place: scenario.place,
    lastLines: [],
    virtualNs: 0,
    hostMs,
    instructions: 0,
    pc: "no CPU",
    vcpu: "none",
  };
  return { ...identity(scenario), verdict: "failed", failure, stepsDone: 0, virtualNs: 0, instructions: 0, hostMs };
}

const identity = (scenario: Scenario) => ({
  name: scenario.name,
  board: scenario.board,
  place: placeText(scenario.place),
  stepCount: scenario.steps.length,
});

/** Runs the scenario once. What fails in it is in the result; only bugs of ours are thrown. */
export async function runScenario(scenario: Scenario, options: RunnerOptions): Promise<ScenarioResult> {
  const { power, hostNowMs, randomSeed, folder } = options;
  const startMs = hostNowMs();
  const watch = new Watch(scenario.forbid.map(parsePattern));
  let stage: Stage;
  try {
    const { board, append, start, diskBytes } = scenario;
    stage = await Stage.open(power, { board, append, start, diskBytes }, watch.feed);
  } catch (error) {
    return unstarted(scenario, error, hostNowMs() - startMs);
  }
  watch.begin(stage.consolePort);
  watch.nowNs = () => stage.moment[1];
  watch.onMatch = () => stage.machine.stop();
  const limits = { hostNowMs, hostTimeoutMs: scenario.hostTimeoutMs, isInterrupted: options.isInterrupted };
  const session = new Session(stage, limits);
  session.check = () => forbid(watch);
  const seed = seedFor(scenario, randomSeed);
  const context: StepContext = { session, stage, watch, timeoutNs: scenario.timeoutNs, seed, randomSeed, folder };
  const begin = stage.moment;
  const journal = journalOf(scenario, options.version, context, begin);
  const progress: Progress = { step: undefined, done: 0 };
  const spent = () => ({
    stepsDone: progress.done,
    virtualNs: stage.moment[1] - begin[1],
    instructions: stage.moment[0] - begin[0],
    hostMs: hostNowMs() - startMs,
  });
  try {
    await runSteps(scenario, context, progress);
    return { ...identity(scenario), verdict: "passed", ...spent() };
  } catch (error) {
    if (error instanceof SessionInterrupted) return { ...identity(scenario), verdict: "interrupted", ...spent() };
    const { step } = progress;
    const cause = { ...causeOf(error, scenario), place: step?.place ?? scenario.place, verb: step?.verb };
    const failure = failureReport(context, cause);
    return { ...identity(scenario), verdict: "failed", failure, journal: journal.finish(failure.message), ...spent() };
  }
}
