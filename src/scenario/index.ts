export * from "./console-log.ts";
export {
  imagesDiffer,
  journalUnreadable,
  type Place,
  placeText,
  scenarioUnreadable,
} from "./errors.ts";
export { type Failure, failureLines, whereIs } from "./failure-report.ts";
export {
  JOURNAL_LIMITS,
  JOURNAL_SCHEMA,
  type Journal,
  type JournalHeader,
  journalText,
  parseJournal,
} from "./journal-format.ts";
export { isAsExpected, type Scalar, valueAtPath } from "./json-path.ts";
export { parseDuration, scenarioJsonSchema } from "./language.ts";
export { randomNumbers } from "./line-fault.ts";
export { type LineResult, LineRunner, lineExitCode, lineResultText } from "./line-runner.ts";
export type { HostClock, ScriptLine } from "./line-session.ts";
export { DEFAULT_FORBIDDEN, parseScenarios, type Scenario, type Step } from "./parse-scenario.ts";
export { parseScript } from "./parse-script.ts";
export { isRegularExpression, type Pattern, parsePattern, patternProblem } from "./pattern.ts";
export { readDeviceRegister, readGuestMemory, readRegister } from "./readings.ts";
export { type ReplayOptions, type ReplayResult, replayJournal } from "./replay.ts";
export { type Report, totalsOf } from "./report.ts";
export { githubAnnotations, githubSummary } from "./report-github.ts";
export { junitXml } from "./report-junit.ts";
export { resultEvent, summaryEvent } from "./report-ndjson.ts";
export { resultText, summaryText } from "./report-text.ts";
export type { PowerRig, Rig, RigRequest } from "./rig.ts";
export { runScenario, type ScenarioResult, unstarted } from "./runner.ts";
export { type RunnerOptions, type RunSettings, ScenarioRun } from "./scenario-run.ts";
export { Session, SessionInterrupted } from "./session.ts";
export { Stage } from "./stage.ts";
export { StepFailure } from "./step-failure.ts";
export { Watch } from "./watch.ts";
