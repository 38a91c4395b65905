import { describe, expect, it } from "vitest";
import { Sp805 } from "../../src/devices/sp805.ts";
import { ambaId, readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const LOAD = 0x000;
const VALUE = 0x004;
const CONTROL = 0x008;
const INTCLR = 0x00c;
const RIS = 0x010;
const MIS = 0x014;
const LOCK = 0xc00;
const INTEN = 1;
const RESEN = 2;
const UNLOCK = 0x1acce551;
const US = 1000;

function given(options: Record<string, unknown> = {}) {
  const board = bench({ irqCount: 1, options });
  const watchdog = new Sp805(board.context);
  watchdog.reset();
  return { ...board, watchdog, irq: board.irqs[0], read: (offset: number) => readWord(watchdog, offset) };
}

describe("Sp805", () => {
  it("has the reset values and the id of the part", () => {
    const { watchdog, read } = given();
    expect([LOAD, VALUE, CONTROL, RIS, MIS, LOCK].map(read)).toEqual([0xffffffff, 0xffffffff, 0, 0, 0, 0]);
    expect(ambaId(watchdog)).toBe(0x00141805);
  });

  it("counts only while INTEN is set", () => {
    const { watchdog, clock, read } = given();
    watchdog.write(LOAD, 1000, 4);
    clock.advance(100 * US);
    expect(read(VALUE)).toBe(1000);
    watchdog.write(CONTROL, INTEN, 4);
    clock.advance(100 * US);
    expect(read(VALUE)).toBe(900);
    watchdog.write(CONTROL, 0, 4);
    clock.advance(100 * US);
    expect(read(VALUE)).toBe(900);
    watchdog.write(CONTROL, INTEN, 4);
    expect(read(VALUE)).toBe(1000);
  });

  it("interrupts at the first zero and resets the board at the second", () => {
    const { watchdog, clock, irq, read, requests } = given();
    watchdog.write(LOAD, 500, 4);
    watchdog.write(CONTROL, INTEN | RESEN, 4);
    clock.advance(500 * US - 1);
    expect([irq.level, read(RIS)]).toEqual([false, 0]);
    clock.advance(1);
    expect([irq.level, read(RIS), read(MIS), read(VALUE), requests.resets]).toEqual([true, 1, 1, 500, 0]);
    clock.advance(500 * US - 1);
    expect(requests.resets).toBe(0);
    clock.advance(1);
    expect([requests.resets, read(VALUE)]).toEqual([1, 0]);
    clock.advance(5000 * US);
    expect(requests.resets).toBe(1);
  });

  it("never resets a board whose watchdog daemon pings in time", () => {
    const { watchdog, clock, irq, requests } = given();
    watchdog.write(LOAD, 500, 4);
    watchdog.write(CONTROL, INTEN | RESEN, 4);
    watchdog.write(LOCK, 0, 4);
    for (let i = 0; i < 20; i++) {
      clock.advance(700 * US);
      expect(irq.level).toBe(true);
      watchdog.write(LOCK, UNLOCK, 4);
      watchdog.write(LOAD, 500, 4);
      watchdog.write(INTCLR, 1, 4);
      watchdog.write(LOCK, 0, 4);
      expect(irq.level).toBe(false);
    }
    expect(requests.resets).toBe(0);
  });

  it("goes on counting past the second zero without RESEN, and resets when it is set then", () => {
    const { watchdog, clock, read, requests } = given();
    watchdog.write(LOAD, 500, 4);
    watchdog.write(CONTROL, INTEN, 4);
    clock.advance(1700 * US);
    expect([read(VALUE), requests.resets, clock.nextDeadlineNs]).toEqual([300, 0, Number.POSITIVE_INFINITY]);
    watchdog.write(CONTROL, INTEN | RESEN, 4);
    clock.advance(300 * US);
    expect(requests.resets).toBe(1);
  });

  it("ignores everything but the key while it is locked", () => {
    const { watchdog, read, clock } = given();
    watchdog.write(LOCK, 1, 4);
    watchdog.write(LOAD, 5, 4);
    watchdog.write(CONTROL, INTEN | RESEN, 4);
    clock.advance(1_000_000 * US);
    expect([LOCK, LOAD, CONTROL].map(read)).toEqual([1, 0xffffffff, 0]);
    watchdog.write(LOCK, UNLOCK, 4);
    watchdog.write(LOAD, 5, 4);
    expect([LOCK, LOAD].map(read)).toEqual([0, 5]);
  });

  it("survives a load of zero", () => {
    const { watchdog, clock, irq, requests } = given();
    watchdog.write(LOAD, 0, 4);
    watchdog.write(CONTROL, INTEN, 4);
    clock.advance(1);
    expect([irq.level, requests.resets]).toEqual([true, 0]);
    watchdog.write(CONTROL, INTEN | RESEN, 4);
    clock.advance(1);
    expect([requests.resets, clock.nextDeadlineNs]).toEqual([1, Number.POSITIVE_INFINITY]);
  });

  it("drops its interrupt and stops on reset", () => {
    const { watchdog, clock, irq, requests } = given();
    watchdog.write(LOAD, 10, 4);
    watchdog.write(CONTROL, INTEN | RESEN, 4);
    clock.advance(15 * US);
    watchdog.reset();
    clock.advance(100 * US);
    expect([irq.level, requests.resets]).toEqual([false, 0]);
  });

  it("goes on after a restore to the same reset at the same instant", () => {
    const first = given();
    first.watchdog.write(LOAD, 500, 4);
    first.watchdog.write(CONTROL, INTEN | RESEN, 4);
    first.clock.advance(720 * US);
    const second = bench({ irqCount: 1, clock: first.clock });
    const copy = restored(first.watchdog, second.context, Sp805);
    expect([readWord(copy, VALUE), second.irqs[0].level]).toEqual([280, true]);
    first.clock.advance(280 * US - 1);
    expect([first.requests.resets, second.requests.resets]).toEqual([0, 0]);
    first.clock.advance(1);
    expect([first.requests.resets, second.requests.resets]).toEqual([1, 1]);
  });
});
