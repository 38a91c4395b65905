/** Runs scripts on a real line, one after the other, to the end or to the first step that fails. */
import { ExitCode, HvError } from "../base/index.ts";
import { type HostClock, LineSession, type ScriptLine } from "./line-session.ts";
import { runLineStep } from "./line-steps.ts";
import type { LineScript, LineStep } from "./parse-script.ts";
import { HostTimeout, SessionInterrupted } from "./session.ts";
import { StepFailure } from "./step-failure.ts";
import { reportLines, type StepCause, type StepReport, stepReport } from "./step-report.ts";

export interface LineResult {
  readonly name: string;
  readonly verdict: "passed" | "failed" | "interrupted";
  readonly failure?: StepReport;
  readonly stepCount: number;
  readonly hostMs: number;
}

export interface LineRunOptions {
  readonly line: ScriptLine;
  readonly clock: HostClock;
  /** Where the names of files begin. */
  readonly folder: string;
}

type Cause = Omit<StepCause, "place" | "verb">;

/** What was thrown in words; a bug of ours goes on its way. */
function causeOf(error: unknown, { hostTimeoutMs = 0 }: LineScript): Cause {
  if (error instanceof StepFailure) {
    const { port, pattern } = error.text;
    return { kind: error.kind, message: error.message, port, pattern };
  }
  if (error instanceof HostTimeout) {
    const message = `expected the script to end within ${hostTimeoutMs / 1000} s, found it running`;
    return { kind: "host-timeout", message };
  }
  if (error instanceof HvError) {
    return { kind: "error", code: error.code, message: error.message, exitCode: error.exitCode };
  }
  throw error;
}

export class LineRunner {
  private readonly options: LineRunOptions;
  private session: LineSession | undefined;
  /** What ended the run before or between its scripts. */
  private over: ((session: LineSession) => void) | undefined;

  constructor(options: LineRunOptions) {
    this.options = options;
  }

  arrived(data: Uint8Array): void {
    this.session?.arrived(data);
  }

  interrupt(): void {
    this.end((session) => session.interrupt());
  }

  lost(reason: string): void {
    this.end((session) => session.lost(reason));
  }

  /** The results up to the first that did not pass; only bugs of ours are thrown. */
  async run(scripts: readonly LineScript[]): Promise<LineResult[]> {
    const results: LineResult[] = [];
    for (const script of scripts) {
      const result = await this.one(script);
      results.push(result);
      if (result.verdict !== "passed") break;
    }
    return results;
  }

  private end(how: (session: LineSession) => void): void {
    this.over ??= how;
    if (this.session !== undefined) how(this.session);
  }

  private async one(script: LineScript): Promise<LineResult> {
    const { line, clock, folder } = this.options;
    const session = new LineSession(line, clock, script);
    this.session = session;
    this.over?.(session);
    const { name, timeoutNs, steps, place } = script;
    const spent = () => ({ name, stepCount: steps.length, hostMs: session.nowNs / 1e6 });
    let step: LineStep | undefined;
    try {
      for (step of steps) {
        await runLineStep({ session, timeoutNs, folder }, step);
        session.check();
      }
      return { verdict: "passed", ...spent() };
    } catch (error) {
      if (error instanceof SessionInterrupted) return { verdict: "interrupted", ...spent() };
      const cause = { ...causeOf(error, script), place: step?.place ?? place, verb: step?.verb };
      const { hostMs } = spent();
      return { verdict: "failed", failure: { ...stepReport(session.watch, line.name, cause), hostMs }, ...spent() };
    }
  }
}

/** What a script came to, as lines for people. */
export function lineResultText({ verdict, name, stepCount, hostMs, failure }: LineResult): string {
  const word = { passed: "pass", failed: "FAIL", interrupted: "stop" }[verdict];
  const first = `${word}  ${name} (${stepCount} step${stepCount === 1 ? "" : "s"}, ${(hostMs / 1000).toFixed(2)} s)\n`;
  if (failure === undefined) return first;
  const [message, ...rest] = reportLines(failure);
  const last = `after ${(failure.hostMs / 1000).toFixed(1)} s`;
  return `${first}      ${message}\n${[...rest, last].map((text) => `      ${text}\n`).join("")}`;
}

/** 0 when all passed; 42 when the time was up; an error's own code; else 1. */
export function lineExitCode(results: readonly LineResult[]): ExitCode {
  const last = results.at(-1);
  if (last === undefined || last.verdict === "passed") return ExitCode.ok;
  if (last.verdict === "interrupted") return ExitCode.interrupted;
  if (last.failure?.kind === "host-timeout") return ExitCode.timeout;
  return last.failure?.exitCode ?? ExitCode.failed;
}
