/**
 * One command line at a shell on the other end of a serial line, and its answer.
 *
 * The line is typed between two `echo`s of a mark. The mark is written in two pieces there, so that the terminal's
 * echo of the typed line, wrapped and redrawn as the guest's line editor likes, never contains it: what stands between
 * the two marks is exactly the command's output. `eval` keeps lines that end in `&` or a comment valid.
 */

/** A line editor of a small shell takes 1024 characters; longer lines would be cut silently. */
const MAX_TYPED_LENGTH = 1000;
/** Output kept for one command. */
export const MAX_OUTPUT_BYTES = 16 << 20;
const KILL_LINE = 0x15;
const CR = 0x0d;

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The line to type: output of `command` comes between `<mark>` and `<mark:status>`. */
export const typedLine = (command: string, mark: string): string =>
  `echo '<'${mark}'>'; eval ${quote(command)}; echo '<'${mark}:$?'>'`;

/** A word that the command does not contain, the same on every run. */
export function markFor(command: string, nowNs: number): string {
  let mark = `k${Math.floor(nowNs).toString(36)}`;
  while (command.includes(mark)) mark += "x";
  return mark;
}

/** Why a command cannot be typed; `undefined` when it can. */
export function shellLineProblem(command: string, mark: string): string | undefined {
  const { length } = typedLine(command, mark);
  if (length <= MAX_TYPED_LENGTH && !/[\x00-\x1f]/.test(command)) return undefined;
  return `expected a line of printable characters, at most ${MAX_TYPED_LENGTH} when quoted, found ${length}`;
}

/** The keys that type a line: what stood on the shell's line before is taken off. */
export const keysOf = (line: string): Uint8Array => Uint8Array.from([KILL_LINE, ...new TextEncoder().encode(line), CR]);

/** Output without the terminal's CRs and without cursor position queries, which are meant for a terminal. */
const cleanOutput = (text: string): string => text.replaceAll("\r\n", "\n").replaceAll("\x1b[6n", "");

/** Watches the bytes of a line for the two marks. */
export class AnswerReader {
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
