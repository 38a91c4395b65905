/** Why a step failed. */

export type FailureKind =
  /** Something else came than was expected. */
  | "assertion"
  /** The guest's time was up. */
  | "timeout"
  /** The host's time was up: the machine is too slow, or the limit too small. */
  | "host-timeout"
  /** A pattern came that must not. */
  | "forbidden"
  /** The step, the board or its boot could not be done at all. */
  | "error";

export interface FailureText {
  readonly expected: string;
  readonly found: string;
  /** The port whose last lines tell more. */
  readonly port?: string;
  /** What was looked for on it. */
  readonly pattern?: string;
}

/** Ends a scenario; never reaches the user as an error of ours. */
export class StepFailure extends Error {
  readonly kind: FailureKind;
  readonly text: FailureText;

  constructor(kind: FailureKind, text: FailureText) {
    super(`expected ${text.expected}, found ${text.found}`);
    this.kind = kind;
    this.text = text;
  }
}
