/**
 * The line editor: keys in, drawing out. It knows no command; completion is asked of its owner.
 *
 * A line longer than the terminal scrolls sideways in one row, so that redrawing needs only cursor movement in a row
 * and works on any serial terminal.
 */
import { characterWidth, textWidth } from "./cell-width.ts";
import { History } from "./history.ts";
import type { Key, KeyName } from "./key-decoder.ts";
import { KeyDecoder } from "./key-decoder.ts";

export interface Completion {
  /** Where in the line the word being completed starts. */
  readonly start: number;
  /** What the word may become, sorted. */
  readonly candidates: readonly string[];
}

export interface LineEditorOptions {
  readonly write: (text: string) => void;
  readonly complete?: (lineToCursor: string) => Completion;
  /** Columns of the terminal now. */
  readonly columns?: () => number;
  readonly historyCapacity?: number;
  /** Characters a line may have. */
  readonly maxLength?: number;
}

export type EditorEvent =
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "interrupt" }
  | { readonly kind: "end-of-input" };

export const DEFAULT_MAX_LENGTH = 1024;
export const DEFAULT_HISTORY_CAPACITY = 100;
const DEFAULT_COLUMNS = 80;
const MIN_VIEW_WIDTH = 8;
const BELL = "\x07";

/** The longest text that all candidates begin with. */
export function commonPrefix(candidates: readonly string[]): string {
  let prefix = candidates[0] ?? "";
  for (const candidate of candidates) {
    while (!candidate.startsWith(prefix)) prefix = prefix.slice(0, -1);
  }
  return prefix;
}

export class LineEditor {
  readonly history: History;
  private readonly decoder = new KeyDecoder();
  private readonly options: LineEditorOptions;
  private readonly maxLength: number;
  private prompt = "";
  private characters: string[] = [];
  private cursor = 0;
  /** Index of the first character shown. */
  private viewStart = 0;
  /** Column of the terminal's cursor, counted from the prompt's end. */
  private column = 0;
  private wasTab = false;

  constructor(options: LineEditorOptions) {
    this.options = options;
    this.maxLength = options.maxLength ?? DEFAULT_MAX_LENGTH;
    this.history = new History(options.historyCapacity ?? DEFAULT_HISTORY_CAPACITY);
  }

  get text(): string {
    return this.characters.join("");
  }

  /** Shows the prompt and starts an empty line. */
  start(prompt: string): void {
    this.prompt = prompt;
    this.setText("");
    this.options.write(prompt);
  }

  /** Takes one byte of the terminal; answers when a line is complete or was given up. */
  feed(byte: number): EditorEvent | undefined {
    const key = this.decoder.feed(byte);
    if (key === undefined) return undefined;
    const event = this.handle(key);
    this.wasTab = key.kind === "key" && key.name === "tab";
    return event;
  }

  /** Prints whole lines above the line being edited. */
  announce(text: string): void {
    this.options.write(`\r\x1b[K${text}${text.endsWith("\n") ? "" : "\n"}${this.prompt}`);
    this.column = 0;
    this.redraw();
  }

  private handle(key: Key): EditorEvent | undefined {
    if (key.kind === "text") {
      this.insert(key.text);
      return undefined;
    }
    switch (key.name) {
      case "enter":
        return this.finish({ kind: "line", text: this.text });
      case "interrupt":
        this.options.write("^C");
        return this.finish({ kind: "interrupt" });
      case "end-of-input":
        if (this.characters.length === 0) return this.finish({ kind: "end-of-input" });
        this.erase(this.cursor, this.cursor + 1);
        return undefined;
      default:
        this.edit(key.name);
        return undefined;
    }
  }

  private edit(name: KeyName): void {
    if (name === "backspace") this.erase(this.cursor - 1, this.cursor);
    else if (name === "delete") this.erase(this.cursor, this.cursor + 1);
    else if (name === "left") this.moveTo(this.cursor - 1);
    else if (name === "right") this.moveTo(this.cursor + 1);
    else if (name === "home") this.moveTo(0);
    else if (name === "end") this.moveTo(this.characters.length);
    else if (name === "word-left") this.moveTo(this.wordStart());
    else if (name === "word-right") this.moveTo(this.wordEnd());
    else if (name === "kill-to-end") this.erase(this.cursor, this.characters.length);
    else if (name === "kill-to-start") this.erase(0, this.cursor);
    else if (name === "kill-word") this.erase(this.wordStart(), this.cursor);
    else if (name === "up") this.browse(-1);
    else if (name === "down") this.browse(1);
    else if (name === "tab") this.complete();
    else if (name === "clear-screen") this.clearScreen();
  }

