import { describe, expect, it } from "vitest";
import { Bcm2835SystemTimer } from "../../src/devices/bcm2835-system-timer.ts";
import { readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const CS = 0x00;
const CLO = 0x04;
const CHI = 0x08;
const C1 = 0x10;
const C3 = 0x18;
const US = 1000;
const WRAP_US = 0x1_0000_0000;

function given() {
  const board = bench({ irqCount: 4 });
  const timer = new Bcm2835SystemTimer(board.context);
  timer.reset();
  return { ...board, timer, irq: board.irqs[3], read: (offset: number) => readWord(timer, offset) };
}

describe("Bcm2835SystemTimer", () => {
  it("counts microseconds of virtual time in 64 bits", () => {
    const { clock, read } = given();
    clock.advance(1999);
    expect([read(CLO), read(CHI)]).toEqual([1, 0]);
    clock.skip(1);
    expect(read(CLO)).toBe(2);
    clock.skip((5 * WRAP_US + 7) * US);
    expect([read(CLO), read(CHI)]).toEqual([9, 5]);
  });

  it("begins again at zero on reset", () => {
    const { timer, clock, read } = given();
    clock.advance(123_456 * US);
    timer.reset();
    expect(read(CLO)).toBe(0);
    clock.advance(10 * US);
    expect(read(CLO)).toBe(10);
  });

  it("interrupts when the counter comes to the compare word, until the flag is cleared", () => {
    const { timer, clock, read, irq, irqs } = given();
    timer.write(C3, 500, 4);
    clock.advance(500 * US - 1);
    expect([irq.level, read(CS)]).toEqual([false, 0]);
    clock.advance(1);
    expect([irq.level, read(CS), read(CLO)]).toEqual([true, 8, 500]);
    clock.advance(100 * US);
    expect(irq.level).toBe(true);
    timer.write(CS, 1, 4);
    expect(irq.level).toBe(true);
    timer.write(CS, 8, 4);
    expect([irq.level, read(CS)]).toEqual([false, 0]);
    expect(irqs.map(({ edges }) => edges.length)).toEqual([0, 0, 0, 2]);
  });

  it("drives a clock event device as Linux does: compare = counter + distance, again and again", () => {
    const { timer, clock, read, irq } = given();
    for (let i = 0; i < 50; i++) {
      const distance = 15 + i * 37;
      timer.write(C3, read(CLO) + distance, 4);
      clock.advance(distance * US - US);
      expect([i, irq.level]).toEqual([i, false]);
      clock.advance(US);
      expect([i, irq.level]).toEqual([i, true]);
      timer.write(CS, 8, 4);
      clock.advance(i * 11);
    }
  });

  it("shows a match in CS as soon as it is due, before the event is delivered", () => {
    const { timer, clock, read } = given();
    timer.write(C1, 20, 4);
    clock.skip(20 * US);
    expect(read(CS)).toBe(2);
    timer.write(CS, 2, 4);
    expect(read(CS)).toBe(0);
  });

  it("matches at once when the compare word is the counter's own, and after a wrap when it has passed", () => {
    const { timer, clock, irq, read } = given();
    clock.advance(100 * US);
    timer.write(C3, 100, 4);
    clock.advance(0);
    expect(irq.level).toBe(true);
    timer.write(CS, 8, 4);
    timer.write(C3, 99, 4);
    clock.advance((WRAP_US - 2) * US);
    expect(irq.level).toBe(false);
    clock.advance(US);
    expect([irq.level, read(CLO), read(CHI)]).toEqual([true, 99, 1]);
  });

  it("has no deadlines left when all four channels have matched", () => {
    const { clock, read } = given();
    clock.advance(WRAP_US * US);
    expect([read(CS), clock.nextDeadlineNs]).toEqual([0xf, Number.POSITIVE_INFINITY]);
  });

  it("goes on after a restore to the same match at the same instant", () => {
    const first = given();
    first.clock.advance(777);
    first.timer.write(C3, 300, 4);
    first.timer.write(C1, 100, 4);
    first.clock.advance(150 * US);
    const second = bench({ irqCount: 4, clock: first.clock });
    const copy = restored(first.timer, second.context, Bcm2835SystemTimer);
    expect([readWord(copy, CLO), readWord(copy, CS)]).toEqual([first.read(CLO), 2]);
    expect(second.irqs.map(({ level }) => level)).toEqual([false, true, false, false]);
    first.clock.advance(300 * US - 777 - 150 * US - 1);
    expect([first.irq.level, second.irqs[3].level]).toEqual([false, false]);
    first.clock.advance(1);
    expect([first.irq.level, second.irqs[3].level]).toEqual([true, true]);
  });
});
