/** Errors of scenario files, journals and their runs, one function per code. */
import { ExitCode, HvError } from "../base/index.ts";

/** A place in a text file; both count from 1. */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

export const placeText = ({ path, line, column }: Place): string => `${path}:${line}:${column}`;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const scenarioUnreadable = (path: string, error: unknown): HvError =>
  new HvError({
    code: "scenario-unreadable",
    message: `${path}: expected a readable scenario file, found ${reasonOf(error)}`,
    hint: "Scenario files are YAML, such as boards/versatilepb.test.yaml.",
    facts: { path },
    exitCode: ExitCode.environment,
    cause: error,
  });

/** The text is no YAML, or YAML that no scenario needs. */
export const scenarioSyntax = (place: Place, problem: string): HvError =>
  new HvError({
    code: "scenario-syntax",
    message: `${placeText(place)}: ${problem}`,
    hint: "docs/ci.md shows the whole language.",
    facts: { ...place },
  });

export interface ScenarioFinding extends Place {
  readonly message: string;
  readonly hint?: string;
  /** Of the error, where it is not `scenario-invalid`. */
  readonly code?: string;
}

/** YAML that is no scenario; the first finding leads, the rest are in `facts.findings`. */
export function scenarioInvalid(findings: readonly ScenarioFinding[]): HvError {
  const [first] = findings;
  const more = findings.length === 1 ? "" : ` (and ${findings.length - 1} more)`;
  return new HvError({
    code: first.code ?? "scenario-invalid",
    message: `${placeText(first)}: ${first.message}${more}`,
    hint: first.hint ?? "docs/ci.md shows the whole language.",
    facts: { path: first.path, findings },
  });
}

/** The other end of a real line is gone while a script runs on it. */
export const lineLost = (name: string, reason: string): HvError =>
  new HvError({
    code: "line-lost",
    message: `expected ${name} to stay connected, found it gone: ${reason}`,
    hint: "Without --no-reconnect the terminal connects again and the script goes on.",
    facts: { name, reason },
    exitCode: ExitCode.environment,
  });

export const journalUnreadable = (path: string, error: unknown): HvError =>
  new HvError({
    code: "journal-unreadable",
    message: `${path}: expected a readable journal, found ${reasonOf(error)}`,
    hint: "A failing scenario leaves one: komainu test --journals FOLDER",
    facts: { path },
    exitCode: ExitCode.environment,
    cause: error,
  });

/** `line` counts from 1; the column is that of the line's start. */
export const journalInvalid = (path: string, line: number, expected: string, found: string): HvError =>
  new HvError({
    code: "journal-invalid",
    message: `${path}:${line}:1: expected ${expected}, found ${found}`,
    hint: "The file is damaged, cut off, or of another version.",
    facts: { path, line, expected, found },
  });

/** The run did not go where the journal says; `where` names the event. */
export const replayDiverged = (where: string, expected: string, found: string): HvError =>
  new HvError({
    code: "replay-diverged",
    message: `replay: ${where}: expected ${expected}, found ${found}`,
    hint: "Another version of Komainu or other images run another way; the journal's first line names both.",
    facts: { where, expected, found },
    exitCode: ExitCode.failed,
  });

export const imagesDiffer = (what: string, expected: string, found: string): HvError =>
  new HvError({
    code: "journal-image-missing",
    message: `the journal's ${what}: expected a file with SHA-256 ${expected}, found ${found}`,
    hint: "Give the folder that has it with --images FOLDER, or get the board's guest of that version.",
    facts: { what, expected, found },
    exitCode: ExitCode.environment,
  });
