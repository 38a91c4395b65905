import { describe, expect, it } from "vitest";
import { Bcm2835Pm } from "../../src/devices/bcm2835-pm.ts";
import { readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const RSTC = 0x1c;
const RSTS = 0x20;
const WDOG = 0x24;
const USB = 0x5c;
const IMAGE = 0x108;
const GRAFX = 0x10c;
const PASSWORD = 0x5a000000;
const FULL_RESET = 0x20;
const WRCFG_CLEAR = 0xffffffcf;
const HALT = 0x555;
const HADWRF = 0x20;
const HADPOR = 0x1000;
const SECOND_NS = 1_000_000_000;

function given() {
  const board = bench();
  const pm = new Bcm2835Pm(board.context);
  pm.reset();
  const read = (offset: number) => readWord(pm, offset);
  const write = (offset: number, value: number) => pm.write(offset, PASSWORD | value, 4);
  /** As the watchdog driver starts it. */
  const start = (ticks: number) => {
    write(WDOG, ticks);
    write(RSTC, (read(RSTC) & WRCFG_CLEAR) | FULL_RESET);
  };
  return { ...board, pm, read, write, start };
}

describe("Bcm2835Pm", () => {
  it("comes up from power-on with the watchdog stopped", () => {
    const { read, clock } = given();
    expect([RSTC, RSTS, WDOG].map(read)).toEqual([0x102, HADPOR, 0]);
    expect(clock.nextDeadlineNs).toBe(Number.POSITIVE_INFINITY);
  });

  it("counts down in 65536ths of a second and resets the board", () => {
    const { read, start, clock, requests, pm } = given();
    start(10 << 16);
    clock.advance(4 * SECOND_NS);
    expect([read(WDOG), requests.resets]).toEqual([6 << 16, 0]);
    clock.advance(6 * SECOND_NS - 1);
    expect(requests).toEqual({ resets: 0, powerOffs: 0 });
    clock.advance(1);
    expect(requests).toEqual({ resets: 1, powerOffs: 0 });
    pm.reset();
    expect([read(RSTS) & HADWRF, read(RSTS) & HADPOR, read(RSTC)]).toEqual([HADWRF, 0, 0x102]);
    clock.advance(100 * SECOND_NS);
    expect(requests.resets).toBe(1);
  });

  it("never resets a board whose watchdog is fed in time, or stopped", () => {
    const { start, write, clock, requests } = given();
    for (let i = 0; i < 20; i++) {
      start(15 << 16);
      clock.advance(14 * SECOND_NS);
    }
    write(RSTC, 0x102);
    clock.advance(100 * SECOND_NS);
    expect(requests).toEqual({ resets: 0, powerOffs: 0 });
  });

  it("reboots as Linux asks for it: ten ticks and a full reset", () => {
    const { start, clock, requests, pm, write, read } = given();
    write(RSTS, 0x4);
    start(10);
    clock.advance(1_000_000);
    expect(requests).toEqual({ resets: 1, powerOffs: 0 });
    pm.reset();
    expect(read(RSTS) & HALT).toBe(0x4);
  });

  it("switches the board off when the partition is 63", () => {
    const { start, clock, requests, write, read } = given();
    write(RSTS, read(RSTS) | HALT);
    start(10);
    clock.advance(1_000_000);
    expect(requests).toEqual({ resets: 0, powerOffs: 1 });
  });

  it("ignores writes without the password", () => {
    const { pm, read, clock, requests, log } = given();
    pm.write(WDOG, 10, 4);
    pm.write(RSTC, FULL_RESET, 4);
    pm.write(RSTC, 0xa5000000 | FULL_RESET, 4);
    clock.advance(SECOND_NS);
    expect([read(RSTC), requests.resets, log.length]).toEqual([0x102, 0, 1]);
  });

  it("powers a domain up as the driver waits for it", () => {
    const [POWUP, POWOK, MEMREP, MRDONE] = [1, 2, 8, 16];
    const { read, write } = given();
    expect(read(GRAFX) & (POWUP | POWOK)).toBe(0);
    write(GRAFX, read(GRAFX) | POWUP);
    expect(read(GRAFX) & (POWOK | MRDONE)).toBe(POWOK);
    write(GRAFX, read(GRAFX) | MEMREP);
    expect(read(GRAFX) & MRDONE).toBe(MRDONE);
    write(GRAFX, read(GRAFX) & ~POWUP);
    expect(read(GRAFX) & POWOK).toBe(0);
    expect(read(IMAGE) & (POWUP | POWOK | MRDONE)).toBe(POWUP | POWOK | MRDONE);
  });

  it("keeps the settings of supplies without the password", () => {
    const { read, write } = given();
    write(USB, 1);
    expect(read(USB)).toBe(1);
  });

  it("goes on after a restore to the same reset at the same instant", () => {
    const first = given();
    first.start(1 << 16);
    first.clock.advance(SECOND_NS / 4);
    const second = bench({ clock: first.clock });
    const copy = restored(first.pm, second.context, Bcm2835Pm);
    expect(readWord(copy, WDOG)).toBe(3 << 14);
    first.clock.advance((SECOND_NS / 4) * 3 - 1);
    expect([first.requests.resets, second.requests.resets]).toEqual([0, 0]);
    first.clock.advance(1);
    expect([first.requests.resets, second.requests.resets]).toEqual([1, 1]);
  });
});
