import { describe, expect, it } from "vitest";
import { StateReader } from "../../src/devices/state-reader.ts";
import { UartBurst } from "../../src/devices/uart-burst.ts";
import { BenchClock } from "./test-context.ts";

function given(clock = new BenchClock()) {
  const asked: number[] = [];
  const burst = new UartBurst(clock, "uart0", { length: 4, timeNs: 100, onMore: () => asked.push(clock.nowNs()) });
  return { clock, burst, asked };
}

describe("the rate of what arrives on an unpaced line", () => {
  it("is a burst at once, and the next when its time is over", () => {
    const { clock, burst, asked } = given();
    for (let i = 0; i < 4; i++) burst.take();
    expect([burst.space, asked]).toEqual([0, []]);
    clock.advance(99);
    expect(burst.space).toBe(0);
    clock.advance(1);
    expect([burst.space, asked]).toEqual([4, [100]]);
  });

  it("makes no event for what is typed by hand", () => {
    const { clock, burst } = given();
    for (let i = 0; i < 20; i++) {
      burst.take();
      expect(clock.nextDeadlineNs).toBe(Number.POSITIVE_INFINITY);
      clock.advance(100);
    }
  });

  it("goes on after a restore", () => {
    const first = given();
    for (let i = 0; i < 4; i++) first.burst.take();
    const second = given(first.clock);
    second.burst.restore(new StateReader(structuredClone(first.burst.save()), "uart0"));
    expect(second.burst.space).toBe(0);
    first.clock.advance(100);
    expect([second.burst.space, second.asked]).toEqual([4, [100]]);
    second.burst.take();
    second.burst.reset();
    expect(second.burst.space).toBe(4);
  });
});
