/** The one error type for bad input and failed I/O: a stable code, the facts, and what to do next. */

/** Exit codes of the command line; see `docs/spec.md`. */
export const ExitCode = { ok: 0, failed: 1, usage: 2, environment: 3, timeout: 42, interrupted: 130 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export interface HvErrorInit {
  /** Stable and machine-readable, such as `profile-overlap`. */
  code: string;
  /** What was expected and what was found, in one sentence. */
  message: string;
  /** What the user can do about it. */
  hint?: string;
  /** The values the message was made of. */
  facts?: Readonly<Record<string, unknown>>;
  exitCode?: ExitCode;
  cause?: unknown;
}

/**
 * Bad input or a failed environment. Made by one function per code in the `errors.ts` of the folder it belongs to.
 * Our own bugs are plain `Error`s from `assert` and end the run.
 */
export class HvError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly exitCode: ExitCode;

  constructor(init: HvErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = "HvError";
    this.code = init.code;
    this.hint = init.hint;
    this.facts = init.facts ?? {};
    this.exitCode = init.exitCode ?? ExitCode.usage;
  }

  /** The text for a person: message, code and hint. */
  explain(): string {
    return `${this.message} [${this.code}]${this.hint === undefined ? "" : `\n  ${this.hint}`}`;
  }
}

/** Ends the run when one of our own invariants is broken. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}
