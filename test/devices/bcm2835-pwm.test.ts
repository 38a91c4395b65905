import { describe, expect, it } from "vitest";
import { Bcm2835Pwm } from "../../src/devices/bcm2835-pwm.ts";
import { readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const [CTL, STA, RNG1, DAT1, FIF1, RNG2, DAT2] = [0x00, 0x04, 0x10, 0x14, 0x18, 0x20, 0x24];
const [FULL, EMPTY, WERR, STA1] = [1, 2, 4, 1 << 9];
const PWEN = 1;
const POLA = 1 << 4;
const USEF = 1 << 5;
const CLRF = 1 << 6;
const MSEN = 1 << 7;

function given() {
  const board = bench();
  const pwm = new Bcm2835Pwm(board.context);
  pwm.reset();
  return { ...board, pwm, read: (offset: number) => readWord(pwm, offset) };
}

describe("Bcm2835Pwm", () => {
  it("has the reset values of the manual", () => {
    const { read } = given();
    expect([CTL, STA, RNG1, DAT1, RNG2, DAT2].map(read)).toEqual([0, EMPTY, 32, 0, 32, 0]);
  });

  it("puts out the duty cycle that a driver sets, on each channel its own", () => {
    const { pwm, read } = given();
    pwm.write(RNG1, 1000, 4);
    pwm.write(DAT1, 250, 4);
    pwm.write(RNG2, 0xffffffff, 4);
    pwm.write(DAT2, 0x7fffffff, 4);
    expect([pwm.dutyCycle(1), pwm.dutyCycle(2)]).toEqual([0, 0]);
    pwm.write(CTL, PWEN | MSEN | ((PWEN | MSEN | POLA) << 8), 4);
    expect([pwm.dutyCycle(1), pwm.dutyCycle(2).toFixed(6)]).toEqual([0.25, "0.500000"]);
    expect(read(STA) & STA1).toBe(STA1);
    pwm.write(DAT1, 5000, 4);
    expect(pwm.dutyCycle(1)).toBe(1);
    pwm.write(RNG1, 0, 4);
    expect(pwm.dutyCycle(1)).toBe(0);
  });

  it("fills a FIFO that no channel plays, says when it overflows, and empties it when told or played", () => {
    const { pwm, read } = given();
    for (let i = 0; i < 16; i++) pwm.write(FIF1, i, 4);
    expect(read(STA)).toBe(FULL);
    pwm.write(FIF1, 0, 4);
    expect(read(STA)).toBe(FULL | WERR);
    pwm.write(STA, WERR, 4);
    pwm.write(CTL, CLRF, 4);
    expect([read(STA), read(CTL)]).toEqual([EMPTY, 0]);
    pwm.write(FIF1, 0, 4);
    expect(read(STA)).toBe(0);
    pwm.write(CTL, PWEN | USEF, 4);
    expect(read(STA) & EMPTY).toBe(EMPTY);
    pwm.write(FIF1, 0, 4);
    expect(read(STA) & EMPTY).toBe(EMPTY);
  });

  it("goes on after a restore", () => {
    const { pwm } = given();
    for (let i = 0; i < 17; i++) pwm.write(FIF1, i, 4);
    pwm.write(DAT1, 8, 4);
    pwm.write(CTL, PWEN, 4);
    const copy = restored(pwm, bench().context, Bcm2835Pwm);
    expect([readWord(copy, STA), copy.dutyCycle(1)]).toEqual([FULL | WERR | STA1, 0.25]);
  });
});
