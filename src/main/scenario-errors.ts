/** The errors of `test`, `replay` and the store of snapshots, one function per code. */
import { ExitCode, HvError } from "../base/index.ts";

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const noScenarios = (files: readonly string[], grep: string | undefined): HvError =>
  new HvError({
    code: "scenarios-missing",
    message: `expected scenarios in ${files.join(", ") || "files"}${grep === undefined ? "" : ` whose names have "${grep}"`}, found none`,
    hint: "komainu test --list FILE... shows their names.",
    facts: { files, grep },
  });

export const reportUnwritable = (path: string, error: unknown): HvError =>
  new HvError({
    code: "report-unwritable",
    message: `expected to write ${path}, found ${reasonOf(error)}`,
    hint: "See whether its folder exists and can be written to.",
    facts: { path },
    exitCode: ExitCode.environment,
    cause: error,
  });

export const workerFailed = (reason: string): HvError =>
  new HvError({
    code: "worker-failed",
    message: `a child process that runs scenarios did not do its job: ${reason}`,
    hint: "komainu test --jobs 1 runs them in this process.",
    facts: { reason },
    exitCode: ExitCode.environment,
  });

export const untilUnseen = (pattern: string, where: string): HvError =>
  new HvError({
    code: "until-unseen",
    message: `--until: expected the console to print ${JSON.stringify(pattern)}, found the end of the journal, at ${where}`,
    hint: "The replay was the same run; without --until it shows all that the console printed.",
    facts: { pattern, where },
    exitCode: ExitCode.failed,
  });

export const storeDamaged = (path: string, expected: string, found: string): HvError =>
  new HvError({
    code: "snapshot-store-damaged",
    message: `${path}: expected ${expected}, found ${found}`,
    hint: "The machine is as it was. Make a new snapshot; a file that is damaged can be removed.",
    facts: { path, expected, found },
    exitCode: ExitCode.environment,
  });

/** Another process writes to the store at this moment. */
export const storeBusy = (folder: string, cause: HvError): HvError =>
  new HvError({
    code: "snapshot-store-busy",
    message: `${folder}: expected to have the store of snapshots alone for a moment, found another process at it`,
    hint: "Try again.",
    facts: { folder, ...cause.facts },
    exitCode: ExitCode.environment,
    cause,
  });

export const snapshotUnknown = (name: string, hint: string): HvError =>
  new HvError({
    code: "snapshot-unknown",
    message: `expected the name of a snapshot or the begin of its id, found "${name}"`,
    hint,
    facts: { name },
  });

/** A snapshot file that says what is wrong with it, with its path. */
export const snapshotRefused = (path: string, { code, message, hint, facts, exitCode }: HvError): HvError =>
  new HvError({ code, message: `${path}: ${message}`, hint, facts: { ...facts, path }, exitCode });
