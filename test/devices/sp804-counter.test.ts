import { describe, expect, it } from "vitest";
import { Sp804Counter } from "../../src/devices/sp804-counter.ts";
import { BenchClock } from "./test-context.ts";

const ONE_SHOT = 1;
const SIZE_32 = 2;
const PERIODIC = 1 << 6;
const ENABLE = 1 << 7;
const MODES = { freeRunning: 0, periodic: PERIODIC, oneShot: ONE_SHOT };

/** What the counter of the part does, tick by tick. */
class SteppedCounter {
  raw = false;
  value: number;
  private readonly load: number;
  private readonly mode: keyof typeof MODES;

  constructor(load: number, mode: keyof typeof MODES) {
    this.value = load;
    this.load = load;
    this.mode = mode;
  }

  step(): void {
    if (this.value === 0 && this.mode !== "freeRunning") return;
    this.value = (this.value - 1) & 0xffff;
    if (this.value !== 0) return;
    this.raw = true;
    if (this.mode === "periodic") this.value = this.load;
  }
}

describe("Sp804Counter", () => {
  const cases = (Object.keys(MODES) as (keyof typeof MODES)[]).flatMap((mode) =>
    [1, 2, 7, 300].map((load) => [mode, load] as const),
  );

  it.each(cases)("counts as a stepped counter does: %s from %d", (mode, load) => {
    const clock = new BenchClock();
    const counter = new Sp804Counter({ name: "t", clock, clockHz: 1_000_000, changed: () => {} });
    counter.reset();
    counter.writeLoad(load);
    counter.writeControl(ENABLE | MODES[mode]);
    const stepped = new SteppedCounter(load, mode);
    for (let tick = 0; tick < 1000; tick++) {
      expect([tick, counter.value, counter.rawInterrupt]).toEqual([tick, stepped.value, stepped.raw]);
      if (tick % 5 === 4) {
        counter.clearInterrupt();
        stepped.raw = false;
      }
      clock.advance(1000);
      stepped.step();
    }
  });

  it("goes on from where it is when the clock is divided", () => {
    const clock = new BenchClock();
    const counter = new Sp804Counter({ name: "t", clock, clockHz: 1_000_000, changed: () => {} });
    counter.reset();
    counter.writeLoad(1000);
    counter.writeControl(ENABLE | SIZE_32 | PERIODIC);
    clock.advance(100_500);
    counter.setDivider(4);
    clock.advance(3_500);
    expect([counter.value, counter.rawInterrupt]).toEqual([899, false]);
    clock.advance(899 * 4000);
    expect([counter.value, counter.rawInterrupt]).toEqual([1000, true]);
  });

  it("keeps its phase through changes of the configuration between two ticks", () => {
    const clock = new BenchClock();
    const counter = new Sp804Counter({ name: "t", clock, clockHz: 1_000_000, changed: () => {} });
    counter.reset();
    counter.writeLoad(1000);
    counter.writeControl(ENABLE | SIZE_32 | PERIODIC);
    for (let i = 0; i < 10; i++) {
      clock.advance(700);
      counter.writeControl(ENABLE | SIZE_32 | PERIODIC);
    }
    expect(counter.value).toBe(993);
  });

  it("says when an interrupt came and went", () => {
    const clock = new BenchClock();
    const seen: [number, boolean][] = [];
    const counter = new Sp804Counter({
      name: "t",
      clock,
      clockHz: 1_000_000,
      changed: () => seen.push([clock.nowNs(), counter.rawInterrupt]),
    });
    counter.reset();
    counter.writeLoad(3);
    counter.writeControl(ENABLE | PERIODIC);
    seen.length = 0;
    clock.advance(3000);
    counter.clearInterrupt();
    expect(seen).toEqual([
      [3000, true],
      [3000, false],
    ]);
  });
});
