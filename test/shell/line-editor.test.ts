import { describe, expect, it } from "vitest";
import { characterWidth, type EditorEvent, LineEditor, type LineEditorOptions } from "../../src/shell/index.ts";

/** A terminal of one row: interprets what the editor draws, so that tests compare what a person sees. */
class Screen {
  cells: string[] = [];
  column = 0;
  bells = 0;

  write(text: string): void {
    // One escape sequence, or one character, at a time.
    for (const [piece] of text.matchAll(/\x1b\[(\d*)([A-Za-z])|[\s\S]/gu)) this.draw(piece);
  }

  private draw(piece: string): void {
    const sequence = /^\x1b\[(\d*)([A-Z])$/.exec(piece);
    if (piece === "\n" || piece === "\r") {
      this.column = 0;
      if (piece === "\n") this.cells = [];
    } else if (piece === "\x07") this.bells++;
    else if (sequence === null) this.put(piece);
    else if (sequence[2] === "D") this.column -= Number(sequence[1]);
    else if (sequence[2] === "K") this.cells.length = Math.min(this.cells.length, this.column);
    else if (sequence[2] === "H") this.column = 0;
    else if (sequence[2] === "J") this.cells = [];
    else throw new Error(`the editor drew ${JSON.stringify(piece)}`);
  }

  private put(character: string): void {
    const width = characterWidth(character);
    if (width === 0) this.cells[this.column - 1] += character;
    else this.cells[this.column] = character;
    if (width === 2) this.cells[this.column + 1] = "";
    this.column += width;
  }

  get text(): string {
    return this.cells.join("");
  }
}

const givenEditor = (options: Partial<LineEditorOptions> = {}) => {
  const screen = new Screen();
  const editor = new LineEditor({ write: (text) => screen.write(text), ...options });
  editor.start("> ");
  const events: EditorEvent[] = [];
  const type = (text: string): void => {
    for (const byte of new TextEncoder().encode(text)) {
      const event = editor.feed(byte);
      if (event === undefined) continue;
      events.push(event);
      editor.start("> ");
    }
  };
  const lines = (): string[] => events.flatMap((event) => (event.kind === "line" ? [event.text] : [event.kind]));
  return { editor, screen, type, lines };
};

const LEFT = "\x1b[D";
const UP = "\x1b[A";
const DOWN = "\x1b[B";

describe("the line editor", () => {
  it.each([
    ["plain text", "help\r", "help"],
    ["insertion in the middle", `hlp${LEFT}${LEFT}e\r`, "help"],
    ["Home and End in both forms", "elp\x1b[Hh\x1b[F!\x1bOHx\x1bOFy\r", "xhelp!y"],
    ["Delete under the cursor", `hxelp\x1b[H\x1b[C\x1b[3~\r`, "help"],
    ["Backspace as 0x08 and as 0x7f", "helpxx\x7f\x08\r", "help"],
    ["Ctrl-A and Ctrl-E", "elp\x01h\x05 x\r", "help x"],
    ["Ctrl-U", "garbage\x15help\r", "help"],
    ["Ctrl-K", `help garbage${LEFT.repeat(8)}\x0b\r`, "help"],
    ["Ctrl-W", "guest  kick \x17list\r", "guest  list"],
    ["Ctrl-D in a line", `hxelp${LEFT.repeat(4)}\x04\r`, "help"],
    ["an unknown sequence", "he\x1b[24~lp\r", "help"],
    ["a bracketed paste with a TAB", "\x1b[200~vcpu\tlist\x1b[201~\r", "vcpu list"],
    ["characters of several bytes", "echo 狛犬é\x7f!\r", "echo 狛犬!"],
    ["a control character of 8 bits in UTF-8", "a\x9bb\r", "ab"],
  ])("understands %s", (_, keys, expected) => {
    const { type, lines } = givenEditor();
    type(keys);
    expect(lines()).toEqual([expected]);
  });

  it("shows at every key what the line is", () => {
    const { editor, screen, type } = givenEditor();
    for (const key of [
      "h",
      "l",
      "p",
      LEFT,
      LEFT,
      "e",
      "\x05",
      "!",
      "\x01",
      "\x1b[3~",
      UP,
      "\x0b",
      "狛",
      "犬",
      "\x7f",
    ]) {
      type(key);
      expect(screen.text).toBe(`> ${editor.text}`);
    }
  });

  it("scrolls a line that is longer than the terminal in one row", () => {
    const { editor, screen, type } = givenEditor({ columns: () => 20 });
    const long = "memory modify32 0x00a00000 1 2 3 4 5";
    type(long);
    expect(screen.text.length).toBeLessThanOrEqual(20);
    expect(long.endsWith(screen.text.slice(2))).toBe(true);
    type("\x01");
    expect(screen.text.slice(2)).toBe(long.slice(0, 17));
    expect(screen.column).toBe(2);
    expect(editor.text).toBe(long);
  });

  it("takes no more than its width", () => {
    const { editor, screen, type } = givenEditor({ maxLength: 5 });
    type("1234567");
    expect(editor.text).toBe("12345");
    expect(screen.bells).toBe(2);
  });

  it("takes CR LF as one Enter and LF alone as one", () => {
    const { type, lines } = givenEditor();
    type("a\r\nb\nc\r");
    expect(lines()).toEqual(["a", "b", "c"]);
  });

  it("browses history without empty and repeated lines and keeps edits until Enter", () => {
    const { type, lines } = givenEditor();
    type("one\rtwo\rtwo\r\r   \r");
    type(`${UP}${UP}!${DOWN}${UP}\r`);
    expect(lines().at(-1)).toBe("one!");
    type(`${UP}${UP}${UP}\r`);
    expect(lines().at(-1)).toBe("one");
    type(`new${UP}${DOWN}\r`);
    expect(lines().at(-1)).toBe("new");
  });

  it("reports Ctrl-C with the line dropped, and Ctrl-D on an empty line", () => {
    const { type, lines } = givenEditor();
    type("half\x03");
    type("\x04");
    expect(lines()).toEqual(["interrupt", "end-of-input"]);
  });

  it("survives any bytes", () => {
    const { editor, screen } = givenEditor({ columns: () => 30, maxLength: 64 });
    let seed = 12345;
    for (let i = 0; i < 20000; i++) {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      if (editor.feed((seed >>> 16) & 0xff) !== undefined) editor.start("> ");
      expect(screen.column).toBeLessThanOrEqual(30);
    }
    expect([...editor.text].length).toBeLessThanOrEqual(64);
  });

  it("puts messages above the line", () => {
    const written: string[] = [];
    const { editor, screen, type } = givenEditor({ write: (text) => written.push(text) });
    type("vcpu li");
    editor.announce("WARNING: something");
    const text = written.join("");
    expect(text).toContain("WARNING: something\n> ");
    screen.write(text);
    expect(screen.text).toBe("> vcpu li");
  });
});

describe("completion in the line editor", () => {
  const names = ["guest", "memory", "module"];
  const complete = (line: string) => {
    const start = line.lastIndexOf(" ") + 1;
    return { start, candidates: names.filter((name) => name.startsWith(line.slice(start))) };
  };

  it("completes the only candidate with a blank", () => {
    const { editor, type } = givenEditor({ complete });
    type("help g\t");
    expect(editor.text).toBe("help guest ");
  });

  it("completes the common part first and lists on the second TAB", () => {
    const written: string[] = [];
    const { editor, type } = givenEditor({ complete, write: (text) => written.push(text) });
    type("mod\t");
    expect(editor.text).toBe("module ");
    type("m\t");
    expect(editor.text).toBe("module m");
    type("\t");
    expect(written.join("")).toContain("memory  module\n");
  });

  it("rings when there is nothing to complete", () => {
    const { screen, type } = givenEditor({ complete });
    type("xyz\t");
    expect(screen.bells).toBe(1);
  });
});
