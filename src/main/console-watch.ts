/** Follows what a guest's console prints, to see when it is ready and what it said last. */

/** Of what was printed, so much at least is remembered, and twice as much at most. */
const WINDOW_CHARACTERS = 4_096;
const LAST_LINES = 10;
/** A line longer than this is looked at from its end only. */
const MAX_SEARCH_CHARACTERS = 1_024;

/** ANSI control sequences and bracketed-paste marks are no text: a coloured prompt is still a prompt. */
const CONTROL_SEQUENCE = /\x1b\[[0-9;?]*[ -/]*[@-~]/g;

const LF = 0x0a;
const ESC = "\x1b";

export class ConsoleWatch {
  /** What was printed before `tail`. */
  private text = "";
  /**
   * Where the awaited pattern is looked for: the last two lines at most, and nothing of a pattern before it. Apart from
   * the rest, because every byte is searched, and a text that has just grown is copied for that.
   */
  private tail = "";
  /** Place in `tail` of the line end before the last line; -1 when it has none. */
  private lineEnd = -1;
  private lastByte = 0;
  private patterns: { source: string; expression: RegExp }[] = [];

  /** Expects the patterns one after the other, each in what comes after the one before it. */
  expect(patterns: readonly string[]): void {
    this.patterns = patterns.map((source) => ({ source, expression: new RegExp(source) }));
  }

  /** All expected patterns have been seen. */
  get isMatched(): boolean {
    return this.patterns.length === 0;
  }

  /** The first pattern that has not been seen. */
  get awaited(): string {
    return this.patterns[0]?.source ?? "";
  }

  /** The end of what was printed, line by line, without control characters. */
  lastLines(): string[] {
    const lines = (this.text + this.tail).replace(CONTROL_SEQUENCE, "").split(/[\r\n]+/);
    return lines.filter((line) => line.trim() !== "").slice(-LAST_LINES);
  }

  /** Takes one byte of the guest; it is matched at once, so that `$` in a pattern means "nothing more yet". */
  feed(byte: number): void {
    if (this.lastByte === LF) {
      this.setAside(Math.max(0, this.lineEnd));
      this.lineEnd = this.tail.length - 1;
    } else if (this.tail.length >= 2 * MAX_SEARCH_CHARACTERS) {
      this.setAside(MAX_SEARCH_CHARACTERS);
    }
    this.tail += String.fromCharCode(byte);
    this.lastByte = byte;
    const [pattern] = this.patterns;
    if (pattern === undefined) return;
    const end = this.tail.slice(-MAX_SEARCH_CHARACTERS);
    const found = pattern.expression.exec(end.includes(ESC) ? end.replace(CONTROL_SEQUENCE, "") : end);
    if (found === null) return;
    this.patterns.shift();
    this.setAside(this.tail.length);
  }

  /** Takes the first `length` characters out of the searched ones. */
  private setAside(length: number): void {
    this.text += this.tail.slice(0, length);
    this.tail = this.tail.slice(length);
    this.lineEnd = Math.max(-1, this.lineEnd - length);
    if (this.text.length >= 2 * WINDOW_CHARACTERS) this.text = this.text.slice(-WINDOW_CHARACTERS);
  }
}
