import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ConsoleLog } from "../../src/scenario/console-log.ts";
import { parsePattern } from "../../src/scenario/pattern.ts";

const given = (text: string): ConsoleLog => {
  const log = new ConsoleLog();
  for (const [i, byte] of Buffer.from(text, "utf8").entries()) log.feed(byte, i * 1000);
  return log;
};

describe("ConsoleLog", () => {
  it("finds two expected lines that came in one piece, each once", () => {
    const log = given("one\r\ntwo\r\none\r\n");
    expect(log.take(parsePattern("one"))).toBe(true);
    expect(log.take(parsePattern("two"))).toBe(true);
    expect(log.take(parsePattern("two"))).toBe(false);
    expect(log.take(parsePattern("one"))).toBe(true);
    expect(log.take(parsePattern("one"))).toBe(false);
  });

  it("keeps control sequences and carriage returns out of the text, and every byte in the digest", () => {
    const raw = "\x1b[1;32m/ # \x1b[0m\x1b[6necho ü\r\n";
    const log = given(raw);
    expect(log.textFrom(0)).toBe("/ # echo ü\n");
    expect(log.digest()).toBe(createHash("sha256").update(raw).digest("hex"));
    expect(log.byteCount).toBe(Buffer.byteLength(raw));
  });

  it("finds what lies far back, and what comes byte by byte", () => {
    const log = given(`start ${"x".repeat(50_000)}`);
    expect(log.takeNew(parsePattern("start"))).toBe(false);
    expect(log.take(parsePattern("start"))).toBe(true);
    for (const byte of Buffer.from("end")) log.feed(byte, 0);
    expect(log.takeNew(parsePattern("/xe.d/"))).toBe(true);
  });

  it("shows the last lines with their times and whether an expectation has passed them", () => {
    const log = given("first\n\nsecond\nthird");
    log.take(parsePattern("first\n"));
    expect(log.lastLines(2)).toEqual([
      { text: "second", atNs: 7000, isPast: false },
      { text: "third", atNs: 14000, isPast: false },
    ]);
    expect(log.lastLines(9)[0]).toMatchObject({ text: "first", isPast: true });
  });

  it("forgets the oldest of a guest that prints without end", () => {
    const log = new ConsoleLog();
    const line = [...Buffer.from(`${"y".repeat(4_094)}\n`)];
    for (let i = 0; i < 1_100; i++) for (const byte of line) log.feed(byte, i);
    expect(log.end).toBe(1_100 * line.length);
    expect(log.textFrom(0).length).toBeLessThan(log.end);
    expect(log.lastLines(3)).toHaveLength(3);
  });
});
