/** Measures a command as who typed it sees it: from the start of the process to its first row, and to its end. */
import { spawn } from "node:child_process";
import { commandFailed } from "./errors.ts";
import { best, median } from "./statistics.ts";

export interface RowTiming {
  readonly rowMs: number;
  readonly wholeMs: number;
}

const elapsedMs = (since: bigint): number => Number(process.hrtime.bigint() - since) / 1e6;

/**
 * One run. The row is what follows the first line, which is a heading. Throws `bench-command-failed` when the command fails or
 * prints less.
 */
function runOnce(program: string, args: readonly string[]): Promise<RowTiming> {
  return new Promise((resolve, reject) => {
    const start = process.hrtime.bigint();
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    let errorText = "";
    let rowMs = 0;
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      const [, row = ""] = text.split("\n");
      if (rowMs === 0 && row !== "") rowMs = elapsedMs(start);
    });
    child.stderr.setEncoding("utf8").on("data", (part: string) => {
      errorText += part;
    });
    child.once("error", (error) => reject(commandFailed(program, error.message)));
    // Standard output may close after the process has ended.
    let wholeMs = 0;
    child.once("exit", () => {
      wholeMs = elapsedMs(start);
    });
    child.once("close", (code) => {
      if (code === 0 && rowMs > 0) resolve({ rowMs, wholeMs });
      else reject(commandFailed([program, ...args].join(" "), errorText.trim() || `exit code ${code}, "${text}"`));
    });
  });
}

/** So many runs, one after the other. */
export async function measureFirstRow(program: string, args: readonly string[], count: number): Promise<RowTiming[]> {
  const timings: RowTiming[] = [];
  for (let i = 0; i < count; i++) timings.push(await runOnce(program, args));
  return timings;
}

/** `name: first row after 220 (231) ms, whole process 235 (244) ms`, best and median. */
export function firstRowLine(name: string, timings: readonly RowTiming[]): string {
  const spread = (values: readonly number[]): string => `${best(values).toFixed(0)} (${median(values).toFixed(0)}) ms`;
  const rows = timings.map(({ rowMs }) => rowMs);
  const wholes = timings.map(({ wholeMs }) => wholeMs);
  return `${name}: first row after ${spread(rows)}, whole process ${spread(wholes)}`;
}
