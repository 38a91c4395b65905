import { describe, expect, it } from "vitest";
import { expectedText, type ProgressEvent, progressText, Steps } from "../../src/guest/progress.ts";

describe("Steps", () => {
  it("tells the begin, the middle and the end of a step, and measures it", async () => {
    const events: ProgressEvent[] = [];
    let now = 0;
    const steps = new Steps(
      (event) => events.push(event),
      () => now,
    );
    const result = await steps.run(
      "compile",
      async (onFraction) => {
        onFraction(0.5);
        now = 1234.4;
        return "ok";
      },
      { expectedSeconds: 170 },
    );
    expect(result).toBe("ok");
    expect(events.map(({ fraction }) => fraction)).toEqual([0, 0.5, 1]);
    expect(events[0]).toMatchObject({ step: "compile", index: 5, count: 6, expectedSeconds: 170 });
    expect(steps.durationsMs).toEqual({ compile: 1234 });
  });

  it("does not tell that a failed step is done", async () => {
    const fractions: number[] = [];
    const steps = new Steps(({ fraction }) => fractions.push(fraction));
    await expect(steps.run("unpack", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(fractions).toEqual([0]);
    expect(steps.current).toBe("unpack");
    expect(steps.durationsMs).toEqual({});
  });
});

const event = (fraction: number, expectedSeconds?: number): ProgressEvent => ({
  step: "compile",
  index: 5,
  count: 6,
  message: "compile the kernel",
  fraction,
  expectedSeconds,
});

function textOf(isTerminal: boolean, fractions: readonly number[]): string {
  let text = "";
  const onProgress = progressText({ write: (more) => (text += more), isTerminal });
  for (const fraction of fractions) onProgress(event(fraction, fraction === 0 ? 180 : undefined));
  return text;
}

describe("progressText", () => {
  it("writes whole lines at every tenth to a log", () => {
    expect(textOf(false, [0, 0.05, 0.1, 0.15, 0.2, 1])).toBe(
      "[5/6] compile the kernel (about 3 minutes)\n[5/6] compile the kernel: 10%\n[5/6] compile the kernel: 20%\n",
    );
  });

  it("counts up on one line of a terminal", () => {
    expect(textOf(true, [0, 0.5, 0.501, 1])).toBe(
      "[5/6] compile the kernel (about 3 minutes)" +
        "\r\x1b[K[5/6] compile the kernel: 50%" +
        "\r\x1b[K[5/6] compile the kernel: done\n",
    );
  });
});

describe("expectedText", () => {
  it("is rough on purpose", () => {
    expect([4, 37, 89, 170, 345].map(expectedText)).toEqual([
      "about 10 seconds",
      "about 40 seconds",
      "about 90 seconds",
      "about 3 minutes",
      "about 6 minutes",
    ]);
  });
});
