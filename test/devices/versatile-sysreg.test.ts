import { describe, expect, it } from "vitest";
import { VersatileSysreg } from "../../src/devices/versatile-sysreg.ts";
import { readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const ID = 0x00;
const LED = 0x08;
const OSC1 = 0x10;
const LOCK = 0x20;
const COUNTER_100HZ = 0x24;
const CFGDATA1 = 0x28;
const FLAGS = 0x30;
const FLAGSCLR = 0x34;
const NVFLAGS = 0x38;
const NVFLAGSCLR = 0x3c;
const RESETCTL = 0x40;
const MCI = 0x48;
const CLCD = 0x50;
const COUNTER_24MHZ = 0x5c;
const PROCID0 = 0x84;
const UNLOCK = 0xa05f;

function given(options: Record<string, unknown> = {}) {
  const board = bench({ options });
  const sysreg = new VersatileSysreg(board.context);
  sysreg.reset();
  return { ...board, sysreg, read: (offset: number) => readWord(sysreg, offset) };
}

describe("VersatileSysreg", () => {
  it("identifies the board, or what the profile says", () => {
    const { read } = given();
    expect([read(ID), read(PROCID0), read(MCI), read(0x44)]).toEqual([0x41008004, 0x02000000, 0, 0]);
    const other = given({ sysId: 0x41007004, procId: 0x0c000191, mci: 1, switches: 0x5a });
    expect([ID, PROCID0, MCI, 0x04].map(other.read)).toEqual([0x41007004, 0x0c000191, 1, 0x5a]);
  });

  it("says that there is a VGA connector and no panel", () => {
    expect(given().read(CLCD)).toBe(0x1f00);
  });

  it("drives the display's multiplexer, also after a restore", () => {
    const { sysreg, irqs, context } = given();
    const levels = () => irqs.slice(0, 2).map(({ level }) => level);
    sysreg.write(CLCD, 0x16, 4);
    expect(levels()).toEqual([false, true]);
    sysreg.write(CLCD, 1, 1);
    expect(levels()).toEqual([true, false]);
    const state = sysreg.save();
    sysreg.reset();
    expect(levels()).toEqual([false, false]);
    new VersatileSysreg(context).restore(state);
    expect(levels()).toEqual([true, false]);
  });

  it("counts at 24 MHz exactly, at every nanosecond and past 32 bits", () => {
    const { clock, read } = given();
    const times = [41, 1, 83, 999_999_875, 178_956_970_625, 12_345_678_901_234, 8_000_000_000_000_001];
    for (const step of times) {
      clock.skip(step);
      expect(read(COUNTER_24MHZ)).toBe(Number(((BigInt(clock.nowNs()) * 24n) / 1000n) & 0xffffffffn));
    }
  });

  it("counts hundredths of a second", () => {
    const { clock, read } = given();
    clock.skip(1_239_999_999);
    expect(read(COUNTER_100HZ)).toBe(123);
    clock.skip(1);
    expect(read(COUNTER_100HZ)).toBe(124);
  });

  it("keeps the LEDs", () => {
    const { sysreg, read } = given();
    sysreg.write(LED, 0x1a5, 4);
    expect(read(LED)).toBe(0xa5);
  });

  it("is locked until the key is written, and says so in bit 16", () => {
    const { sysreg, read } = given();
    expect(read(LOCK)).toBe(0x10000);
    sysreg.write(OSC1, 0x2c75, 4);
    sysreg.write(CFGDATA1, 0x1234, 4);
    expect([read(OSC1), read(CFGDATA1)]).toEqual([0, 0]);
    sysreg.write(LOCK, UNLOCK, 4);
    expect(read(LOCK)).toBe(UNLOCK);
    sysreg.write(OSC1, 0x2c75, 4);
    sysreg.write(CFGDATA1, 0x1234, 4);
    expect([read(OSC1), read(CFGDATA1)]).toEqual([0x2c75, 0x1234]);
    sysreg.write(LOCK, 0, 4);
    sysreg.write(OSC1, 1, 4);
    expect([read(LOCK), read(OSC1)]).toEqual([0x10000, 0x2c75]);
  });

  it("resets the board for the reboot driver's sequence and for nothing less", () => {
    const { sysreg, requests, read } = given();
    sysreg.write(RESETCTL, 0x105, 4);
    expect(requests.resets).toBe(0);
    sysreg.write(LOCK, UNLOCK, 4);
    sysreg.write(RESETCTL, 0x005, 4);
    expect(requests.resets).toBe(0);
    sysreg.write(RESETCTL, (read(RESETCTL) & ~0x107) | 0x105, 4);
    expect(requests).toEqual({ resets: 1, powerOffs: 0 });
    sysreg.reset();
    expect([read(RESETCTL), read(LOCK)]).toEqual([0, 0x10000]);
  });

  it("sets and clears flags by ones", () => {
    const { sysreg, read } = given();
    sysreg.write(FLAGS, 0x80000001, 4);
    sysreg.write(FLAGS, 0x10, 4);
    sysreg.write(NVFLAGS, 0xff, 4);
    sysreg.write(FLAGSCLR, 0x1, 4);
    sysreg.write(NVFLAGSCLR, 0xf, 4);
    expect([read(FLAGS), read(NVFLAGS)]).toEqual([0x80000010, 0xf0]);
  });

  it("goes on after a restore", () => {
    const first = given();
    first.sysreg.write(LOCK, UNLOCK, 4);
    first.sysreg.write(FLAGS, 0xc0000000, 4);
    first.sysreg.write(LED, 3, 4);
    const second = bench({ clock: first.clock });
    const copy = restored(first.sysreg, second.context, VersatileSysreg);
    expect([LOCK, FLAGS, LED].map((offset) => readWord(copy, offset))).toEqual([UNLOCK, 0xc0000000, 3]);
    copy.write(RESETCTL, 0x105, 4);
    expect(second.requests.resets).toBe(1);
  });
});
