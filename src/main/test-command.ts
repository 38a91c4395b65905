/** `komainu test FILE...`: runs board scenarios and reports what came of them. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ExitCode } from "../base/index.ts";
import {
  githubAnnotations,
  githubSummary,
  junitXml,
  parseScenarios,
  type Report,
  resultEvent,
  resultText,
  type Scenario,
  type ScenarioResult,
  scenarioUnreadable,
  summaryEvent,
  summaryText,
  totalsOf,
} from "../scenario/index.ts";
import { Interruption } from "./interruption.ts";
import type { BootCacheOption } from "./options.ts";
import { type ProgramIo, wantsColor } from "./program-io.ts";
import { noScenarios, reportUnwritable } from "./scenario-errors.ts";
import { ScenarioPool } from "./scenario-pool.ts";
import { StatusLine } from "./status-line.ts";

export interface TestOptions {
  readonly jobs?: number;
  /** Only scenarios whose names match. */
  readonly grep?: string;
  readonly list?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly junit?: string;
  /** Annotations and summary; by default where GitHub runs this. */
  readonly github?: boolean;
  readonly journals: string;
  readonly retries?: number;
  readonly bootCache: BootCacheOption;
  readonly timeout: number;
  readonly engine: "jit" | "interp";
  /** The program for child processes; by default the built one beside this module. */
  readonly program?: string;
}

function readScenarios(path: string): Scenario[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw scenarioUnreadable(path, error);
  }
  return parseScenarios(text, path);
}

/** The built program; there is none when the sources run as they are. */
function builtProgram(): string | undefined {
  const path = join(dirname(fileURLToPath(import.meta.url)), "komainu.js");
  return existsSync(path) ? path : undefined;
}

function chosen(files: readonly string[], { grep, retries }: TestOptions): Scenario[] {
  const scenarios = files.flatMap(readScenarios);
  const wanted = grep?.toLowerCase();
  const matching = scenarios.filter(({ name }) => wanted === undefined || name.toLowerCase().includes(wanted));
  if (matching.length === 0) throw noScenarios(files, grep);
  return matching.map((scenario) => ({ ...scenario, retries: retries ?? scenario.retries }));
}

function writeReport(path: string, text: string, write: (path: string, text: string) => void = writeFileSync): void {
  try {
    write(path, text);
  } catch (error) {
    throw reportUnwritable(path, error);
  }
}

/** The worst that happened; a run that could not be made is no failed test. */
function exitCodeOf(results: readonly ScenarioResult[], isInterrupted: boolean): ExitCode {
  const codes = results.flatMap(({ failure }): ExitCode[] => {
    if (failure === undefined) return [];
    return [failure.exitCode ?? (failure.kind === "host-timeout" ? ExitCode.timeout : ExitCode.failed)];
  });
  if (isInterrupted) return ExitCode.interrupted;
  const order = [ExitCode.environment, ExitCode.usage, ExitCode.failed, ExitCode.timeout] as const;
  return order.find((code) => codes.includes(code)) ?? ExitCode.ok;
}

function writeReports(
  io: ProgramIo,
  report: Report,
  { junit, github = io.env.GITHUB_ACTIONS === "true" }: TestOptions,
): void {
  if (junit !== undefined) writeReport(junit, junitXml(report));
  if (!github) return;
  io.out(githubAnnotations(report));
  const { GITHUB_STEP_SUMMARY } = io.env;
  if (GITHUB_STEP_SUMMARY !== undefined && GITHUB_STEP_SUMMARY !== "") {
    writeReport(GITHUB_STEP_SUMMARY, githubSummary(report), appendFileSync);
  }
}

function list(io: ProgramIo, scenarios: readonly Scenario[], isJson: boolean): ExitCode {
  for (const { board, name, place, steps } of scenarios) {
    if (isJson) io.out(`${JSON.stringify({ board, name, ...place, steps: steps.length })}\n`);
    else io.out(`${place.path}:${place.line}: ${board}: ${name}\n`);
  }
  return ExitCode.ok;
}

export async function test(io: ProgramIo, files: readonly string[], options: TestOptions): Promise<ExitCode> {
  const { json = false, quiet = false, bootCache, engine, journals, timeout: bootSeconds } = options;
  const scenarios = chosen(files, options);
  if (options.list === true) return list(io, scenarios, json);
  const interruption = new Interruption();
  interruption.listen();
  const status = new StatusLine(io);
  const isColored = wantsColor(io);
  const results: ScenarioResult[] = [];
  const tell = (result: ScenarioResult): void => {
    results.push(result);
    if (json) status.io.out(`${JSON.stringify(resultEvent(result))}\n`);
    else if (!quiet || result.verdict === "failed") status.io.out(resultText(result, { isColored }));
  };
  const startMs = Date.now();
  const pool = new ScenarioPool(scenarios, {
    settings: { bootCache, bootSeconds, engine, journals },
    env: io.env,
    jobs: options.jobs ?? availableParallelism(),
    program: options.program ?? builtProgram(),
    isInterrupted: () => interruption.isRequested,
    onResult: tell,
  });
  try {
    const progress = () => `${results.length} of ${scenarios.length} scenarios`;
    const ordered = await status.during(progress, () => pool.run());
    const report: Report = { results: ordered, hostMs: Date.now() - startMs, startMs };
    writeReports(io, report, options);
    if (json) io.out(`${JSON.stringify(summaryEvent(report))}\n`);
    else io.out(summaryText(report));
    const isWhole = totalsOf(report).all === scenarios.length;
    return exitCodeOf(ordered, interruption.isRequested || !isWhole);
  } finally {
    interruption.stop();
  }
}
