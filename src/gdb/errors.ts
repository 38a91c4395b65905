/** The errors of the debugger's server, one function per code. */
import { ExitCode, HvError } from "../base/index.ts";

export const gdbPortUnusable = (port: number, cause: unknown): HvError =>
  new HvError({
    code: "gdb-port-unusable",
    message: `--gdb: expected port ${port} of this machine to be free, found ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: "Give another port; 0 takes any free one and prints it.",
    facts: { port },
    exitCode: ExitCode.environment,
    cause,
  });
