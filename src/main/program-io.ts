/** The outside world of one run of the program; tests give their own. */

export interface ProgramIo {
  /** Guest and console text, and the answers of commands that only print something. */
  out(text: string | Uint8Array): void;
  /** Everything of ours: progress, log, errors. */
  err(text: string): void;
  readonly env: NodeJS.ProcessEnv;
  /** Standard error is a terminal. */
  readonly isErrTerminal: boolean;
}

export const processIo = (): ProgramIo => ({
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  env: process.env,
  isErrTerminal: process.stderr.isTTY === true,
});

/** Whether our own text may have colours: https://no-color.org, and `FORCE_COLOR` against it. */
export function wantsColor({ env, isErrTerminal }: ProgramIo): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "") return env.FORCE_COLOR !== "0";
  return isErrTerminal && env.TERM !== "dumb";
}
