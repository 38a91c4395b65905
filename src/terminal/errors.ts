/** The errors of the terminal: one function per code. */
import { ExitCode, HvError } from "../base/index.ts";

export const sendCancelled = (): HvError =>
  new HvError({
    code: "send-cancelled",
    message: "the file was not sent: the receiver or you cancelled it",
    hint: "Start the receiver (rx, rb or loadx, loady) and send again.",
    exitCode: ExitCode.failed,
  });

export const sendStalled = (why: string): HvError =>
  new HvError({
    code: "send-stalled",
    message: `the file was not sent: no answer from the receiver, ${why}`,
    hint: "Start the receiver first: rx FILE for X-modem, rb for Y-modem, loadx or loady in a boot loader.",
    facts: { why },
    exitCode: ExitCode.failed,
  });

export const receiveCancelled = (): HvError =>
  new HvError({
    code: "receive-cancelled",
    message: "the file was not received: the sender or you cancelled it",
    hint: "Start the receiver and then the sender again (sb FILE for Y-modem, sx FILE for X-modem).",
    exitCode: ExitCode.failed,
  });

export const receiveStalled = (why: string): HvError =>
  new HvError({
    code: "receive-stalled",
    message: `the file was not received: no good answer from the sender, ${why}`,
    hint: "Start the sender: sb FILE... for Y-modem, sx FILE for X-modem; both ends have to speak the same protocol.",
    facts: { why },
    exitCode: ExitCode.failed,
  });

/** What comes is no transfer by this protocol. */
export const receiveInvalid = (expected: string, found: string): HvError =>
  new HvError({
    code: "receive-invalid",
    message: `the file was not received: expected ${expected}, found ${found}`,
    hint: "Check that both ends speak the same protocol: sb is Y-modem, sx is X-modem.",
    facts: { expected, found },
    exitCode: ExitCode.failed,
  });

export const receiveTooLarge = (limitBytes: number, found: string): HvError =>
  new HvError({
    code: "receive-too-large",
    message: `the file was not received: expected at most ${limitBytes} bytes, found ${found}`,
    hint: "A file of Y-modem may have as many bytes as its sender says, and 1 GiB at most.",
    facts: { limitBytes, found },
    exitCode: ExitCode.failed,
  });

/** `--receive` does not fit the protocol. */
export const receiveTargetInvalid = (path: string, expected: string, found: string): HvError =>
  new HvError({
    code: "receive-target-invalid",
    message: `${path}: expected ${expected}, found ${found}`,
    hint: "X-modem knows no names: give a file. Y-modem brings its files' names: give a folder that exists. --force replaces what is there.",
    facts: { path, expected, found },
  });

export const fileUnwritable = (path: string, cause: unknown): HvError =>
  new HvError({
    code: "file-unwritable",
    message: `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: "Give a folder that you may write to and that has room.",
    facts: { path },
    exitCode: ExitCode.environment,
  });

export const transferBusy = (): HvError =>
  new HvError({
    code: "transfer-busy",
    message: "expected a line without a transfer, found one under way",
    hint: "Wait for its end, or cancel it with Ctrl-C.",
  });

export const mapUnknown = (name: string, known: readonly string[]): HvError =>
  new HvError({
    code: "map-unknown",
    message: `--map: expected names of ${known.join(", ")}, found "${name}"`,
    facts: { name, known },
  });

export const escapeInvalid = (text: string): HvError =>
  new HvError({
    code: "escape-invalid",
    message: `--escape: expected ctrl-a to ctrl-z or none, found "${text}"`,
    facts: { text },
  });

export const fileUnreadable = (path: string, cause: unknown): HvError =>
  new HvError({
    code: "file-unreadable",
    message: `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: "Give the path of a file that exists and that you may read.",
    facts: { path },
    exitCode: ExitCode.environment,
  });
