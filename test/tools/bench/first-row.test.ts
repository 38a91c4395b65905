import { describe, expect, it } from "vitest";
import { firstRowLine, measureFirstRow } from "../../../tools/bench/first-row.ts";

const node = (script: string, count = 1) => measureFirstRow(process.execPath, ["-e", script], count);

describe("the time to a command's first row", () => {
  it("is taken behind the heading, and the whole after it", async () => {
    const timings = await node('console.log("PID"); setTimeout(() => console.log("1 init"), 20)', 2);
    expect(timings.length).toBe(2);
    for (const { rowMs, wholeMs } of timings) {
      expect(rowMs).toBeGreaterThan(20);
      expect(wholeMs).toBeGreaterThan(20);
    }
  });

  it("is not that of a command that fails, prints no row or does not start", async () => {
    await expect(node('console.log("PID\\n1"); console.error("why"); process.exitCode = 3')).rejects.toMatchObject({
      code: "bench-command-failed",
      message: expect.stringContaining("why"),
    });
    await expect(node('console.log("PID")')).rejects.toMatchObject({ code: "bench-command-failed" });
    await expect(measureFirstRow("/nowhere/program", [], 1)).rejects.toMatchObject({ code: "bench-command-failed" });
  });

  it("is told as best and median", () => {
    const timings = [
      { rowMs: 230.4, wholeMs: 245 },
      { rowMs: 220, wholeMs: 250 },
      { rowMs: 260, wholeMs: 270 },
    ];
    expect(firstRowLine("board", timings)).toBe("board: first row after 220 (230) ms, whole process 245 (250) ms");
  });
});
