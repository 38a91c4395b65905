/** What can go wrong with a measurement, one function per code. */
import { ExitCode, HvError } from "../../src/base/index.ts";

export const answerMalformed = (what: string, found: string): HvError =>
  new HvError({
    code: "bench-answer-malformed",
    message: `expected ${what}, found: ${found}`,
    facts: { what, found },
    exitCode: ExitCode.failed,
  });

export const machineEnded = (machine: string, end: string, lastText: string): HvError =>
  new HvError({
    code: "bench-machine-ended",
    message: `${machine} ended (${end}) before it was done; it printed last:\n${lastText}`,
    facts: { machine, end },
    exitCode: ExitCode.failed,
  });

export const machineSilent = (machine: string, seconds: number, lastText: string): HvError =>
  new HvError({
    code: "bench-timeout",
    message: `${machine} was not done after ${seconds} s; it printed last:\n${lastText}`,
    facts: { machine, seconds },
    exitCode: ExitCode.timeout,
  });

export const programMissing = (program: string, hint: string): HvError =>
  new HvError({
    code: "bench-program-missing",
    message: `${program} does not start`,
    hint,
    facts: { program },
    exitCode: ExitCode.environment,
  });

export const commandFailed = (command: string, found: string): HvError =>
  new HvError({
    code: "bench-command-failed",
    message: `${command}: expected a heading, a row and exit code 0, found: ${found}`,
    facts: { command, found },
    exitCode: ExitCode.failed,
  });

/** `how` is the command that gets it, `build` or `fetch`. */
export const guestMissing = (board: string, how: "build" | "fetch"): HvError =>
  new HvError({
    code: "bench-guest-missing",
    message: `the guest of ${board} is not in the cache`,
    hint: `${how === "build" ? "Build" : "Fetch"} it with: node dist/komainu.js guest ${how} ${board}`,
    facts: { board },
    exitCode: ExitCode.environment,
  });

export const optionInvalid = (option: string, expected: string, found: string): HvError =>
  new HvError({
    code: "bench-option-invalid",
    message: `${option}: expected ${expected}, found "${found}"`,
    facts: { option, expected, found },
  });

export const historyUnlike = (path: string, expected: string, found: string): HvError =>
  new HvError({
    code: "bench-history-columns",
    message: `${path}: expected the columns ${expected}, found ${found}`,
    hint: "Bring the old rows to the new columns, or move the file away.",
    facts: { path, expected, found },
  });
