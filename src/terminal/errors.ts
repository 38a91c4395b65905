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
