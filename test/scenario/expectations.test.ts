import { describe, expect, it } from "vitest";
import {
  expectAll,
  expectAnswer,
  expectNone,
  expectOutput,
  GUEST_TIME,
  shown,
} from "../../src/scenario/expectations.ts";
import { Watch } from "../../src/scenario/watch.ts";

/** Prints one letter a second. */
const given = (text: string) => {
  const watch = new Watch([]);
  let nowNs = 0;
  const session = {
    get nowNs() {
      return nowNs;
    },
    advance: async (isDone: () => boolean, untilNs: number) => {
      while (!isDone()) {
        if (nowNs >= untilNs) return false;
        const letter = text[nowNs / 1e9];
        if (letter !== undefined) watch.feed("p", letter.charCodeAt(0));
        nowNs += 1e9;
      }
      return true;
    },
  };
  return { session, watch, whose: GUEST_TIME };
};

describe("expectations", () => {
  it("come in turn, all within one span", async () => {
    await expectAll(given("abcabc"), ["b", "a"], "p", 4e9);
    await expect(expectAll(given("abcabc"), ["b", "a"], "p", 3e9)).rejects.toMatchObject({
      message: `expected "a" on p within 3 s of the guest's time, found that it did not come`,
      kind: "timeout",
      text: { port: "p", pattern: "a" },
    });
  });

  it("may be that something does not come", async () => {
    await expectNone(given("abc"), ["x", "y"], "p", 9e9);
    await expect(expectNone(given("abc"), ["x", "c"], "p", 9e9)).rejects.toThrow(
      'expected no "x" or "c" on p, found "c"',
    );
  });

  it("of a command are its exit code, what its output has, and what it has not", () => {
    expectAnswer("ls", { output: "a\n", status: 0 }, { exit: 0, output: ["a"], not: ["b"] }, "p");
    const fails = (wanted: { exit: number; not?: string[] }) => () =>
      expectAnswer("ls", { output: "a\n", status: 1 }, wanted, "p");
    expect(fails({ exit: 0 })).toThrow('expected exit code 0 of "ls", found 1, and the output "a\\n"');
    expect(fails({ exit: 1, not: ["a"] })).toThrow('expected output of "ls" without "a"');
    expect(() => expectOutput("x", ["/y/"], "text")).toThrow('expected text with "/y/", found "x"');
  });

  it("show long texts shortened", () => {
    expect(shown("x".repeat(400))).toBe(`"${"x".repeat(300)}..."`);
  });
});
