/**
 * Runs one command line at a guest's shell over its serial port, as a person at the terminal would.
 *
 * The line is typed between two `echo`s of a mark. The mark is written in two pieces there, so that the terminal's
 * echo of the typed line, wrapped and redrawn as the guest's line editor likes, never contains it: what stands between
 * the two marks is exactly the command's output. `eval` keeps lines that end in `&` or a comment valid.
 */
import { Status } from "../base/index.ts";
import type { VirtualSerialPort } from "../vm/index.ts";
import type { CommandContext } from "./context.ts";
import { waitAsleep } from "./context.ts";

/** A line editor of a small shell takes 1024 characters; longer lines would be cut silently. */
const MAX_TYPED_LENGTH = 1000;
/** The guest may be silent that long while the command runs. */
const SILENCE_LIMIT_NS = 60e9;
/** The prompt is complete when the line has been quiet that long after the command's end. */
const PROMPT_QUIET_NS = 20e6;
/** A background job may print for ever after the command's end. */
const PROMPT_LIMIT_NS = 1e9;
/** Output kept for one command. */
const MAX_OUTPUT_BYTES = 16 << 20;
const KILL_LINE = 0x15;
const CTRL_C = 0x03;
const CR = 0x0d;

export interface ShellAnswer {
  /** 0, the guest command's exit status, or a negative code when it could not be run to its end. */
  readonly code: Status;
  readonly output: string;
  /** Why the code is negative. */
  readonly problem?: string;
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The line to type: output of `command` comes between `<mark>` and `<mark:status>`. */
export const typedLine = (command: string, mark: string): string =>
  `echo '<'${mark}'>'; eval ${quote(command)}; echo '<'${mark}:$?'>'`;

/** A word that the command does not contain, the same on every run. */
function markFor(command: string, nowNs: number): string {
  let mark = `k${Math.floor(nowNs).toString(36)}`;
  while (command.includes(mark)) mark += "x";
  return mark;
}

/** Output without the terminal's CRs and without cursor position queries, which are meant for a terminal. */
const cleanOutput = (text: string): string => text.replaceAll("\r\n", "\n").replaceAll("\x1b[6n", "");

/** Watches the port's bytes for the two marks. */
class AnswerReader {
  private readonly bytes: number[] = [];
  private readonly mark: string;
  /** Index of the first byte of output. */
  private start = -1;
  private scanned = 0;
  private end: { at: number; status: number } | undefined;
  lastByteNs: number;
  isOverflowing = false;
  /** No longer takes output: the command ended or was given up. */
  private isClosed = false;

  constructor(mark: string, nowNs: number) {
    this.mark = mark;
    this.lastByteNs = nowNs;
  }

  get hasStarted(): boolean {
    return this.start >= 0;
  }

  get status(): number | undefined {
    return this.end?.status;
  }

  get output(): string {
    if (this.start < 0) return "";
    const bytes = this.bytes.slice(this.start, this.end?.at);
    return cleanOutput(Buffer.from(bytes).toString("utf8"));
  }

  take(byte: number, nowNs: number): void {
    this.lastByteNs = nowNs;
    if (this.isClosed) return;
    if (this.bytes.length >= MAX_OUTPUT_BYTES) {
      this.isOverflowing = true;
      return;
    }
    this.bytes.push(byte);
    if (byte === 0x0a) this.scan();
  }

  close(): void {
    this.isClosed = true;
  }

  /** Looks at what came since the last line end; a mark is never split over lines. */
  private scan(): void {
    const text = Buffer.from(this.bytes.slice(this.scanned)).toString("latin1");
    if (this.start < 0) {
      const opening = text.indexOf(`<${this.mark}>`);
      if (opening >= 0) this.start = this.bytes.length;
    } else {
      const closing = new RegExp(`<${this.mark}:(\\d{1,3})>\\r?\\n$`).exec(text);
      if (closing !== null) {
        this.end = { at: this.scanned + closing.index, status: Number(closing[1]) };
        this.close();
      }
    }
    this.scanned = this.bytes.length;
  }
}

/** Types `command` on `port` and waits for its end. The port must have nobody else listening. */
export async function runAtGuestShell(
  context: CommandContext,
  port: VirtualSerialPort,
  command: string,
): Promise<ShellAnswer> {
  const { clock } = context.hv;
  const mark = markFor(command, clock.nowNs());
  const line = typedLine(command, mark);
  if (line.length > MAX_TYPED_LENGTH || /[\x00-\x1f]/.test(command)) {
    const problem = `expected a line of printable characters, at most ${MAX_TYPED_LENGTH} when quoted, found ${line.length}`;
    return { code: Status.overflow, output: "", problem };
  }
  const reader = new AnswerReader(mark, clock.nowNs());
  const stopListening = port.listen((byte) => reader.take(byte, clock.nowNs()));
  port.send(Uint8Array.from([KILL_LINE, ...new TextEncoder().encode(line), CR]));
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
