import { describe, expect, it } from "vitest";
import { LineSession } from "../../src/scenario/line-session.ts";
import { HostTimeout, SessionInterrupted } from "../../src/scenario/session.ts";
import { JumpingClock, PeerLine } from "./scripted-line.ts";

const given = (limits: { forbid?: string[]; hostTimeoutMs?: number } = {}) => {
  const line = new PeerLine();
  const session = new LineSession(line, new JumpingClock(), {
    forbid: [],
    hostTimeoutMs: undefined,
    ...limits,
  });
  line.onData = (data) => session.arrived(data);
  return { line, session };
};

describe("a session on a real line", () => {
  it("waits for what is awaited, and no longer than it may", async () => {
    const { line, session } = given();
    let seen = "";
    session.onByte = (byte) => {
      seen += String.fromCharCode(byte);
    };
    setImmediate(() => line.say("abc"));
    expect(await session.advance(() => seen === "abc", 1e9)).toBe(true);
    expect(session.nowNs).toBe(0);
    expect(await session.advance(() => false, 3e9)).toBe(false);
    expect(session.nowNs).toBeGreaterThanOrEqual(3e9);
  });

  it("ends at once at a pattern that must not come, split over chunks as it may be", async () => {
    const { line, session } = given({ forbid: ["panic"] });
    setImmediate(() => {
      line.say("pa");
      line.say("nic");
    });
    await expect(session.advance(() => false, 1e9)).rejects.toThrow(
      'expected no "panic" on the line, found that it came',
    );
    expect(session.nowNs).toBe(0);
  });

  it("ends when its whole time is up, when somebody quits, and when the line is gone", async () => {
    const late = given({ hostTimeoutMs: 500 });
    await expect(late.session.advance(() => false, 10e9)).rejects.toBeInstanceOf(HostTimeout);
    expect(late.session.nowNs).toBe(500e6);
    const left = given();
    setImmediate(() => left.session.interrupt());
    await expect(left.session.advance(() => false, 10e9)).rejects.toBeInstanceOf(SessionInterrupted);
    const lost = given();
    setImmediate(() => lost.session.lost("unplugged"));
    await expect(lost.session.advance(() => false, 10e9)).rejects.toMatchObject({ code: "line-lost", exitCode: 3 });
  });

  it("gives a transfer its time, tells its failure, and cancels it when the script ends", async () => {
    const { session } = given({ hostTimeoutMs: 500 });
    await session.during(Promise.resolve(), () => {});
    await expect(session.during(Promise.reject(new Error("refused")), () => {})).rejects.toThrow("refused");
    let cancel = (): void => {};
    const endless = new Promise<void>((resolve) => {
      cancel = resolve;
    });
    await expect(session.during(endless, cancel)).rejects.toBeInstanceOf(HostTimeout);
  });
});
