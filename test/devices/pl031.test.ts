import { describe, expect, it } from "vitest";
import { Pl031 } from "../../src/devices/pl031.ts";
import { ambaId, readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const DR = 0x00;
const MR = 0x04;
const LR = 0x08;
const CR = 0x0c;
const IMSC = 0x10;
const RIS = 0x14;
const MIS = 0x18;
const ICR = 0x1c;
const SECOND = 1_000_000_000;
const EPOCH = 1_700_000_000;

function given() {
  const board = bench({ irqCount: 1, epochSeconds: EPOCH });
  const rtc = new Pl031(board.context);
  rtc.reset();
  return { ...board, rtc, irq: board.irqs[0], read: (offset: number) => readWord(rtc, offset) };
}

describe("Pl031", () => {
  it("says the wall time of power-on plus the virtual seconds", () => {
    const { clock, rtc, read } = given();
    expect([read(DR), read(CR), ambaId(rtc)]).toEqual([EPOCH, 1, 0x00041031]);
    clock.advance(90 * SECOND - 1);
    expect(read(DR)).toBe(EPOCH + 89);
    clock.advance(1);
    expect(read(DR)).toBe(EPOCH + 90);
  });

  it("takes a new time and counts on from it, past 2038 and past 2106", () => {
    const { clock, rtc, read } = given();
    clock.advance(5 * SECOND);
    rtc.write(LR, 0xfffffffe, 4);
    expect([read(DR), read(LR)]).toEqual([0xfffffffe, 0xfffffffe]);
    clock.advance(3 * SECOND);
    expect(read(DR)).toBe(1);
  });

  it("cannot be stopped", () => {
    const { clock, rtc, read } = given();
    rtc.write(CR, 0, 4);
    clock.advance(SECOND);
    expect([read(CR), read(DR)]).toEqual([1, EPOCH + 1]);
  });

  it("rings in the second of the match", () => {
    const { clock, rtc, irq, read } = given();
    clock.advance(SECOND / 2);
    rtc.write(IMSC, 1, 4);
    rtc.write(MR, EPOCH + 10, 4);
    clock.advance(9.5 * SECOND - 1);
    expect(irq.level).toBe(false);
    clock.advance(1);
    expect([irq.level, read(RIS), read(MIS), read(DR)]).toEqual([true, 1, 1, EPOCH + 10]);
    rtc.write(ICR, 0, 4);
    expect(irq.level).toBe(true);
    rtc.write(ICR, 1, 4);
    expect([irq.level, read(RIS)]).toEqual([false, 0]);
    clock.advance(100 * SECOND);
    expect(irq.level).toBe(false);
  });

  it("moves the alarm when the time is set", () => {
    const { clock, rtc, read } = given();
    rtc.write(MR, 1000, 4);
    clock.advance(SECOND);
    rtc.write(LR, 990, 4);
    clock.advance(10 * SECOND - 1);
    expect(read(RIS)).toBe(0);
    clock.advance(1);
    expect([read(RIS), read(MIS)]).toEqual([1, 0]);
  });

  it("rings at once for a match with now, and never for one beyond virtual time", () => {
    const { clock, rtc, read } = given();
    rtc.write(MR, EPOCH, 4);
    expect(read(RIS)).toBe(1);
    rtc.write(ICR, 1, 4);
    rtc.write(MR, EPOCH - 1, 4);
    expect([read(RIS), clock.nextDeadlineNs]).toEqual([0, Number.POSITIVE_INFINITY]);
  });

  it("returns to the wall clock on reset", () => {
    const { clock, rtc, read, irq } = given();
    rtc.write(IMSC, 1, 4);
    rtc.write(MR, EPOCH, 4);
    rtc.write(LR, 5, 4);
    clock.advance(2 * SECOND);
    rtc.reset();
    expect([read(DR), irq.level, clock.nextDeadlineNs]).toEqual([EPOCH + 2, false, Number.POSITIVE_INFINITY]);
  });

  it("goes on after a restore with the same time and alarm, also on a machine with another wall clock", () => {
    const first = given();
    first.rtc.write(IMSC, 1, 4);
    first.rtc.write(LR, 500, 4);
    first.rtc.write(MR, 507, 4);
    first.clock.advance(3.25 * SECOND);
    const second = bench({ irqCount: 1, clock: first.clock, epochSeconds: EPOCH + 86_400 });
    const copy = restored(first.rtc, second.context, Pl031);
    expect(readWord(copy, DR)).toBe(503);
    first.clock.advance(3.75 * SECOND);
    expect([readWord(copy, DR), second.irqs[0].level, first.irq.level]).toEqual([507, true, true]);
  });
});
