import { afterEach, describe, expect, it } from "vitest";
import { HostTimeout, Session } from "../../src/scenario/session.ts";
import { Stage } from "../../src/scenario/stage.ts";
import { TinyRig } from "./tiny-rig.ts";

const rigs: TinyRig[] = [];
afterEach(() => {
  for (const rig of rigs.splice(0)) rig.dispose();
});

async function given(hostTimeoutMs = 1e9) {
  const rig = new TinyRig();
  rigs.push(rig);
  const stage = await Stage.open(rig.power, { board: rig.board.path, start: "prompt" }, () => {});
  let nowMs = 0;
  return new Session(stage, { hostNowMs: () => nowMs++, hostTimeoutMs });
}

describe("Session", () => {
  it("comes to a time exactly, and says that what it waited for did not come", async () => {
    const session = await given();
    const untilNs = session.nowNs + 12_345;
    expect(await session.advance(() => false, untilNs)).toBe(false);
    expect(session.nowNs).toBe(untilNs);
  });

  it("writes every input down with its instruction and time", async () => {
    const session = await given();
    const begin = session.stage.moment;
    await session.act({ send: "guest0/uart0", bytes: "x" });
    await session.advance(() => false, session.nowNs + 5_000);
    await session.act({ pin: "gpio0.1", level: true });
    expect(session.events).toEqual([
      { at: begin, send: "guest0/uart0", bytes: "x" },
      { at: [begin[0] + 1_000, begin[1] + 5_000], pin: "gpio0.1", level: true },
    ]);
  });

  it("runs a console command to its end, and writes down when it went on", async () => {
    const session = await given();
    const outcomes = await session.command("sleep usecs 50; echo done", Number.POSITIVE_INFINITY);
    expect(outcomes?.at(-1)?.text).toBe("done \n");
    expect(session.events.map((event) => Object.keys(event)[1])).toEqual(["command", "resume"]);
    expect(session.events[1].at[1] - session.events[0].at[1]).toBe(50_000);
  });

  it("gives a command up at its limit", async () => {
    const session = await given();
    expect(await session.command("sleep usecs 500", session.nowNs + 100_000)).toBeUndefined();
    expect(session.events.at(-1)).toMatchObject({ abandon: true });
  });

  it("throws what the check between slices throws, and when the host's time is over", async () => {
    const session = await given(20);
    session.check = () => {
      throw new Error("seen");
    };
    await expect(session.advance(() => false, 1e9)).rejects.toThrow("seen");
    session.check = () => {};
    await expect(session.advance(() => false, 1e15)).rejects.toBeInstanceOf(HostTimeout);
  });
});
