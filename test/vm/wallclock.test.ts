import { describe, expect, it } from "vitest";
import { WallClock } from "../../src/vm/wallclock.ts";

const given = (epochSeconds = 1_000) => {
  const clock = { at: 0, nowNs: () => clock.at };
  return { clock, wallClock: new WallClock(clock, { epochSeconds }) };
};

describe("the wall clock", () => {
  it("moves with virtual time from the time at power-on", () => {
    const { clock, wallClock } = given();
    clock.at = 2.9e9;
    expect(wallClock.epochSeconds).toBe(1_002);
  });

  it("goes on from the time it is set to", () => {
    const { clock, wallClock } = given();
    clock.at = 10e9;
    wallClock.set(50);
    expect(wallClock.epochSeconds).toBe(50);
    clock.at = 12e9;
    expect(wallClock.epochSeconds).toBe(52);
  });

  it("keeps offset and zone over a restore", () => {
    const { wallClock } = given();
    wallClock.set(7_000);
    wallClock.zoneMinutes = -90;
    const copy = given().wallClock;
    copy.restore(structuredClone(wallClock.save()));
    expect([copy.epochSeconds, copy.zoneMinutes]).toEqual([7_000, -90]);
  });
});