  private finish(event: EditorEvent): EditorEvent {
    if (event.kind === "line") this.history.enter(event.text);
    else this.history.enter("");
    this.setText("");
    this.options.write("\n");
    return event;
  }

  private setText(text: string): void {
    this.characters = [...text];
    this.cursor = this.characters.length;
    this.viewStart = 0;
    this.column = 0;
  }

  private insert(text: string): void {
    if (this.characters.length >= this.maxLength) {
      this.options.write(BELL);
      return;
    }
    this.characters.splice(this.cursor, 0, text);
    this.cursor++;
    const width = characterWidth(text);
    if (this.cursor === this.characters.length && this.column + width < this.viewWidth()) {
      this.column += width;
      this.options.write(text);
    } else this.redraw();
  }

  private erase(start: number, end: number): void {
    const from = Math.max(0, start);
    const to = Math.min(this.characters.length, end);
    if (from >= to) return;
    this.characters.splice(from, to - from);
    this.cursor = from;
    this.redraw();
  }

  private moveTo(position: number): void {
    this.cursor = Math.min(Math.max(0, position), this.characters.length);
    this.redraw();
  }

  private wordStart(): number {
    let at = this.cursor;
    while (at > 0 && this.characters[at - 1] === " ") at--;
    while (at > 0 && this.characters[at - 1] !== " ") at--;
    return at;
  }

  private wordEnd(): number {
    let at = this.cursor;
    while (at < this.characters.length && this.characters[at] === " ") at++;
    while (at < this.characters.length && this.characters[at] !== " ") at++;
    return at;
  }

  private browse(step: -1 | 1): void {
    const line = this.history.browse(step, this.text);
    if (line === undefined) return;
    this.characters = [...line];
    this.cursor = this.characters.length;
    this.redraw();
  }

  private clearScreen(): void {
    this.options.write(`\x1b[H\x1b[J${this.prompt}`);
    this.column = 0;
    this.redraw();
  }

  private viewWidth(): number {
    const columns = this.options.columns?.() ?? DEFAULT_COLUMNS;
    return Math.max(MIN_VIEW_WIDTH, columns - textWidth(this.prompt));
  }

  /** Draws the visible part of the line again and puts the cursor in its place. */
  private redraw(): void {
    const width = this.viewWidth();
    const widthOf = (from: number, to: number): number => textWidth(this.characters.slice(from, to).join(""));
    if (this.cursor < this.viewStart) this.viewStart = this.cursor;
    while (widthOf(this.viewStart, this.cursor) >= width) this.viewStart++;
    let end = this.viewStart;
    while (end < this.characters.length && widthOf(this.viewStart, end + 1) < width) end++;
    const back = this.column > 0 ? `\x1b[${this.column}D` : "";
    const shown = this.characters.slice(this.viewStart, end).join("");
    const after = widthOf(this.cursor, end);
    this.options.write(`${back}${shown}\x1b[K${after > 0 ? `\x1b[${after}D` : ""}`);
    this.column = widthOf(this.viewStart, this.cursor);
  }

  private complete(): void {
    const before = this.characters.slice(0, this.cursor).join("");
    const { start, candidates } = this.options.complete?.(before) ?? { start: 0, candidates: [] };
    if (candidates.length === 0) {
      this.options.write(BELL);
      return;
    }
    const typed = before.slice(start);
    const prefix = commonPrefix(candidates);
    const isComplete = candidates.length === 1 && this.cursor === this.characters.length;
    const addition = prefix.slice(typed.length) + (isComplete ? " " : "");
    if (addition !== "") for (const character of addition) this.insert(character);
    else if (this.wasTab) this.announce(candidates.join("  "));
    else this.options.write(BELL);
  }
}
