import { describe, expect, it } from "vitest";
import { ESCAPE_PREFIX, EscapeKeys, QUIT_KEYS } from "../../src/serial/escape-keys.ts";

const typed = (text: string): Uint8Array => Buffer.from(text, "latin1");
const text = (data: Uint8Array): string => Buffer.from(data).toString("latin1");

describe("the escape keys", () => {
  it("let other keys through, Ctrl-C and ESC x q too", () => {
    const { data, actions } = new EscapeKeys(QUIT_KEYS, ESCAPE_PREFIX).filter(typed("ls\r\x01\x03\x1bxq"));
    expect(text(data)).toBe("ls\r\x01\x03\x1bxq");
    expect(actions).toEqual([]);
  });

  it("take Ctrl-T q as quit, also over two chunks", () => {
    const keys = new EscapeKeys(QUIT_KEYS, ESCAPE_PREFIX);
    expect(text(keys.filter(typed("ab\x14")).data)).toBe("ab");
    expect(keys.filter(typed("q")).actions).toEqual(["quit"]);
  });

  it("send one Ctrl-T for two", () => {
    expect(text(new EscapeKeys(QUIT_KEYS, ESCAPE_PREFIX).filter(typed("\x14\x14q")).data)).toBe("\x14q");
  });

  it("show help, and drop what means nothing", () => {
    const { data, actions } = new EscapeKeys(QUIT_KEYS, ESCAPE_PREFIX).filter(typed("\x14?\x14zok"));
    expect(actions).toEqual(["help"]);
    expect(text(data)).toBe("ok");
  });
});
