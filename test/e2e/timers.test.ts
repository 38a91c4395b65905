/** `ids timers` on both boards against /proc/timer_list, which has the timers of high resolution. */
import { describe, expect, it } from "vitest";
import { UART } from "./process-lists.ts";
import { BOARD, komainu, outcomesOf, PI_BOARD } from "./program.ts";

/** Later than the guest lives here: such timers do not come and go. */
const FAR_NS = 60e9;

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
    callback = /^ #\d+: <[^>]*>, (\w+), S:/.exec(line)?.[1] ?? callback;
    const due = /^ # expires at \d+-(\d+) nsecs/.exec(line);
    return due === null ? [] : [[clock, callback, Number(due[1])]];
  });
}

const keyOf = (clock: number, callback: string, ns: number): string => `${clock} ${callback} ${ns}`;

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
    const listed = timersInside(inside.text).map((timer) => keyOf(...timer));
    const [earlier, later] = [first, second].map(({ rows }) =>
      rows.filter(({ kind }) => kind === "hrtimer").map((row) => keyOf(row.base, row.function, row.expires)),
    );
    // What was there before and after was there while the guest wrote its list; the others came and went meanwhile.
    const lasting = earlier.filter((key) => later.includes(key));
    expect(lasting.length).toBeGreaterThan(0);
    expect(lasting.filter((key) => !listed.includes(key))).toEqual([]);
    const isFarAway = (key: string): boolean => Number(key.split(" ")[2]) > FAR_NS;
    expect(listed.filter(isFarAway)).toEqual(earlier.filter(isFarAway));
    expect(first.rows.filter(({ kind }) => kind === "timer").length).toBeGreaterThan(5);
    expect((bpf.data as Report).verdict).toBe("clean");
  });
});
