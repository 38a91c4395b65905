/** Follows what a guest's console prints, to see when it is ready and what it said last. */

/** How far back a pattern may reach; also the most that is remembered. */
const WINDOW_CHARACTERS = 4_096;
const LAST_LINES = 10;
/** A line longer than this is looked at from its end only. */
const MAX_SEARCH_CHARACTERS = 1_024;

/** ANSI control sequences and bracketed-paste marks are no text: a coloured prompt is still a prompt. */
const CONTROL_SEQUENCE = /\x1b\[[0-9;?]*[ -/]*[@-~]/g;

export class ConsoleWatch {
  private text = "";
  /** Where in the text the awaited pattern may begin: after the one before it. */
  private searchStart = 0;
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
    const lines = this.text.replace(CONTROL_SEQUENCE, "").split(/[\r\n]+/);
    return lines.filter((line) => line.trim() !== "").slice(-LAST_LINES);
  }

  /** Takes one byte of the guest; it is matched at once, so that `$` in a pattern means "nothing more yet". */
  feed(byte: number): void {
    this.text += String.fromCharCode(byte);
    this.trim();
    const [pattern] = this.patterns;
    if (pattern === undefined) return;
    const found = pattern.expression.exec(this.text.slice(this.cursor()).replace(CONTROL_SEQUENCE, ""));
    if (found === null) return;
    this.patterns.shift();
    this.searchStart = this.text.length;
  }

  private trim(): void {
    const excess = this.text.length - WINDOW_CHARACTERS;
    if (excess < WINDOW_CHARACTERS) return;
    this.text = this.text.slice(excess);
    this.searchStart = Math.max(0, this.searchStart - excess);
  }

  /** A pattern is looked for in the last two lines; whole-text searches at every byte would be slow. */
  private cursor(): number {
    const line = this.text.lastIndexOf("\n", this.text.length - 2);
    const twoLines = this.text.lastIndexOf("\n", line - 1);
    return Math.max(this.searchStart, twoLines, this.text.length - MAX_SEARCH_CHARACTERS);
  }
}
