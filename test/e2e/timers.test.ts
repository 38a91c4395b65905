/** `ids timers` on both boards against /proc/timer_list, which has the timers of high resolution. */
import { describe, expect, it } from "vitest";
import { UART } from "./process-lists.ts";
import { BOARD, komainu, outcomesOf, PI_BOARD } from "./program.ts";

interface TimerRow {
  readonly kind: string;
  readonly base: number;
  readonly expires: number;
  readonly function: string;
}

interface Report {
  readonly verdict: string;
  readonly rows: readonly TimerRow[];
  readonly findings: readonly unknown[];
}

/** Active timers of /proc/timer_list: clock, function, when it is due. */
function timersInside(text: string): [clock: number, callback: string, expiresNs: number][] {
  let clock = -1;
  let callback = "";
  return text.split("\n").flatMap((line): [number, string, number][] => {
    const next = /^ clock (\d+):/.exec(line);
    if (next !== null) clock = Number(next[1]);
    callback = /^ #\d+: <[0-9a-f]+>, (\w+), S:/.exec(line)?.[1] ?? callback;
    const due = /^ # expires at \d+-(\d+) nsecs/.exec(line);
    return due === null ? [] : [[clock, callback, Number(due[1])]];
  });
}

describe.each([BOARD, PI_BOARD])("ids timers on %s", { timeout: 600_000 }, (board) => {
  it("has the timers that the guest lists itself, due at the same time, and finds none to be hooked", async () => {
    const lines = ["ids timers", `${UART} cat /proc/timer_list`, "ids timers", "ids bpf"];
    const { stdout } = await komainu(["exec", board, "--json", ...lines]);
    const [before, inside, after, bpf] = outcomesOf(stdout);
    const [first, second] = [before.data as Report, after.data as Report];
    expect([first, second].map(({ verdict, findings }) => [verdict, findings])).toEqual([
      ["clean", []],
      ["clean", []],
    ]);
    const listed = timersInside(inside.text);
    expect(listed.length).toBeGreaterThan(0);
    // A periodic timer moves on while the guest writes its list, so either look may have it at that time.
    const outside = [...first.rows, ...second.rows].filter(({ kind }) => kind === "hrtimer");
    const names = new Set(outside.map((row) => `${row.base} ${row.function}`));
    for (const [clock, callback] of listed) expect(names).toContain(`${clock} ${callback}`);
    const due = outside.map((row) => `${row.base} ${row.function} ${row.expires}`);
    const lasting = listed.filter(([clock, callback, ns]) => due.includes(`${clock} ${callback} ${ns}`));
    expect(lasting.length).toBeGreaterThan(0);
    const stable = first.rows.filter(({ kind, function: name, expires }) =>
      second.rows.some((row) => kind === "hrtimer" && row.function === name && row.expires === expires),
    );
    for (const { base, function: name, expires } of stable) expect(listed).toContainEqual([base, name, expires]);
    expect(first.rows.filter(({ kind }) => kind === "timer").length).toBeGreaterThan(5);
    expect((bpf.data as Report).verdict).toBe("clean");
  });
});
