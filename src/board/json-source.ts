/** A JSON reader (RFC 8259) that remembers where each value stands, so that a message can name line and column. */

export interface Position {
  /** Both count from 1. */
  line: number;
  column: number;
}

/** The way from the root to a value: member names and array indices. */
export type JsonPath = readonly (string | number)[];

export interface JsonSource {
  readonly value: unknown;
  /** Where the value at `path` begins; of a path that is not there, its nearest ancestor. */
  positionOf(path: JsonPath): Position;
  /** Where the name of a member begins. */
  keyPositionOf(path: JsonPath): Position;
}

/** The first place where a text is not JSON. */
export class JsonSyntaxError extends Error {
  readonly position: Position;
  readonly expected: string;
  readonly found: string;

  constructor(position: Position, expected: string, found: string) {
    super(`expected ${expected}, found ${found}`);
    this.position = position;
    this.expected = expected;
    this.found = found;
  }
}

const MAX_DEPTH = 64;
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const wordPattern = /[A-Za-z_]\w*/y;
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};
const literals: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };

const pointer = (path: JsonPath): string => path.map((part) => `/${part}`).join("");

class Parser {
  readonly values = new Map<string, number>();
  readonly keys = new Map<string, number>();
  private readonly text: string;
  private offset = 0;

  constructor(text: string) {
    this.text = text;
  }

  document(): unknown {
    const value = this.value([]);
    this.skipSpace();
    if (this.offset < this.text.length) this.fail("the end of the file");
    return value;
  }

  position(offset: number): Position {
    const before = this.text.slice(0, offset);
    const lineStart = before.lastIndexOf("\n") + 1;
    return { line: before.split("\n").length, column: offset - lineStart + 1 };
  }

  private fail(expected: string, at = this.offset): never {
    throw new JsonSyntaxError(this.position(at), expected, this.describe(at));
  }

  private describe(at: number): string {
    if (at >= this.text.length) return "the end of the file";
    wordPattern.lastIndex = at;
    const word = wordPattern.exec(this.text);
    if (word !== null) return `"${word[0].slice(0, 30)}"`;
    const character = String.fromCodePoint(this.text.codePointAt(at) ?? 0);
    return character === "\n" ? "the end of the line" : `"${character}"`;
  }

  private skipSpace(): void {
    while (" \t\r\n".includes(this.text[this.offset] ?? "x")) this.offset++;
  }

  private take(character: string): boolean {
    this.skipSpace();
    if (this.text[this.offset] !== character) return false;
    this.offset++;
    return true;
  }

  private value(path: JsonPath): unknown {
    this.skipSpace();
    if (path.length > MAX_DEPTH) this.fail(`at most ${MAX_DEPTH} levels of nesting`);
    this.values.set(pointer(path), this.offset);
    const first = this.text[this.offset];
    if (first === "{") return this.object(path);
    if (first === "[") return this.array(path);
    if (first === '"') return this.string();
    return this.scalar();
  }

  private object(path: JsonPath): Record<string, unknown> {
    const members = new Map<string, unknown>();
    this.offset++;
    if (this.take("}")) return {};
    do {
      this.skipSpace();
      const keyAt = this.offset;
      if (this.text[keyAt] !== '"') this.fail("a member name in double quotes");
      const key = this.string();
      if (members.has(key)) this.fail(`each member once ("${key}" is there already)`, keyAt);
      if (!this.take(":")) this.fail('":" after the member name');
      const memberPath = [...path, key];
      this.keys.set(pointer(memberPath), keyAt);
      members.set(key, this.value(memberPath));
    } while (this.take(","));
    if (!this.take("}")) this.fail('"," or "}"');
    return Object.fromEntries(members);
  }

  private array(path: JsonPath): unknown[] {
    const items: unknown[] = [];
    this.offset++;
    if (this.take("]")) return items;
    do items.push(this.value([...path, items.length]));
    while (this.take(","));
    if (!this.take("]")) this.fail('"," or "]"');
    return items;
  }

  private string(): string {
    const start = this.offset;
    let result = "";
    this.offset++;
    for (;;) {
      const character = this.text[this.offset];
      if (character === undefined || character < " ")
        this.fail(`the end of the string that begins at column ${this.position(start).column}`);
      this.offset++;
      if (character === '"') return result;
      result += character === "\\" ? this.escape() : character;
    }
  }

  private escape(): string {
    const at = this.offset;
    const character = this.text[this.offset++];
    if (character === "u") {
      const digits = this.text.slice(this.offset, this.offset + 4);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail("four hexadecimal digits after \\u", at);
      this.offset += 4;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    return escapes[character ?? ""] ?? this.fail('one of " \\ / b f n r t u after the backslash', at);
  }

  private scalar(): unknown {
    numberPattern.lastIndex = this.offset;
    const number = numberPattern.exec(this.text);
    if (number !== null) {
      const next = this.text[this.offset + number[0].length] ?? " ";
      if (/\w/.test(next)) this.fail("a number as JSON has it (hexadecimal ones go in quotes)");
      this.offset += number[0].length;
      return Number(number[0]);
    }
    wordPattern.lastIndex = this.offset;
    const word = wordPattern.exec(this.text)?.[0] ?? "";
    if (!Object.hasOwn(literals, word)) this.fail("a value");
    this.offset += word.length;
    return literals[word];
  }
}

/** Reads `text`; throws `JsonSyntaxError` at its first fault. */
export function parseJson(text: string): JsonSource {
  const parser = new Parser(text);
  const value = parser.document();
  const nearest = (offsets: Map<string, number>, path: JsonPath): Position => {
    const exact = offsets.get(pointer(path));
    if (exact !== undefined) return parser.position(exact);
    for (let length = path.length; length >= 0; length--) {
      const offset = parser.values.get(pointer(path.slice(0, length)));
      if (offset !== undefined) return parser.position(offset);
    }
    return { line: 1, column: 1 };
  };
  return {
    value,
    positionOf: (path) => nearest(parser.values, path),
    keyPositionOf: (path) => nearest(parser.keys, path),
  };
}

/** The same of a text that is known to be good: it is read when somebody asks. */
export function lateJson(text: string): JsonSource {
  let read: JsonSource | undefined;
  const source = (): JsonSource => {
    read ??= parseJson(text);
    return read;
  };
  return {
    get value() {
      return source().value;
    },
    positionOf: (path) => source().positionOf(path),
    keyPositionOf: (path) => source().keyPositionOf(path),
  };
}
