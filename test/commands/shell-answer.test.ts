import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { AnswerReader, keysOf, markFor, shellLineProblem, typedLine } from "../../src/commands/shell-answer.ts";

/** What comes back over the line of a real shell: the echo of what was typed, and what it says. */
const answered = (command: string, mark: string): string => {
  const line = typedLine(command, mark);
  const { stdout } = spawnSync("sh", ["-c", line], { encoding: "utf8" });
  return `${line}\r\n${stdout.replaceAll("\n", "\r\n")}`;
};
const read = (text: string, mark: string): AnswerReader => {
  const reader = new AnswerReader(mark, 0);
  for (const [i, byte] of [...Buffer.from(text)].entries()) reader.take(byte, i);
  return reader;
};

describe("the answer of a shell", () => {
  it.each([
    ["echo hello", 0, "hello\n"],
    ["printf 'no end of line'; false", 1, "no end of line"],
    ["sh -c 'exit 200'", 200, ""],
    ["echo 'it'\\''s' # a comment", 0, "it's\n"],
    ["echo '<kabc>'", 0, "<kabc>\n"],
  ])("to %j is its status and its output alone", (command, status, output) => {
    const mark = markFor(command, 123_456);
    const reader = read(`${answered(command, mark)}/ # `, mark);
    expect([reader.status, reader.output]).toEqual([status, output]);
  });

  it("is not there before its end", () => {
    const mark = markFor("x", 1);
    const reader = read(`<${mark}>\r\nhalf`, mark);
    expect([reader.hasStarted, reader.status, reader.output]).toEqual([true, undefined, "half"]);
  });

  it("is marked by a word that is not in the command", () => {
    const mark = markFor("echo k2s", 100);
    expect(mark).toBe("k2sx");
  });

  it("is not asked for by a line that a shell would cut", () => {
    expect(shellLineProblem("ls", "k")).toBeUndefined();
    expect(shellLineProblem("x".repeat(1_000), "k")).toContain("at most 1000");
    expect(shellLineProblem("a\nb", "k")).toContain("printable");
    expect([...keysOf("ab")]).toEqual([0x15, 0x61, 0x62, 0x0d]);
  });
});
