/**
 * All that a serial port printed, as one text with a cursor: what is expected is looked for from the cursor on, never in
 * chunks, so that it does not matter how the bytes came.
 *
 * Control sequences of terminals and carriage returns are no text: a coloured prompt is still a prompt.
 */
import { createHash } from "node:crypto";
import { StringDecoder } from "node:string_decoder";
import type { Pattern } from "./pattern.ts";

/** A match is at most so long; what was printed before it is searched once, when a pattern is first asked for. */
const MAX_MATCH_CHARACTERS = 4_096;
/** When more was printed than this, the older half is forgotten. */
const KEPT_CHARACTERS = 4 << 20;
const ESC = 0x1b;
const CR = 0x0d;
const LF = 0x0a;

/** Takes the bytes of control sequences out of a stream: ESC, or ESC [ parameters and a final byte. */
class ControlSequences {
  private state: "text" | "escape" | "sequence" = "text";

  isText(byte: number): boolean {
    if (this.state === "text") {
      if (byte !== ESC) return true;
      this.state = "escape";
    } else if (this.state === "escape") {
      this.state = byte === 0x5b ? "sequence" : "text";
    } else if (byte >= 0x40 && byte <= 0x7e) this.state = "text";
    return false;
  }
}

export interface LogLine {
  readonly text: string;
  /** Virtual time of its first character. */
  readonly atNs: number;
  /** It ended before the cursor: an expectation has passed it. */
  readonly isPast: boolean;
}

export class ConsoleLog {
  /** Characters that were forgotten; positions count from the first one printed. */
  private forgotten = 0;
  private older = "";
  /** The end of the text, apart: it is searched at every byte, and a text that has just grown is copied for that. */
  private tail = "";
  private position = 0;
  private starts: { at: number; ns: number }[] = [];
  private readonly sequences = new ControlSequences();
  private readonly decoder = new StringDecoder("utf8");
  private readonly hash = createHash("sha256");
  private hashed: number[] = [];
  private isLineStart = true;
  byteCount = 0;

  /** Where expectations begin to look. */
  get cursor(): number {
    return this.position;
  }

  /** Where the next character will be. */
  get end(): number {
    return this.forgotten + this.older.length + this.tail.length;
  }

  /** True when the byte added a character. */
  feed(byte: number, atNs: number): boolean {
    this.byteCount++;
    this.hashed.push(byte);
    if (this.hashed.length >= 4_096) this.flushHash();
    if (!this.sequences.isText(byte) || byte === CR) return false;
    const text = this.decoder.write(Buffer.of(byte));
    if (text === "") return false;
    if (this.isLineStart) this.starts.push({ at: this.end, ns: atNs });
    this.isLineStart = byte === LF;
    this.tail += text;
    if (this.tail.length >= 3 * MAX_MATCH_CHARACTERS) this.setAside();
    return true;
  }

  /** SHA-256 of every byte, control sequences included. */
  digest(): string {
    this.flushHash();
    return this.hash.copy().digest("hex");
  }

  /** The text from a position on. */
  textFrom(position: number): string {
    return (this.older + this.tail).slice(Math.max(0, position - this.forgotten));
  }

  /** Looks in everything from the cursor on; takes the cursor behind the match. */
  take(pattern: Pattern): boolean {
    return this.takeIn(pattern, Math.max(this.position, this.forgotten));
  }

  /** The same after each byte, where all but the end was looked at already. */
  takeNew(pattern: Pattern): boolean {
    return this.takeIn(pattern, Math.max(this.position, this.end - MAX_MATCH_CHARACTERS, this.forgotten));
  }

  /** Whether the end of the text from `position` on has the pattern; the cursor stays. */
  hasNew(pattern: Pattern, position: number): boolean {
    const from = Math.max(position, this.end - MAX_MATCH_CHARACTERS);
    return pattern.find(this.slice(from)) !== undefined;
  }

  /** Everything up to now counts as seen. */
  skip(): void {
    this.position = this.end;
  }

  /** The last lines that are not empty, the unfinished one included. */
  lastLines(count: number): LogLine[] {
    const lines: LogLine[] = [];
    for (let i = this.starts.length - 1; i >= 0 && lines.length < count; i--) {
      const { at, ns } = this.starts[i];
      if (at < this.forgotten) break;
      const end = this.starts[i + 1]?.at ?? this.end;
      const text = (this.older + this.tail).slice(at - this.forgotten, end - this.forgotten).trimEnd();
      if (text.trim() !== "") lines.unshift({ text, atNs: ns, isPast: end <= this.position });
    }
    return lines;
  }

  private takeIn(pattern: Pattern, from: number): boolean {
    const found = pattern.find(this.slice(from));
    if (found === undefined) return false;
    this.position = from + found.end;
    return true;
  }

  private slice(from: number): string {
    const inTail = from - this.forgotten - this.older.length;
    return inTail >= 0 ? this.tail.slice(inTail) : this.textFrom(from);
  }

  private setAside(): void {
    const length = this.tail.length - MAX_MATCH_CHARACTERS;
    this.older += this.tail.slice(0, length);
    this.tail = this.tail.slice(length);
    if (this.older.length <= KEPT_CHARACTERS) return;
    const dropped = this.older.length - KEPT_CHARACTERS / 2;
    this.older = this.older.slice(dropped);
    this.forgotten += dropped;
    this.starts = this.starts.filter(({ at }) => at >= this.forgotten);
  }

  private flushHash(): void {
    this.hash.update(Uint8Array.from(this.hashed));
    this.hashed = [];
  }
}
