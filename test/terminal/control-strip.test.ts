import { describe, expect, it } from "vitest";
import { ControlStrip } from "../../src/terminal/control-strip.ts";

const stripped = (...parts: string[]): string => {
  const strip = new ControlStrip();
  return parts.map((part) => Buffer.from(strip.strip(Buffer.from(part))).toString()).join("");
};

describe("text without control sequences", () => {
  it.each([
    ["\x1b[1;31mred\x1b[0m\r\n", "red\n"],
    ["\x1b]0;title\x07prompt", "prompt"],
    ["\x1b]0;title\x1b\\prompt", "prompt"],
    ["/ # \x1b[6n", "/ # "],
    ["\x1b(Bplain\x1b7\x1b8", "plain"],
    ["bell\x07 tab\t", "bell tab\t"],
    ["smörgås", "smörgås"],
  ])("of %j is %j", (text, expected) => {
    expect(stripped(text)).toBe(expected);
    expect(stripped(...Array.from(text).map((c) => c))).toBe(expected);
  });

  it("comes back after a sequence that never ends", () => {
    expect(stripped(`\x1b]${"x".repeat(1000)}`, "\nnext line\n")).toContain("next line\n");
  });
});
