/** What the user sees when something went wrong, and the exit code for it. */
import { ExitCode, HvError } from "../base/index.ts";
import { type ProgramIo, wantsColor } from "./program-io.ts";

/** Explains an `HvError` in words; anything else is a bug of ours and is shown whole. */
export function reportFailure(error: unknown, io: ProgramIo): ExitCode {
  const title = wantsColor(io) ? "\x1b[31merror:\x1b[0m" : "error:";
  if (error instanceof HvError) {
    io.err(`${title} ${error.explain()}\n`);
    return error.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.err(`${title} this is a bug in Komainu, please report it with the text below\n${stack}\n`);
  return ExitCode.failed;
}
