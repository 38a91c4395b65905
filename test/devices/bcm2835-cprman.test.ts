import { describe, expect, it } from "vitest";
import { channels, clocks, plls } from "../../src/devices/bcm2835-cprman.table.ts";
import { Bcm2835Cprman } from "../../src/devices/bcm2835-cprman.ts";
import { readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const PASSWORD = 0x5a000000;
const CM_LOCK = 0x114;
const CM_OSCCOUNT = 0x100;
const CM_TCNTCTL = 0x0c0;
const CM_TCNTCNT = 0x0c4;
const ENAB = 1 << 4;
const KILL = 1 << 5;
const BUSY = 1 << 7;
const ANARST = 1 << 8;
const PWRDN = 1 << 16;
const PRST_DISABLE = 1 << 17;
/** The UART's number in the counter's multiplexer, in two pieces. */
const UART_TCNT = 28;
const OSCILLATOR_HZ = 19_200_000;

function given(options: Record<string, unknown> = {}) {
  const board = bench({ options });
  const cprman = new Bcm2835Cprman(board.context);
  cprman.reset();
  const read = (offset: number) => readWord(cprman, offset);
  const write = (offset: number, value: number) => cprman.write(offset, PASSWORD | value, 4);
  return { ...board, cprman, read, write };
}

const clockRow = (name: string) => clocks.find((row) => row.name === name) ?? { ctl: Number.NaN };
const pllRow = (name: string) => plls.find((row) => row.name === name) ?? plls[0];

/** The rate of a PLL as a driver computes it from the registers, in whole numbers. */
function driverPllRate(read: (offset: number) => number, name: string): number {
  const pll = pllRow(name);
  const control = BigInt(read(pll.a2wCtrl));
  const factor = (read(pll.ana0 + 4) & pll.prediv) !== 0 ? 2n : 1n;
  const ratio = (((control & 0x3ffn) * factor) << 20n) + BigInt(read(pll.frac) & 0xfffff) * factor;
  return Number(((BigInt(OSCILLATOR_HZ) * ratio) / ((control >> 12n) & 7n)) >> 20n);
}

describe("Bcm2835Cprman", () => {
  it("leaves PLLD with the words that a board's debugfs shows: 2 GHz through the pre-divider", () => {
    const { read } = given();
    const { a2wCtrl, frac, ana0 } = pllRow("PLLD");
    expect([a2wCtrl, frac, ana0 + 4, ana0 + 12].map(read)).toEqual([0x21034, 0x15556, 0x144000, 0x100]);
    expect(driverPllRate(read, "PLLD")).toBe(2_000_000_024);
  });

  it("has the rates of a Raspberry Pi 1 at boot, to a driver as to a host", () => {
    const { cprman, read } = given();
    const megahertz = (name: string) => Math.round(cprman.rateHz(name) / 1e4) / 100;
    expect(["VPU", "UART", "EMMC", "PLLB_ARM", "PLLD_PER"].map(megahertz)).toEqual([250, 48, 250, 700, 500]);
    expect(["OSC", "TIMER", "TSENS", "OTP"].map(megahertz)).toEqual([19.2, 1, 1.92, 4.8]);
    for (const name of ["PLLB", "PLLC", "PLLD"])
      expect(Math.abs(cprman.rateHz(name) - driverPllRate(read, name))).toBeLessThan(1);
    // The UART driver needs 48 MHz to a thousandth after its rounding up.
    expect(48_000_000 - cprman.rateHz("UART")).toBeLessThan(48_000);
    expect(["V3D", "HSM", "PLLH", "PLLA", "nothing"].map((name) => cprman.rateHz(name))).toEqual([0, 0, 0, 0, 0]);
  });

  it("takes core and ARM rates from the profile", () => {
    const { cprman } = given({ coreHz: 400_000_000, armHz: 1_000_000_000 });
    const rates = ["VPU", "PLLB_ARM", "EMMC", "UART"].map((name) => Math.round(cprman.rateHz(name) / 1e6));
    expect(rates).toEqual([400, 1000, 250, 48]);
    expect(() => given({ coreHz: 5 })).toThrowError(/coreHz/);
  });

  it("gives every clock, channel and PLL words of its own", () => {
    const offsets = [
      ...clocks.flatMap(({ ctl }) => [ctl, ctl + 4]),
      ...channels.map(({ a2w }) => a2w),
      ...plls.flatMap(({ cm, a2wCtrl, frac, ana0 }) => [cm, a2wCtrl, frac, ana0, ana0 + 4, ana0 + 8, ana0 + 12]),
    ];
    expect(new Set(offsets).size).toBe(offsets.length);
  });

  it("has BUSY follow ENAB, and a killed clock stand", () => {
    const { read, write } = given();
    const { ctl } = clockRow("PWM");
    expect(read(ctl) & BUSY).toBe(0);
    write(ctl, ENAB | 6);
    expect(read(ctl) & (BUSY | ENAB)).toBe(BUSY | ENAB);
    write(ctl, 6);
    expect(read(ctl) & BUSY).toBe(0);
    write(ctl, ENAB | 6);
    write(ctl, ENAB | KILL | 6);
    expect(read(ctl) & (BUSY | ENAB)).toBe(0);
  });

  it("computes a clock that the guest sets up: PWM at 10 MHz from PLLD", () => {
    const { cprman, read, write } = given();
    const { ctl } = clockRow("PWM");
    write(ctl, 6);
    write(ctl + 4, 50 << 12);
    expect(cprman.rateHz("PWM")).toBe(0);
    write(ctl, read(ctl) | ENAB);
    expect(Math.round(cprman.rateHz("PWM"))).toBe(10_000_000);
  });

  it("locks a PLL once it has power and is out of reset", () => {
    const { cprman, read, write } = given();
    const pll = pllRow("PLLH");
    expect(read(CM_LOCK)).toBe((1 << 9) | (1 << 10) | (1 << 11));
    write(pll.a2wCtrl, (1 << 12) | 45);
    expect(read(CM_LOCK) & (1 << pll.lock)).toBe(0);
    write(pll.cm, read(pll.cm) & ~ANARST);
    expect(read(CM_LOCK) & (1 << pll.lock)).not.toBe(0);
    write(pll.a2wCtrl, read(pll.a2wCtrl) | PRST_DISABLE);
    expect(cprman.rateHz("PLLH")).toBe(45 * OSCILLATOR_HZ);
    write(pll.a2wCtrl, read(pll.a2wCtrl) | PWRDN);
    expect([read(CM_LOCK) & (1 << pll.lock), cprman.rateHz("PLLH")]).toEqual([0, 0]);
  });

  it("measures a clock against the oscillator as the driver's debug code does", () => {
    const { read, write, clock } = given();
    write(CM_TCNTCTL, KILL);
    write(CM_TCNTCTL, (UART_TCNT & 0xf) | ((UART_TCNT >> 4) << 12));
    write(CM_OSCCOUNT, 19_200);
    expect(read(CM_OSCCOUNT)).toBe(19_200);
    clock.advance(500_000);
    expect([read(CM_OSCCOUNT), read(CM_TCNTCNT)]).toEqual([9600, 23_999]);
    clock.advance(500_000);
    expect([read(CM_OSCCOUNT), read(CM_TCNTCNT)]).toEqual([0, 47_999]);
  });

  it("ignores writes without the password", () => {
    const { cprman, read, log } = given();
    const { ctl } = clockRow("UART");
    const before = read(ctl);
    cprman.write(ctl, 0, 4);
    expect([read(ctl), log.length]).toEqual([before, 1]);
  });

  it("goes on after a restore", () => {
    const first = given();
    const { ctl } = clockRow("PWM");
    first.write(ctl + 4, 5 << 12);
    first.write(ctl, ENAB | 1);
    first.write(CM_OSCCOUNT, 1000);
    first.clock.advance(20_000);
    const copy = restored(first.cprman, bench({ clock: first.clock }).context, Bcm2835Cprman);
    expect([copy.rateHz("PWM"), readWord(copy, CM_OSCCOUNT)]).toEqual([OSCILLATOR_HZ / 5, 616]);
    first.clock.advance(20_000);
    expect(readWord(copy, CM_OSCCOUNT)).toBe(first.read(CM_OSCCOUNT));
  });
});
