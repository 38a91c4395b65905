import { describe, expect, it } from "vitest";
import { Bcm2835ArmTimer } from "../../src/devices/bcm2835-arm-timer.ts";
import { readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const LOAD = 0x00;
const VALUE = 0x04;
const CONTROL = 0x08;
const IRQ_CLEAR = 0x0c;
const RAW = 0x10;
const MASKED = 0x14;
const RELOAD = 0x18;
const PRE_DIVIDER = 0x1c;
const FREE = 0x20;
const WIDE = 1 << 1;
const INT_ENABLE = 1 << 5;
const ENABLE = 1 << 7;
const FREE_ENABLE = 1 << 9;
const US = 1000;

/** A core clock of 250 MHz divided by 250 counts microseconds. */
function given() {
  const board = bench({ irqCount: 1 });
  const timer = new Bcm2835ArmTimer(board.context);
  timer.reset();
  timer.write(PRE_DIVIDER, 249, 4);
  return { ...board, timer, irq: board.irqs[0], read: (offset: number) => readWord(timer, offset) };
}

describe("Bcm2835ArmTimer", () => {
  it("has the reset values of the manual and counts at 250 MHz / 126", () => {
    const board = bench({ irqCount: 1 });
    const timer = new Bcm2835ArmTimer(board.context);
    timer.reset();
    expect([CONTROL, PRE_DIVIDER].map((offset) => readWord(timer, offset))).toEqual([0x3e0020, 0x7d]);
    timer.write(LOAD, 1_000_000, 4);
    timer.write(CONTROL, ENABLE | WIDE, 4);
    board.clock.advance(126 * 4 * 1000);
    expect(readWord(timer, VALUE)).toBe(1_000_000 - 1000);
  });

  it("interrupts at zero, reloads, and interrupts again once cleared", () => {
    const { timer, clock, irq, read } = given();
    timer.write(LOAD, 500, 4);
    timer.write(CONTROL, ENABLE | INT_ENABLE | WIDE, 4);
    clock.advance(500 * US - 1);
    expect([irq.level, read(VALUE)]).toEqual([false, 1]);
    clock.advance(1);
    expect([irq.level, read(VALUE), read(RAW), read(MASKED)]).toEqual([true, 500, 1, 1]);
    timer.write(IRQ_CLEAR, 0, 4);
    expect([irq.level, read(RAW)]).toEqual([false, 0]);
    clock.advance(500 * US);
    expect(irq.level).toBe(true);
  });

  it("keeps the interrupt to itself without the enable bit", () => {
    const { timer, clock, irq, read } = given();
    timer.write(LOAD, 5, 4);
    timer.write(CONTROL, ENABLE, 4);
    clock.advance(5 * US);
    expect([irq.level, read(RAW), read(MASKED)]).toEqual([false, 1, 0]);
  });

  it("takes a reload value without disturbing the round that runs", () => {
    const { timer, clock, read } = given();
    timer.write(LOAD, 100, 4);
    timer.write(CONTROL, ENABLE | WIDE, 4);
    clock.advance(40 * US);
    timer.write(RELOAD, 1000, 4);
    expect([read(VALUE), read(LOAD)]).toEqual([60, 1000]);
    clock.advance(60 * US);
    expect(read(VALUE)).toBe(1000);
  });

  it("divides by 1, 16 and 256, and by 1 again for the fourth code", () => {
    for (const [code, ticks] of [
      [0, 512],
      [1, 32],
      [2, 2],
      [3, 512],
    ]) {
      const { timer, clock, read } = given();
      timer.write(LOAD, 10_000, 4);
      timer.write(CONTROL, ENABLE | WIDE | (code << 2), 4);
      clock.advance(512 * US);
      expect([code, read(VALUE)]).toEqual([code, 10_000 - ticks]);
    }
  });

  it("goes on at the new rate from where it is when the divider changes", () => {
    const { timer, clock, read } = given();
    timer.write(LOAD, 1000, 4);
    timer.write(CONTROL, ENABLE | WIDE, 4);
    clock.advance(100 * US);
    timer.write(PRE_DIVIDER, 499, 4);
    clock.advance(100 * US);
    expect(read(VALUE)).toBe(850);
  });

  it("counts freely with a prescaler of its own, and stands while that is off", () => {
    const { timer, clock, read } = given();
    timer.write(CONTROL, FREE_ENABLE | (249 << 16), 4);
    clock.advance(70 * US);
    expect(read(FREE)).toBe(70);
    timer.write(CONTROL, 249 << 16, 4);
    clock.advance(70 * US);
    expect(read(FREE)).toBe(70);
    timer.write(CONTROL, FREE_ENABLE | (124 << 16), 4);
    clock.advance(5 * US);
    expect(read(FREE)).toBe(80);
  });

  it("goes on after a restore", () => {
    const first = given();
    first.timer.write(LOAD, 300, 4);
    first.timer.write(CONTROL, ENABLE | INT_ENABLE | WIDE | FREE_ENABLE | (249 << 16), 4);
    first.clock.advance(120 * US);
    const second = bench({ irqCount: 1, clock: first.clock });
    const copy = restored(first.timer, second.context, Bcm2835ArmTimer);
    expect([VALUE, FREE].map((offset) => readWord(copy, offset))).toEqual([180, 120]);
    first.clock.advance(180 * US);
    expect([first.irq.level, second.irqs[0].level]).toEqual([true, true]);
    expect([VALUE, FREE].map((offset) => readWord(copy, offset))).toEqual([VALUE, FREE].map(first.read));
  });
});
