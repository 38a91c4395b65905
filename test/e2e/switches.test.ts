/** `ids sched`: the scheduler's turns as seen from outside, against the guest's own counts and against a run without. */
import { describe, expect, it } from "vitest";
import { UART } from "./process-lists.ts";
import { BOARD, komainu, outcomesOf, PI_BOARD } from "./program.ts";

interface SwitchReport {
  readonly switches: number;
  readonly tasks: readonly { pid: number; comm: string; turns: number; lastAt: number; address: string }[];
  readonly recent: readonly { pid: number; at: number }[];
}

interface Hashes {
  readonly memory: { readonly before: string };
  readonly state: { readonly before: string };
}

const WORK = `${UART} for i in 1 2 3; do sleep 1000 & done; ls /proc | wc -l; sleep 1`;
const COUNTS = `${UART} grep -H ctxt /proc/[0-9]*/status`;

const run = async (board: string, engine: string, ...lines: string[]) => {
  const { stdout } = await komainu(["exec", board, "--engine", engine, "--json", ...lines]);
  return outcomesOf(stdout);
};

/** Switches away from each process, by its PID. */
function countsOf(text: string): Map<number, number> {
  const counts = new Map<number, number>();
  for (const [, pid, count] of text.matchAll(/^\/proc\/(\d+)\/status:(?:non)?voluntary_ctxt_switches:\s*(\d+)/gm)) {
    counts.set(Number(pid), (counts.get(Number(pid)) ?? 0) + Number(count));
  }
  return counts;
}

describe.each([BOARD, PI_BOARD])("ids sched on %s", { timeout: 600_000 }, (board) => {
  it("counts as many turns of a process as the guest counted switches away from it", async () => {
    const [on, , log, inside] = await run(board, "jit", "ids sched on", WORK, "ids sched", COUNTS);
    const { tasks, switches } = log.data as SwitchReport;
    const counts = countsOf(inside.text);
    const sleepers = tasks.filter(({ comm }) => comm === "sleep").filter(({ pid }) => counts.has(pid));
    expect(on.code).toBe(0);
    expect(sleepers).toHaveLength(3);
    for (const { pid, turns } of sleepers) expect([pid, turns]).toEqual([pid, counts.get(pid)]);
    expect(tasks.reduce((sum, { turns }) => sum + turns, 0)).toBeLessThanOrEqual(switches);
  });

  it("leaves the run as it is without, and is the same in both engines", async () => {
    const lines = [WORK, "ids cost banner"];
    const [, plain] = await run(board, "jit", ...lines);
    const [, , logged, log] = await run(board, "jit", "ids sched on", ...lines, "ids sched");
    const [, , interpreted, same] = await run(board, "interp", "ids sched on", ...lines, "ids sched");
    const hashesOf = ({ data }: { data: unknown }) => [(data as Hashes).memory.before, (data as Hashes).state.before];
    expect(hashesOf(logged)).toEqual(hashesOf(plain));
    expect(hashesOf(interpreted)).toEqual(hashesOf(plain));
    expect(same.data).toEqual(log.data);
    expect((log.data as SwitchReport).switches).toBeGreaterThan(10);
  });
});

describe("ids psxview", { timeout: 600_000 }, () => {
  it("has a column of the log while one is kept, with every process that ran", async () => {
    const lines = ["ids psxview", "ids sched on", WORK, "ids psxview", "ids sched off", "ids psxview"];
    const [before, , , during, , after] = await run(BOARD, "jit", ...lines);
    interface View {
      verdict: string;
      rows: { name: string; inSched?: boolean }[];
    }
    const [without, withLog, again] = [before, during, after].map(({ data }) => data as View);
    const headings = [before, during, after].map(({ text }) => text.split("\n")[0].includes("SCHED"));
    expect(headings).toEqual([false, true, false]);
    expect([without, again].flatMap(({ rows }) => rows).every((row) => row.inSched === undefined)).toBe(true);
    const sleepers = withLog.rows.filter(({ name }) => name === "sleep");
    expect(sleepers.map(({ inSched }) => inSched)).toEqual([true, true, true]);
    expect([without, withLog, again].map(({ verdict }) => verdict)).toEqual(["clean", "clean", "clean"]);
  });
});
