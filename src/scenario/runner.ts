/** Runs one scenario from power-on, or from the prompt, to its end or to the first step that fails. */
import { placeText } from "./errors.ts";
import type { Failure } from "./failure-report.ts";
import type { Journal } from "./journal-format.ts";
import type { Scenario, Step } from "./parse-scenario.ts";
import { causeOf, type RunnerOptions, ScenarioRun } from "./scenario-run.ts";
import { SessionInterrupted } from "./session.ts";

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

const identity = (scenario: Scenario) => ({
  name: scenario.name,
  board: scenario.board,
  place: placeText(scenario.place),
  stepCount: scenario.steps.length,
});

/** A scenario whose machine could not be made, or not be brought to its start. */
export function unstarted(scenario: Scenario, error: unknown, hostMs: number): ScenarioResult {
  const nowhere = { lastLines: [], virtualNs: 0, instructions: 0, pc: "no CPU", vcpu: "none" };
  const failure: Failure = { ...causeOf(error, scenario), place: scenario.place, hostMs, ...nowhere };
  return { ...identity(scenario), verdict: "failed", failure, stepsDone: 0, virtualNs: 0, instructions: 0, hostMs };
}

/** Runs the scenario once. What fails in it is in the result; only bugs of ours are thrown. */
export async function runScenario(scenario: Scenario, options: RunnerOptions): Promise<ScenarioResult> {
  const startMs = options.hostNowMs();
  let run: ScenarioRun;
  try {
    run = await ScenarioRun.open(scenario, options);
  } catch (error) {
    return unstarted(scenario, error, options.hostNowMs() - startMs);
  }
  let step: Step | undefined;
  let stepsDone = 0;
  try {
    for (step of scenario.steps) {
      await run.step(step);
      stepsDone++;
    }
    return { ...identity(scenario), verdict: "passed", stepsDone, ...run.spent };
  } catch (error) {
    if (error instanceof SessionInterrupted) {
      return { ...identity(scenario), verdict: "interrupted", stepsDone, ...run.spent };
    }
    const failure = run.failure(error, { place: step?.place ?? scenario.place, verb: step?.verb });
    const journal = run.journal(failure.message);
    return { ...identity(scenario), verdict: "failed", failure, journal, stepsDone, ...run.spent };
  }
}
