import { describe, expect, it } from "vitest";
import { Bcm2835Gpio, GPIO_PIN_COUNT } from "../../src/devices/bcm2835-gpio.ts";
import { readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const SET = 0x1c;
const CLR = 0x28;
const LEV = 0x34;
const EDS = 0x40;
const REN = 0x4c;
const FEN = 0x58;
const HEN = 0x64;
const LEN = 0x70;
const AREN = 0x7c;
const PUD = 0x94;
const PUDCLK = 0x98;
const OUTPUT = 1;
const ALT0 = 4;
/** The activity light of a Raspberry Pi B+. */
const ACT = 47;

function given() {
  const board = bench({ irqCount: 4 });
  const gpio = new Bcm2835Gpio(board.context);
  gpio.reset();
  const bankOf = (pin: number) => (pin >> 5) * 4;
  const maskOf = (pin: number) => 1 << (pin & 31);
  return {
    ...board,
    gpio,
    lines: () => board.irqs.map(({ level }) => level),
    select: (pin: number, code: number) => {
      const offset = Math.floor(pin / 10) * 4;
      const shift = (pin % 10) * 3;
      gpio.write(offset, (readWord(gpio, offset) & ~(7 << shift)) | (code << shift), 4);
    },
    write: (register: number, pin: number) => gpio.write(register + bankOf(pin), maskOf(pin), 4),
    has: (register: number, pin: number) => (readWord(gpio, register + bankOf(pin)) & maskOf(pin)) !== 0,
  };
}

describe("Bcm2835Gpio", () => {
  it("comes with the console's pins connected and every pin's pull as in the manual", () => {
    const { gpio } = given();
    expect([14, 15, 40, 47, 48, 53, 4].map((pin) => gpio.functionOf(pin))).toEqual([
      "alt0",
      "alt0",
      "alt0",
      "output",
      "alt3",
      "alt3",
      "input",
    ]);
    const pulls = Array.from({ length: GPIO_PIN_COUNT }, (_, pin) => gpio.pullOf(pin)[0]).join("");
    expect(pulls).toBe(`${"u".repeat(9)}${"d".repeat(19)}nn${"d".repeat(4)}uuu${"d".repeat(7)}nn${"u".repeat(8)}`);
  });

  it("drives a pin that is an output, and tells the host", () => {
    const { gpio, select, write, has } = given();
    const seen: [number, boolean][] = [];
    gpio.onLevel = (pin, level) => seen.push([pin, level]);
    write(SET, ACT);
    write(CLR, ACT);
    write(CLR, ACT);
    select(17, OUTPUT);
    write(SET, 17);
    expect(seen).toEqual([
      [ACT, true],
      [ACT, false],
      [17, true],
    ]);
    expect([gpio.level(17), has(LEV, 17), gpio.level(ACT), has(LEV, ACT)]).toEqual([true, true, false, false]);
  });

  it("remembers what was written to an input until it becomes an output", () => {
    const { gpio, select, write } = given();
    write(SET, 22);
    expect(gpio.level(22)).toBe(false);
    select(22, OUTPUT);
    expect(gpio.level(22)).toBe(true);
    select(22, ALT0);
    expect([gpio.level(22), gpio.functionOf(22)]).toEqual([false, "alt0"]);
  });

  it("reads inputs from outside, or from their pulls", () => {
    const { gpio, has, write } = given();
    expect([has(LEV, 2), has(LEV, 20), has(LEV, 46)]).toEqual([true, false, true]);
    gpio.input(2).set(false);
    gpio.input(20).set(true);
    expect([has(LEV, 2), has(LEV, 20)]).toEqual([false, true]);
    gpio.write(PUD, 2, 4);
    write(PUDCLK, 21);
    expect([gpio.pullOf(21), has(LEV, 21), gpio.pullOf(20)]).toEqual(["up", true, "down"]);
    gpio.write(PUD, 0, 4);
    write(PUDCLK, 46);
    expect([gpio.pullOf(46), has(LEV, 46)]).toEqual(["none", false]);
  });

  it("latches edges until they are cleared", () => {
    const { gpio, write, has, lines } = given();
    const pin = gpio.input(20);
    pin.set(true);
    expect(has(EDS, 20)).toBe(false);
    write(REN, 20);
    pin.set(false);
    expect(has(EDS, 20)).toBe(false);
    pin.set(true);
    pin.set(false);
    expect([has(EDS, 20), lines()]).toEqual([true, [true, false, false, true]]);
    write(EDS, 20);
    expect([has(EDS, 20), lines()]).toEqual([false, [false, false, false, false]]);
    write(FEN, 20);
    pin.set(true);
    write(EDS, 20);
    pin.set(false);
    expect(has(EDS, 20)).toBe(true);
  });

  it("reports a level as long as it lasts, however often it is cleared", () => {
    const { gpio, write, has, lines } = given();
    write(HEN, 30);
    const pin = gpio.input(30);
    pin.set(true);
    write(EDS, 30);
    expect([has(EDS, 30), lines()]).toEqual([true, [false, true, false, true]]);
    pin.set(false);
    expect(has(EDS, 30)).toBe(false);
    write(LEN, 30);
    expect(has(EDS, 30)).toBe(true);
  });

  it("divides the pins among its interrupt lines at 28 and 46", () => {
    for (const [pin, line] of [
      [0, 0],
      [27, 0],
      [28, 1],
      [32, 1],
      [45, 1],
      [46, 2],
      [53, 2],
    ]) {
      const { gpio, write, lines, select } = given();
      select(pin, 0);
      gpio.input(pin).set(false);
      write(AREN, pin);
      gpio.input(pin).set(true);
      expect([pin, lines()]).toEqual([pin, [line === 0, line === 1, line === 2, true]]);
    }
  });

  it("sees the edges of its own outputs too", () => {
    const { select, write, has } = given();
    select(5, OUTPUT);
    write(FEN, 5);
    write(SET, 5);
    expect(has(EDS, 5)).toBe(false);
    write(CLR, 5);
    expect(has(EDS, 5)).toBe(true);
  });

  it("has no pins above 53", () => {
    const { gpio } = given();
    gpio.input(54).set(true);
    gpio.input(63).set(true);
    gpio.write(LEN + 4, -1, 4);
    gpio.write(SET + 4, -1, 4);
    expect([readWord(gpio, LEV + 4) >>> 22, readWord(gpio, EDS + 4) >>> 22]).toEqual([0, 0]);
  });

  it("goes on after a restore", () => {
    const first = given();
    first.write(REN, 20);
    first.gpio.input(20).set(true);
    first.write(SET, ACT);
    const second = bench({ irqCount: 4 });
    const copy = restored(first.gpio, second.context, Bcm2835Gpio);
    expect([copy.level(ACT), copy.level(20), second.irqs[0].level]).toEqual([true, true, true]);
    const seen: number[] = [];
    copy.onLevel = (pin) => seen.push(pin);
    copy.write(EDS, 1 << 20, 4);
    expect([second.irqs[0].level, seen]).toEqual([false, []]);
  });
});
