/** Errors about memory, one function per code. */
import { ExitCode, HvError } from "../base/index.ts";

export const hostMemoryShort = (ramSizeBytes: number, cause: unknown): HvError =>
  new HvError({
    code: "host-memory-short",
    message: `host RAM of the board: expected room for ${ramSizeBytes} bytes in this machine's memory, found ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: "Close other programs, raise a limit (ulimit -v), or give the profile less host RAM.",
    facts: { ramSizeBytes },
    exitCode: ExitCode.environment,
    cause,
  });
