import { describe, expect, it } from "vitest";
import { ConsoleWatch } from "../../src/main/console-watch.ts";

const PROMPT = "(?:^|[\\r\\n])(?:~|/[^\\s]*) # $";

const givenWatch = (...patterns: string[]) => {
  const watch = new ConsoleWatch();
  watch.expect(patterns);
  const print = (text: string) => {
    for (const byte of Buffer.from(text, "latin1")) watch.feed(byte);
  };
  return { watch, print };
};

describe("watching a guest's console", () => {
  it("sees a pattern that comes in pieces", () => {
    const { watch, print } = givenWatch("guest ready");
    print("[    1.2] Run /init\r\nkomainu: guest re");
    expect(watch.isMatched).toBe(false);
    print("ady");
    expect(watch.isMatched).toBe(true);
  });

  it("wants the prompt after the ready line, not before it", () => {
    const { watch, print } = givenWatch("guest ready", PROMPT);
    print("\r\n/ # ");
    expect(watch.isMatched).toBe(false);
    print("\r\nkomainu: guest ready\r\n");
    expect(watch.isMatched).toBe(false);
    expect(watch.awaited).toBe(PROMPT);
    print("~ # ");
    expect(watch.isMatched).toBe(true);
  });

  it("is not misled by a prompt in the middle of a line", () => {
    const { watch, print } = givenWatch(PROMPT);
    print("see ~ # x\r\n");
    expect(watch.isMatched).toBe(false);
  });

  it("sees through colours and bracketed paste", () => {
    const { watch, print } = givenWatch(PROMPT);
    print("\r\n\x1b[?2004h\x1b[1;32m/root\x1b[0m # ");
    expect(watch.isMatched).toBe(true);
  });

  it("remembers the last lines and no more than it must", () => {
    const { watch, print } = givenWatch("never");
    for (let i = 0; i < 5_000; i++) print(`line ${i}\r\n`);
    print("\x1b[31mKernel panic\x1b[0m\r\n");
    const lines = watch.lastLines();
    expect(lines).toHaveLength(10);
    expect(lines.slice(-2)).toEqual(["line 4999", "Kernel panic"]);
  });

  it("finds at each byte what a search of the last two lines finds, at most a kibibyte of them", () => {
    const pattern = "(?:^|[\\r\\n])a+[^\\r]*b$";
    for (let seed = 1; seed <= 200; seed++) {
      const { watch } = givenWatch(pattern);
      let state = seed;
      let text = "";
      for (let i = 0; i < 3_000 && !watch.isMatched; i++) {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        const byte = "ab cx\r\n".charCodeAt((state >>> 16) % (seed % 3 === 0 ? 7 : 5));
        text += String.fromCharCode(byte);
        watch.feed(byte);
        const line = text.lastIndexOf("\n", text.length - 2);
        const start = line <= 0 ? 0 : Math.max(0, text.lastIndexOf("\n", line - 1));
        const searched = text.slice(Math.max(start, text.length - 1_024));
        expect(watch.isMatched, `seed ${seed}, byte ${i}`).toBe(new RegExp(pattern).test(searched));
      }
    }
  });
});
