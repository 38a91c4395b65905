import { describe, expect, it } from "vitest";
import { KeyDecoder } from "../../src/shell/key-decoder.ts";

/** Keys by name, text in quotes. */
function keysOf(...chunks: (string | readonly number[])[]): string[] {
  const decoder = new KeyDecoder();
  const bytes = chunks.flatMap((chunk) => (typeof chunk === "string" ? [...Buffer.from(chunk, "utf8")] : [...chunk]));
  return bytes.flatMap((byte) => {
    const key = decoder.feed(byte);
    if (key === undefined) return [];
    return [key.kind === "text" ? `"${key.text}"` : key.name];
  });
}

describe("the key decoder", () => {
  it.each([
    ["\x1b[A\x1bOA", ["up", "up"]],
    ["\x1b[H\x1b[1~\x1b[7~\x1bOH", ["home", "home", "home", "home"]],
    ["\x1b[F\x1b[4~\x1b[8~\x1bOF", ["end", "end", "end", "end"]],
    ["\x1b[3~\x7f\b", ["delete", "backspace", "backspace"]],
    ["\x1b[1;5C\x1b[1;5D", ["word-right", "word-left"]],
    ["\x01\x05\x0b\x15\x17\x0c", ["home", "end", "kill-to-end", "kill-to-start", "kill-word", "clear-screen"]],
    ["\x03\x04\t", ["interrupt", "end-of-input", "tab"]],
  ])("knows the keys of %j", (text, keys) => {
    expect(keysOf(text)).toEqual(keys);
  });

  it("takes CR, LF and CR LF as one Enter each", () => {
    expect(keysOf("\r")).toEqual(["enter"]);
    expect(keysOf("\n\n")).toEqual(["enter", "enter"]);
    expect(keysOf("\r\n\r\n")).toEqual(["enter", "enter"]);
  });

  it("gives a character of several bytes when it is complete", () => {
    expect(keysOf("é狛🐕")).toEqual(['"é"', '"狛"', '"🐕"']);
  });

  it("drops broken characters and goes on with the next key", () => {
    expect(keysOf([0xe7, 0x8b], "a")).toEqual(['"a"']);
    expect(keysOf([0x80, 0xff, 0xc0], "b")).toEqual(['"b"']);
    expect(keysOf([0xed, 0xa0, 0x80], "c")).toEqual(['"c"']);
    expect(keysOf([0xc2, 0x85], "d")).toEqual(['"d"']);
  });

  it("swallows sequences it does not know, whole", () => {
    expect(keysOf("\x1b[24;80R\x1b[?1;2cx")).toEqual(['"x"']);
    expect(keysOf("\x1b\x1b[A")).toEqual(["up"]);
  });

  it("gives up on a sequence without an end", () => {
    expect(keysOf(`\x1b[${"1".repeat(40)}`).join("")).toContain('"1"');
  });

  it("takes what is pasted as text, with no editing keys in it", () => {
    expect(keysOf("\x1b[200~a\tb\x1b[A\x03\r\x1b[201~\t")).toEqual(['"a"', '" "', '"b"', "enter", "tab"]);
  });
});
