import { describe, expect, it } from "vitest";
import { Bcm2835Thermal } from "../../src/devices/bcm2835-thermal.ts";
import { readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const CTL = 0;
const STAT = 4;
const RSTB = 1 << 1;
const EN_INT = 1 << 5;
const VALID = 1 << 10;
const INTERRUPT = 1 << 11;

function given(milliCelsius?: number) {
  const board = bench({ irqCount: 1, options: milliCelsius === undefined ? {} : { milliCelsius } });
  const sensor = new Bcm2835Thermal(board.context);
  sensor.reset();
  return { ...board, sensor, irq: board.irqs[0], stat: () => readWord(sensor, STAT) };
}

/** With the coefficients of the device tree, as a driver computes it. */
const milliCelsiusOf = (stat: number): number => 407_000 - 538 * (stat & 0x3ff);

describe("Bcm2835Thermal", () => {
  it.each([-40_000, 0, 45_000, 85_000, 149_000])("answers %d thousandths of a degree within one step", (wanted) => {
    const { stat } = given(wanted);
    expect(stat() & VALID).toBe(VALID);
    expect(Math.abs(milliCelsiusOf(stat()) - wanted)).toBeLessThanOrEqual(269);
  });

  it("comes out of reset set up by the firmware, with a threshold of 90 degrees", () => {
    const { sensor, irq, stat } = given();
    const control = readWord(sensor, CTL);
    expect(control & RSTB).toBe(RSTB);
    expect(milliCelsiusOf((control >>> 8) & 0x3ff)).toBeGreaterThan(89_500);
    expect([irq.level, stat() & INTERRUPT]).toEqual([false, 0]);
  });

  it("interrupts above the threshold while that is enabled", () => {
    const { sensor, irq, stat } = given(95_000);
    expect([irq.level, stat() & INTERRUPT]).toEqual([false, INTERRUPT]);
    sensor.write(CTL, readWord(sensor, CTL) | EN_INT, 4);
    expect(irq.level).toBe(true);
    const copy = bench({ irqCount: 1, options: { milliCelsius: 95_000 } });
    restored(sensor, copy.context, Bcm2835Thermal);
    expect(copy.irqs[0].level).toBe(true);
    sensor.reset();
    expect(irq.level).toBe(false);
  });

  it("has no valid value while it is held in reset", () => {
    const { sensor, stat } = given();
    sensor.write(CTL, readWord(sensor, CTL) & ~RSTB, 4);
    expect(stat()).toBe(0);
  });

  it("refuses a temperature that no option could mean", () => {
    expect(() => given(1_000_000)).toThrowError(/milliCelsius/);
  });
});
