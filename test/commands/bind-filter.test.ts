import { describe, expect, it } from "vitest";
import { GuestOutputFilter, TerminalInputFilter } from "../../src/commands/bind-filter.ts";

/** `[p] ` is four columns. */
const PORT = "p";

const shown = (text: string): string => {
  const filter = new GuestOutputFilter(PORT);
  return Buffer.from([...Buffer.from(text, "latin1")].flatMap((byte) => filter.feed(byte))).toString("latin1");
};

const typed = (text: string) => {
  const filter = new TerminalInputFilter(PORT);
  const answers = [...Buffer.from(text, "latin1")].map((byte) => filter.feed(byte));
  return {
    toGuest: Buffer.from(answers.flatMap(({ toGuest }) => toGuest)).toString("latin1"),
    isQuit: answers.at(-1)?.isQuit,
  };
};

describe("guest output on a bound console", () => {
  it.each([
    ["a\nb\r\nc", "a\n[p] b\r[p] \n[p] c"],
    ["\x1b[1;31mred\x1b[0m", "\x1b[1;31mred\x1b[0m"],
    ["\x1b[H", "\x1b[1;5H"],
    ["\x1b[;H", "\x1b[1;5H"],
    ["\x1b[7;20H", "\x1b[7;24H"],
    ["\x1b[7f", "\x1b[7;5f"],
    ["\x1bOPx\x1bMy", "\x1bOPx\x1bMy"],
    ["\x1b[2\nx", "\x1b[2\n[p] x"],
    ["\xff\x00", "\xff\x00"],
  ])("of %j is shown as %j", (text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it("holds back no sequence that never ends", () => {
    const text = `\x1b[${"9".repeat(100)}`;
    expect(shown(text)).toBe(text);
  });
});

describe("input on a bound console", () => {
  it.each([
    ["ls\r", "ls\r"],
    ["\x1b[A\x1bOB", "\x1b[A\x1bOB"],
    ["\x1b[24;14R", "\x1b[24;10R"],
    ["\x1b[1;2R", "\x1b[1;1R"],
    ["\x1bxa", "\x1bxa"],
    ["\x1bb", "\x1bb"],
    ["\x03", "\x03"],
  ])("%j goes to the guest as %j", (text, expected) => {
    expect(typed(text)).toEqual({ toGuest: expected, isQuit: false });
  });

  it("ends with ESC x q, of which the guest sees nothing", () => {
    expect(typed("ls\x1bxq")).toEqual({ toGuest: "ls", isQuit: true });
  });

  it("ends when the keys are begun again", () => {
    expect(typed("\x1bx\x1bxq")).toEqual({ toGuest: "\x1bx", isQuit: true });
  });

  it("does not end when the keys come in another order", () => {
    expect(typed("\x1bqx")).toEqual({ toGuest: "\x1bqx", isQuit: false });
  });
});
