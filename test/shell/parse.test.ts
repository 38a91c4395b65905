import { describe, expect, it } from "vitest";
import { MAX_WORDS, parseLine } from "../../src/shell/index.ts";

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
