import { describe, expect, it } from "vitest";
import { EventClock } from "../../src/base/index.ts";

/** A clock whose time is set by hand, and a list of what fired when. */
function given() {
  const time = { ns: 0 };
  const clock = new EventClock(() => time.ns);
  const fired: string[] = [];
  const timer = (name: string, then: () => void = () => {}) =>
    clock.timer(name, () => {
      fired.push(`${name}@${time.ns}`);
      then();
    });
  return { time, clock, fired, timer };
}

describe("the event clock", () => {
  it("fires what is due, earliest first, and nothing else", () => {
    const { time, clock, fired, timer } = given();
    timer("late").arm(30);
    timer("early").arm(10);
    timer("future").arm(31);
    time.ns = 30;
    clock.fireDue();
    expect([fired, clock.nextDeadlineNs]).toEqual([["early@30", "late@30"], 31]);
  });

  it("fires timers of one instant in the order in which they were made, however they were armed", () => {
    const { time, clock, fired, timer } = given();
    const timers = ["a", "b", "c"].map((name) => timer(name));
    for (const armed of timers.reverse()) armed.arm(5);
    time.ns = 5;
    clock.fireDue();
    expect(fired).toEqual(["a@5", "b@5", "c@5"]);
  });

  it("fires once for each time it is armed, at its last setting", () => {
    const { time, clock, fired, timer } = given();
    const once = timer("once");
    once.arm(10);
    once.arm(20);
    time.ns = 15;
    clock.fireDue();
    expect([fired, once.deadlineNs]).toEqual([[], 20]);
    time.ns = 25;
    clock.fireDue();
    clock.fireDue();
    expect([fired, once.deadlineNs]).toEqual([["once@25"], undefined]);
  });

  it("lets a timer arm itself and others from its callback", () => {
    const { time, clock, fired, timer } = given();
    const other = timer("other");
    const periodic = timer("periodic", () => {
      periodic.arm(time.ns + 10);
      other.arm(time.ns);
    });
    periodic.arm(10);
    time.ns = 10;
    clock.fireDue();
    expect([fired, clock.nextDeadlineNs]).toEqual([["periodic@10", "other@10"], 20]);
  });

  it("forgets a cancelled timer", () => {
    const { time, clock, fired, timer } = given();
    const cancelled = timer("cancelled");
    cancelled.arm(1);
    cancelled.cancel();
    time.ns = 2;
    clock.fireDue();
    expect([fired, clock.nextDeadlineNs]).toEqual([[], Number.POSITIVE_INFINITY]);
  });

  it("tells when the next deadline changes, and only then", () => {
    const { clock, timer } = given();
    const told: number[] = [];
    clock.onDeadlineChange = () => told.push(clock.nextDeadlineNs);
    const [first, second] = [timer("first"), timer("second")];
    first.arm(10);
    second.arm(20);
    second.arm(5);
    second.cancel();
    first.arm(10);
    expect(told).toEqual([10, 5, 10]);
  });

  it("takes back all timers of a scope together, and no others", () => {
    const { time, clock, fired, timer } = given();
    const scope = clock.scope();
    scope.timer("gone", () => fired.push("gone")).arm(1);
    timer("kept").arm(2);
    expect([scope.nowNs(), clock.nextDeadlineNs]).toEqual([0, 1]);
    scope.release();
    expect(clock.nextDeadlineNs).toBe(2);
    time.ns = 3;
    clock.fireDue();
    expect(fired).toEqual(["kept@3"]);
  });
});
