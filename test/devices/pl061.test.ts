import { describe, expect, it } from "vitest";
import { Pl061 } from "../../src/devices/pl061.ts";
import { ambaId, readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const [DIR, IS, IBE, IEV, IE, RIS, MIS, IC] = [0x400, 0x404, 0x408, 0x40c, 0x410, 0x414, 0x418, 0x41c];

function givenGpio() {
  const around = bench();
  const gpio = new Pl061(around.context);
  gpio.reset();
  const set = (...writes: [offset: number, value: number][]) => {
    for (const [offset, value] of writes) gpio.write(offset, value, 1);
  };
  return { ...around, gpio, set, irq: around.irqs[0] };
}

/** The address of GPIODATA that touches the pins of `mask`. */
const data = (mask: number): number => mask << 2;

describe("pl061", () => {
  it("carries the peripheral id its driver matches", () => {
    expect(ambaId(givenGpio().gpio)).toBe(0x00041061);
  });

  it("touches only the pins that the address bits select", () => {
    const { gpio, set } = givenGpio();
    set([DIR, 0xff], [data(0xff), 0xf0]);
    gpio.write(data(0x11), 0xff, 1);
    expect(gpio.read(data(0xff), 1)).toBe(0xf1);
    expect(gpio.read(data(0x30), 1)).toBe(0x30);
    expect(gpio.read(data(0x02), 1)).toBe(0);
    expect(gpio.read(data(0x00), 1)).toBe(0);
  });

  it("reads inputs from outside and ignores what is written to them", () => {
    const { gpio, set } = givenGpio();
    set([DIR, 0x0f], [data(0xff), 0xff]);
    gpio.input(7).set(true);
    expect(gpio.read(data(0xff), 1)).toBe(0x8f);
    set([DIR, 0xff]);
    expect(gpio.read(data(0xff), 1)).toBe(0x0f);
  });

  it("tells the outside about driven pins", () => {
    const { gpio, set } = givenGpio();
    const seen: number[][] = [];
    gpio.onOutput = (levels, driven) => seen.push([levels, driven]);
    set([DIR, 0x03]);
    set([data(0xff), 0x02]);
    set([DIR, 0x01]);
    expect(seen).toEqual([
      [0, 3],
      [2, 3],
      [0, 1],
    ]);
  });

  it("latches a rising edge until it is cleared", () => {
    const { gpio, set, irq } = givenGpio();
    set([IEV, 0x04], [IE, 0x04]);
    gpio.input(2).set(true);
    gpio.input(2).set(false);
    expect([readWord(gpio, RIS), readWord(gpio, MIS), irq.level]).toEqual([4, 4, true]);
    set([IC, 0x04]);
    expect([readWord(gpio, RIS), irq.level]).toEqual([0, false]);
  });

  it("latches a falling edge, or both, as it is told", () => {
    const { gpio, set } = givenGpio();
    set([IE, 0xff]);
    gpio.input(1).set(true);
    expect(readWord(gpio, RIS)).toBe(0);
    gpio.input(1).set(false);
    expect(readWord(gpio, RIS)).toBe(2);
    set([IC, 0xff], [IBE, 0x02]);
    gpio.input(1).set(true);
    expect(readWord(gpio, RIS)).toBe(2);
  });

  it("follows the level of level-sensitive pins", () => {
    const { gpio, set, irq } = givenGpio();
    set([IS, 0x01], [IEV, 0x01], [IE, 0x01]);
    gpio.input(0).set(true);
    set([IC, 0x01]);
    expect(irq.level).toBe(true);
    gpio.input(0).set(false);
    expect(irq.level).toBe(false);
    set([IEV, 0x00]);
    expect(irq.level).toBe(true);
  });

  it("raises nothing for masked pins", () => {
    const { gpio, set, irq } = givenGpio();
    set([IEV, 0xff]);
    gpio.input(3).set(true);
    expect([readWord(gpio, RIS), readWord(gpio, MIS), irq.level]).toEqual([8, 0, false]);
  });

  it("says once that alternate functions are not modelled", () => {
    const { set, log } = givenGpio();
    for (let i = 0; i < 3; i++) set([0x420, 1]);
    expect(log.map((record) => record.message)).toEqual([expect.stringContaining("GPIOAFSEL")]);
  });

  it("runs on after a restore as the old one does", () => {
    const { gpio, set, context, irq } = givenGpio();
    set([DIR, 0xf0], [data(0xff), 0xa0], [IEV, 0x03], [IE, 0x01]);
    gpio.input(0).set(true);
    const copy = restored(gpio, context, Pl061);
    expect(irq.level).toBe(true);
    for (const each of [gpio, copy]) {
      each.input(1).set(true);
      expect([each.read(data(0xff), 1), readWord(each, RIS), readWord(each, MIS)]).toEqual([0xa3, 3, 1]);
    }
  });
});
