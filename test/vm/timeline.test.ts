import { describe, expect, it } from "vitest";
import { Timeline } from "../../src/vm/timeline.ts";

/** A core of 5 ns an instruction whose count is set by hand. */
const given = () => {
  const timeline = new Timeline(5);
  const core = {
    count: 0,
    sliceEnd: Number.POSITIVE_INFINITY,
    instructions: () => core.count,
    shortenSlice: (until: number) => {
      core.sliceEnd = until;
    },
  };
  timeline.attach(core);
  return { timeline, core };
};

describe("virtual time", () => {
  it("is instructions times their cost, plus what was skipped", () => {
    const { timeline, core } = given();
    core.count = 100;
    timeline.advanceTo(800);
    expect([timeline.nowNs(), timeline.instructions()]).toEqual([800, 100]);
    core.count = 101;
    expect(timeline.nowNs()).toBe(805);
  });

  it("is never skipped past the next event, and never goes back", () => {
    const { timeline } = given();
    timeline.clock.timer("event", () => {}).arm(300);
    timeline.advanceTo(1_000);
    expect([timeline.nowNs(), timeline.isDue()]).toEqual([300, true]);
    timeline.clock.fireDue();
    timeline.advanceTo(100);
    expect([timeline.nowNs(), timeline.isDue()]).toEqual([300, false]);
  });

  it("tells how many instructions may run before the next event, rounded up", () => {
    const { timeline, core } = given();
    expect(timeline.instructionsToDeadline()).toBe(Number.POSITIVE_INFINITY);
    timeline.clock.timer("event", () => {}).arm(101);
    expect(timeline.instructionsToDeadline()).toBe(21);
    core.count = 30;
    expect(timeline.instructionsToDeadline()).toBe(0);
  });

  it("ends the running slice earlier when an earlier event is set", () => {
    const { timeline, core } = given();
    core.count = 10;
    timeline.clock.timer("event", () => {}).arm(100);
    expect(core.sliceEnd).toBe(20);
  });

  it("jumps to the next event when there is one", () => {
    const { timeline } = given();
    expect(timeline.skipToDeadline()).toBe(false);
    timeline.clock.timer("event", () => {}).arm(1e9);
    expect([timeline.skipToDeadline(), timeline.nowNs()]).toEqual([true, 1e9]);
  });

  it("goes on when one core follows another, and after a restore", () => {
    const { timeline, core } = given();
    core.count = 1_000;
    timeline.advanceTo(6_000);
    timeline.detach();
    expect([timeline.instructions(), timeline.nowNs()]).toEqual([1_000, 6_000]);
    const next = given();
    next.timeline.restore(structuredClone(timeline.save()));
    next.core.count = 2;
    expect([next.timeline.instructions(), next.timeline.nowNs()]).toEqual([1_002, 6_010]);
  });
});
