import { afterEach, describe, expect, it } from "vitest";
import { type Journal, journalText, parseJournal } from "../../src/scenario/journal-format.ts";
import { parsePattern } from "../../src/scenario/pattern.ts";
import { replayJournal } from "../../src/scenario/replay.ts";
import { TinyRig } from "./tiny-rig.ts";

const rigs: TinyRig[] = [];
afterEach(() => {
  for (const rig of rigs.splice(0)) rig.dispose();
});

const FAILING = "memory: 0x100, equals: 0xdead";

/** The journal of steps that end in a failure, as a file has it. */
async function given(steps: readonly string[], options: Parameters<TinyRig["run"]>[1] = {}) {
  const rig = new TinyRig();
  rigs.push(rig);
  const { journal, failure } = await rig.run([...steps, FAILING], options);
  if (journal === undefined) throw new Error(`no journal: ${failure?.message}`);
  return { rig, journal: parseJournal(journalText(journal), "j") };
}

const replay = (rig: TinyRig, journal: Journal, until?: string) =>
  replayJournal(journal, {
    power: rig.power,
    board: rig.board.path,
    until: until === undefined ? undefined : parsePattern(until),
  });

describe("replayJournal", () => {
  it.each([
    ["typing", ["line: hello", "expect: hello", "wait: 140us", "send: x", "wait: 1us"]],
    ["waiting commands", ["console: sleep usecs 90; echo done; sleep usecs 90", "line: a", "expect: a"]],
    ["commands that are given up", ["line: x", "wait: 20us"]],
    [
      "pins, memory, stuck devices",
      [
        "pin: gpio0.1, drive: high",
        "memory: 0x200, write: 9",
        "stuck: uart0",
        "line: q",
        "wait: 20us",
        "repair: uart0",
        "wait: 20us",
      ],
    ],
    [
      "snapshots",
      ["snapshot: save", "line: one", "expect: one", "snapshot: load", "line: two", "expect: two", "snapshot: load"],
    ],
    [
      "power cuts",
      [
        "line: one",
        "expect: one",
        "power: cut",
        "wait: 60us",
        "power: on",
        "expect: guest ready",
        "line: two",
        "expect: two",
      ],
    ],
    [
      "resets and pauses",
      [
        "console: vcpu pause guest0/vcpu0",
        "wait: 40us",
        "console: vcpu resume guest0/vcpu0",
        "reset: guest",
        "expect: guest ready",
      ],
    ],
    [
      "noise of a random seed",
      [
        "noise: 0.5, seed: random",
        "line: hello hello hello",
        "wait: 100us",
        "drop: 0.5, toward: host, seed: random",
        "line: more",
        "wait: 20us",
      ],
    ],
  ])("does the same with %s, to the same instruction and state", async (_what, steps) => {
    const { rig, journal } = await given(steps);
    const { end, moment } = await replay(rig, journal);
    expect(end).toBe("same");
    expect(moment).toEqual(journal.end.end);
  });

  it("stops at the instruction that prints a pattern", async () => {
    const { rig, journal } = await given(["line: hello", "expect: hello", "wait: 180us"]);
    const { end, moment } = await replay(rig, journal, "hell");
    expect(end).toBe("until");
    expect(moment[0]).toBeLessThan(journal.end.end[0]);
    expect(moment[0]).toBeGreaterThan(journal.header.begin[0]);
  });

  it("tells the input at which another run goes its own way", async () => {
    const { rig, journal } = await given(["line: hello", "expect: hello", "wait: 180us"]);
    const [event] = journal.events;
    const other: Journal = { ...journal, events: [{ ...event, at: [event.at[0], event.at[1] + 100_000] }] };
    await expect(replay(rig, other)).rejects.toMatchObject({
      code: "replay-diverged",
      message: expect.stringContaining("input 1 of 1 (send)"),
    });
    const silent: Journal = { ...journal, events: [] };
    await expect(replay(rig, silent)).rejects.toMatchObject({
      code: "replay-diverged",
      message: expect.stringContaining("the console"),
    });
  });

  it("refuses images that are not the journal's, and names the digest that is wanted", async () => {
    const { rig, journal } = await given(["wait: 20us"]);
    const kernel = "cd".repeat(32);
    const other = { ...journal, header: { ...journal.header, images: { ...journal.header.images, kernel } } };
    await expect(replay(rig, other)).rejects.toMatchObject({
      code: "journal-image-missing",
      exitCode: 3,
      message: expect.stringContaining(kernel),
    });
  });
});
