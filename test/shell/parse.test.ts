import { describe, expect, it } from "vitest";
import { MAX_WORDS, parseDecimal, parseHex, parseLine, parseNumber } from "../../src/shell/index.ts";

const words = (line: string): (readonly string[])[] => parseLine(line).map((command) => command.words);

describe("parsing a line", () => {
  it("separates words by blanks and TABs and commands by semicolons", () => {
    expect(words("  vcpu\tlist;guest  list ;; help;")).toEqual([["vcpu", "list"], ["guest", "list"], ["help"]]);
  });

  it("finds nothing in empty lines and lone semicolons", () => {
    expect([words(""), words("  \t"), words(";"), words(" ; ;")]).toEqual([[], [], [], []]);
  });

  it("knows no quotes, escapes or variables", () => {
    expect(words(`echo "a b" $x \\;y`)).toEqual([["echo", '"a', 'b"', "$x", "\\"], ["y"]]);
  });

  it("drops words after the 32nd", () => {
    const line = Array.from({ length: 40 }, (_, i) => `w${i}`).join(" ");
    expect(parseLine(line)[0].words).toHaveLength(MAX_WORDS);
  });

  it("keeps the rest of a verbatim command as it stands", () => {
    const rule = (given: readonly string[]): number => (given[0] === "run" ? 2 : 0);
    expect(parseLine("help; run there  for i in 1 2; do  x; done & ", rule)).toEqual([
      { words: ["help"], rest: undefined },
      { words: ["run", "there"], rest: "for i in 1 2; do  x; done &" },
    ]);
  });
});

describe("numbers", () => {
  it.each([
    ["0", 0],
    ["42", 42],
    ["0x1F", 31],
    ["0X1f", 31],
    ["017", 15],
    ["0xffffffff", 0xffffffff],
  ])("reads %s", (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it.each(["", "x", "0x", "12a", "-1", "08", "1.5", "0xfffffffffffffffff", " 1"])("refuses %j", (text) => {
    expect(parseNumber(text)).toBeUndefined();
  });

  it("takes ids in decimal and `host ram reserve` in hexadecimal only", () => {
    expect([parseDecimal("010"), parseDecimal("0x10"), parseHex("10"), parseHex("0x10"), parseHex("g")]).toEqual([
      10,
      undefined,
      16,
      16,
      undefined,
    ]);
  });
});
