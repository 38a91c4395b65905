import { describe, expect, it } from "vitest";
import { Sp804 } from "../../src/devices/sp804.ts";
import { ambaId, readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const LOAD = 0x00;
const VALUE = 0x04;
const CONTROL = 0x08;
const INTCLR = 0x0c;
const RIS = 0x10;
const MIS = 0x14;
const BGLOAD = 0x18;
const TIMER2 = 0x20;

const ONE_SHOT = 1;
const SIZE_32 = 2;
const PRE_16 = 1 << 2;
const PRE_256 = 2 << 2;
const INT_ENABLE = 1 << 5;
const PERIODIC = 1 << 6;
const ENABLE = 1 << 7;

const US = 1000;

function given(options: Record<string, unknown> = {}) {
  const board = bench({ irqCount: 3, options });
  const timer = new Sp804(board.context);
  timer.reset();
  const [combined, irq1, irq2] = board.irqs;
  const start = (load: number, control: number, base = 0) => {
    timer.write(base + LOAD, load, 4);
    timer.write(base + CONTROL, control | ENABLE, 4);
  };
  const value = (base = 0) => readWord(timer, base + VALUE);
  return { ...board, timer, combined, irq1, irq2, start, value };
}

describe("Sp804", () => {
  it("has the reset values and the id of the part", () => {
    const { timer, value, combined } = given();
    expect([value(), readWord(timer, CONTROL), readWord(timer, LOAD), readWord(timer, RIS)]).toEqual([
      0xffff, 0x20, 0, 0,
    ]);
    expect(ambaId(timer)).toBe(0x00141804);
    expect(combined.level).toBe(false);
  });

  it("counts down one per microsecond, exactly", () => {
    const { clock, start, value } = given();
    start(0xffffffff, SIZE_32);
    expect(value()).toBe(0xffffffff);
    clock.skip(999);
    expect(value()).toBe(0xffffffff);
    clock.skip(1);
    expect(value()).toBe(0xfffffffe);
    clock.skip(5_000_000 * US);
    expect(value()).toBe(0xffffffff - 5_000_001);
  });

  it("stands still while disabled and goes on from there", () => {
    const { timer, clock, start, value } = given();
    start(1000, SIZE_32);
    clock.advance(100 * US);
    timer.write(CONTROL, SIZE_32, 4);
    clock.advance(500 * US);
    expect(value()).toBe(900);
    timer.write(CONTROL, SIZE_32 | ENABLE, 4);
    clock.advance(1 * US);
    expect(value()).toBe(899);
  });

  it("wraps to all ones in free-running mode and interrupts at each zero", () => {
    const { timer, clock, start, value, combined } = given();
    start(2, SIZE_32 | INT_ENABLE);
    clock.advance(2 * US);
    expect([value(), combined.level, readWord(timer, RIS), readWord(timer, MIS)]).toEqual([0, true, 1, 1]);
    clock.advance(1 * US);
    expect(value()).toBe(0xffffffff);
    timer.write(INTCLR, 0, 4);
    expect([combined.level, readWord(timer, RIS)]).toEqual([false, 0]);
    clock.advance(0xffffffff * US - 1);
    expect(combined.level).toBe(false);
    clock.advance(1);
    expect([value(), combined.level]).toEqual([0, true]);
  });

  it("wraps at 16 bits where TimerSize is clear", () => {
    const { clock, start, value } = given();
    start(0x12345, 0);
    expect(value()).toBe(0x2345);
    clock.skip(0x2346 * US);
    expect(value()).toBe(0xffff);
  });

  it("interrupts every TimerLoad ticks in periodic mode, as a system tick needs", () => {
    const { timer, clock, start, value, combined, irq1, irq2 } = given();
    start(10_000, SIZE_32 | PERIODIC | INT_ENABLE);
    const ticksAt: number[] = [];
    for (let i = 0; i < 5; i++) {
      clock.advance(10_000 * US - 1);
      expect([value(), combined.level]).toEqual([1, false]);
      clock.advance(1);
      if (combined.level) ticksAt.push(clock.nowNs());
      timer.write(INTCLR, 1, 4);
    }
    expect(ticksAt).toEqual([1, 2, 3, 4, 5].map((n) => n * 10_000 * US));
    expect([irq1.edges.length, irq2.edges.length]).toEqual([10, 0]);
  });

  it("keeps the period when the guest clears the interrupt late", () => {
    const { timer, clock, start, combined, value } = given();
    start(100, SIZE_32 | PERIODIC | INT_ENABLE);
    clock.advance(730 * US);
    expect(combined.edges).toEqual([true]);
    timer.write(INTCLR, 1, 4);
    expect([combined.level, value()]).toEqual([false, 70]);
    clock.advance(70 * US);
    expect(combined.level).toBe(true);
  });

  it("waits for nothing while an interrupt is pending", () => {
    const { clock, start } = given();
    start(1, SIZE_32 | PERIODIC);
    clock.advance(1 * US);
    expect(clock.nextDeadlineNs).toBe(Number.POSITIVE_INFINITY);
  });

  it("stops at zero in one-shot mode until it is loaded again", () => {
    const { timer, clock, start, value, combined } = given();
    start(50, SIZE_32 | ONE_SHOT | INT_ENABLE);
    clock.advance(50 * US);
    expect([value(), combined.level]).toEqual([0, true]);
    timer.write(INTCLR, 1, 4);
    clock.advance(1_000_000 * US);
    expect([value(), combined.level]).toEqual([0, false]);
    timer.write(LOAD, 20, 4);
    clock.advance(20 * US);
    expect(combined.level).toBe(true);
  });

  it("divides the clock by 16 and by 256", () => {
    const { clock, start, value } = given();
    start(100, SIZE_32 | PRE_16);
    start(100, SIZE_32 | PRE_256, TIMER2);
    clock.skip(256 * US - 1);
    expect([value(), value(TIMER2)]).toEqual([85, 100]);
    clock.skip(1);
    expect([value(), value(TIMER2)]).toEqual([84, 99]);
  });

  it("takes TimerBGLoad at the next reload, not before", () => {
    const { timer, clock, start, value } = given();
    start(100, SIZE_32 | PERIODIC);
    clock.advance(30 * US + 500);
    timer.write(BGLOAD, 10, 4);
    expect([value(), readWord(timer, LOAD), readWord(timer, BGLOAD)]).toEqual([70, 10, 10]);
    clock.advance(70 * US - 501);
    expect([value(), readWord(timer, RIS)]).toEqual([1, 0]);
    clock.advance(1);
    expect([value(), readWord(timer, RIS)]).toEqual([10, 1]);
    clock.advance(13 * US);
    expect(value()).toBe(7);
  });

  it("shows a zero in RIS before the run loop has fired the event, and raises the line on the next write", () => {
    const { timer, clock, start, combined } = given();
    start(5, SIZE_32 | PERIODIC | INT_ENABLE);
    clock.skip(5 * US);
    expect([readWord(timer, RIS), combined.level]).toEqual([1, false]);
    timer.write(CONTROL, SIZE_32 | PERIODIC | INT_ENABLE | ENABLE, 4);
    expect(combined.level).toBe(true);
  });

  it("hides a disabled interrupt from the lines but not from RIS", () => {
    const { timer, clock, start, combined } = given();
    start(5, SIZE_32 | PERIODIC);
    clock.advance(5 * US);
    expect([readWord(timer, RIS), readWord(timer, MIS), combined.level]).toEqual([1, 0, false]);
    timer.write(CONTROL, SIZE_32 | PERIODIC | INT_ENABLE | ENABLE, 4);
    expect([readWord(timer, MIS), combined.level]).toEqual([1, true]);
  });

  it("interrupts at once and only once for a load of zero", () => {
    const { timer, clock, start, combined, value } = given();
    start(0, SIZE_32 | PERIODIC | INT_ENABLE);
    expect([combined.level, value()]).toEqual([true, 0]);
    timer.write(INTCLR, 1, 4);
    clock.advance(1_000_000 * US);
    expect(combined.level).toBe(false);
  });

  it("sums both timers on the combined output", () => {
    const { timer, clock, start, combined, irq1, irq2 } = given();
    start(10, SIZE_32 | INT_ENABLE);
    start(20, SIZE_32 | INT_ENABLE, TIMER2);
    clock.advance(20 * US);
    expect([irq1.level, irq2.level, combined.level]).toEqual([true, true, true]);
    timer.write(INTCLR, 1, 4);
    expect([irq1.level, irq2.level, combined.level]).toEqual([false, true, true]);
    timer.write(TIMER2 + INTCLR, 1, 4);
    expect(combined.level).toBe(false);
  });

  it("counts at the rate the profile gives", () => {
    const { clock, start, value } = given({ clockHz: 24_000_000 });
    start(0xffffffff, SIZE_32);
    clock.skip(1_000_000_000);
    expect(value()).toBe(0xffffffff - 24_000_000);
    expect(() => given({ clockHz: 0 })).toThrow(expect.objectContaining({ code: "device-option-invalid" }));
  });

  it("goes on after a restore with the same values and the same interrupts", () => {
    const first = given();
    first.start(1000, SIZE_32 | PERIODIC | INT_ENABLE);
    first.start(0xffffffff, SIZE_32 | PRE_16, TIMER2);
    first.clock.advance(1700 * US + 123);
    first.timer.write(INTCLR, 1, 4);
    const second = bench({ irqCount: 3, clock: first.clock });
    const copy = restored(first.timer, second.context, Sp804);
    for (let i = 0; i < 20; i++) {
      first.clock.advance(77 * US + 13);
      for (const offset of [VALUE, RIS, MIS, TIMER2 + VALUE])
        expect(readWord(copy, offset)).toBe(readWord(first.timer, offset));
      expect(second.irqs.map((line) => line.level)).toEqual(first.irqs.map((line) => line.level));
    }
    expect(second.irqs[0].edges).toEqual([true]);
  });
});
