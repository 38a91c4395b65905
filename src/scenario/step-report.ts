/** Why a step failed and what its line showed: what can be told of a modelled board and of a real one alike. */
import type { ExitCode } from "../base/index.ts";
import type { LogLine } from "./console-log.ts";
import { type Place, placeText } from "./errors.ts";
import { nearestLine } from "./nearest-line.ts";
import type { FailureKind } from "./step-failure.ts";
import type { Watch } from "./watch.ts";

const LAST_LINES = 10;
const SEARCHED_LINES = 200;

interface Reason {
  readonly kind: FailureKind;
  /** Of an error of ours. */
  readonly code?: string;
  readonly exitCode?: ExitCode;
  readonly message: string;
  readonly place: Place;
  /** As the scenario has it: `expect`. */
  readonly verb?: string;
}

export interface StepReport extends Reason {
  readonly lastLines: readonly LogLine[];
  readonly nearest?: LogLine;
  readonly hostMs: number;
}

export interface StepCause extends Reason {
  /** The port whose lines tell more, where it is not the console. */
  readonly port?: string;
  /** What was looked for on it. */
  readonly pattern?: string;
}

/** What the line showed when it came to this. */
export function stepReport(watch: Watch, consolePort: string, cause: StepCause): Omit<StepReport, "hostMs"> {
  const { port = consolePort, pattern, ...rest } = cause;
  const log = watch.log(port);
  const nearest = pattern === undefined ? undefined : nearestLine(pattern, log.lastLines(SEARCHED_LINES));
  return { ...rest, lastLines: log.lastLines(LAST_LINES), nearest };
}

export const momentText = (ns: number): string => `${(ns / 1e9).toFixed(3)} s`;

/** Lines for people, the first of them the message. */
export function reportLines({ message, code, place, verb, lastLines, nearest }: Omit<StepReport, "hostMs">): string[] {
  const step = verb === undefined ? "" : ` (${verb})`;
  const lines = [`${placeText(place)}${step}: ${message}${code === undefined ? "" : ` [${code}]`}`];
  if (nearest !== undefined) {
    const past = nearest.isPast ? ", which an earlier step had passed already" : "";
    lines.push(`nearest line, at ${momentText(nearest.atNs)}${past}: ${nearest.text}`);
  }
  lines.push(lastLines.length === 0 ? "the console showed nothing" : "the console ended with:");
  for (const line of lastLines) lines.push(`  | ${line.text}`);
  return lines;
}
