import { describe, expect, it } from "vitest";
import { EscapeKeys } from "../../src/serial/escape-keys.ts";

const typed = (text: string): Uint8Array => Buffer.from(text, "latin1");
const text = (data: Uint8Array): string => Buffer.from(data).toString("latin1");

describe("the escape keys", () => {
  it("let other keys through, Ctrl-C and ESC x q too", () => {
    const { data, actions } = new EscapeKeys().filter(typed("ls\r\x03\x1bxq"));
    expect(text(data)).toBe("ls\r\x03\x1bxq");
    expect(actions).toEqual([]);
  });

  it("take Ctrl-A x as quit, also over two chunks", () => {
    const keys = new EscapeKeys();
    expect(text(keys.filter(typed("ab\x01")).data)).toBe("ab");
    expect(keys.filter(typed("x")).actions).toEqual(["quit"]);
  });

  it("send one Ctrl-A for two", () => {
    expect(text(new EscapeKeys().filter(typed("\x01\x01x")).data)).toBe("\x01x");
  });

  it("show help, and drop what means nothing", () => {
    const { data, actions } = new EscapeKeys().filter(typed("\x01?\x01zok"));
    expect(actions).toEqual(["help"]);
    expect(text(data)).toBe("ok");
  });
});
