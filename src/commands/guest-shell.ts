/** Runs one command line at a guest's shell over its serial port, as a person at the terminal would. */
import { Status } from "../base/index.ts";
import type { VirtualSerialPort } from "../vm/index.ts";
import type { CommandContext } from "./context.ts";
import { waitAsleep } from "./context.ts";
import { AnswerReader, keysOf, MAX_OUTPUT_BYTES, markFor, shellLineProblem, typedLine } from "./shell-answer.ts";

/** The guest may be silent that long while the command runs. */
const SILENCE_LIMIT_NS = 60e9;
/** The prompt is complete when the line has been quiet that long after the command's end. */
const PROMPT_QUIET_NS = 20e6;
/** A background job may print for ever after the command's end. */
const PROMPT_LIMIT_NS = 1e9;
const CTRL_C = 0x03;

export interface ShellAnswer {
  /** 0, the guest command's exit status, or a negative code when it could not be run to its end. */
  readonly code: Status;
  readonly output: string;
  /** Why the code is negative. */
  readonly problem?: string;
}

/** Types `command` on `port` and waits for its end. The port must have nobody else listening. */
export async function runAtGuestShell(
  context: CommandContext,
  port: VirtualSerialPort,
  command: string,
): Promise<ShellAnswer> {
  const { clock } = context.hv;
  const mark = markFor(command, clock.nowNs());
  const problem = shellLineProblem(command, mark);
  if (problem !== undefined) return { code: Status.overflow, output: "", problem };
  const reader = new AnswerReader(mark, clock.nowNs());
  const stopListening = port.listen((byte) => reader.take(byte, clock.nowNs()));
  port.send(keysOf(typedLine(command, mark)));
  const isInterrupted = await waitForEnd(context, reader);
  reader.close();
  if (isInterrupted || reader.status === undefined) port.send(Uint8Array.of(CTRL_C));
  await waitForPrompt(context, reader);
  stopListening();
  return answerOf(reader, port, isInterrupted);
}

/** True when the user typed Ctrl-C; otherwise the command ended, or the guest was silent for too long. */
async function waitForEnd(context: CommandContext, reader: AnswerReader): Promise<boolean> {
  const { console, hv } = context;
  let isInterrupted = false;
  const isOver = (): boolean => {
    isInterrupted = console.takeInterrupt();
    return isInterrupted || reader.isOverflowing || reader.status !== undefined;
  };
  for (;;) {
    const deadlineNs = reader.lastByteNs + SILENCE_LIMIT_NS;
    if (await waitAsleep(context, isOver, deadlineNs)) return isInterrupted;
    if (hv.clock.nowNs() >= reader.lastByteNs + SILENCE_LIMIT_NS) return false;
  }
}

async function waitForPrompt(context: CommandContext, reader: AnswerReader): Promise<void> {
  const { clock } = context.hv;
  const limitNs = clock.nowNs() + PROMPT_LIMIT_NS;
  while (clock.nowNs() < limitNs) {
    const quietAtNs = Math.min(limitNs, Math.max(reader.lastByteNs, clock.nowNs()) + PROMPT_QUIET_NS);
    const seenNs = reader.lastByteNs;
    await waitAsleep(context, () => false, quietAtNs);
    if (reader.lastByteNs === seenNs) return;
  }
}

function answerOf(reader: AnswerReader, port: VirtualSerialPort, isInterrupted: boolean): ShellAnswer {
  const { output, status } = reader;
  if (status !== undefined) return { code: status, output };
  if (isInterrupted) return { code: Status.again, output, problem: "interrupted" };
  if (reader.isOverflowing) {
    return {
      code: Status.overflow,
      output,
      problem: `expected at most ${MAX_OUTPUT_BYTES} bytes of output, found more`,
    };
  }
  const seconds = SILENCE_LIMIT_NS / 1e9;
  const problem = reader.hasStarted
    ? `expected the command to end, found ${port.name} silent for ${seconds} s of virtual time`
    : `expected a shell prompt on ${port.name}, found no answer for ${seconds} s of virtual time`;
  return { code: Status.timedOut, output, problem };
}
