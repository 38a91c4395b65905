import { describe, expect, it } from "vitest";
import { Pl190 } from "../../src/devices/pl190.ts";
import { ambaId, readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const IRQSTATUS = 0x000;
const FIQSTATUS = 0x004;
const RAWINTR = 0x008;
const INTSELECT = 0x00c;
const INTENABLE = 0x010;
const INTENCLEAR = 0x014;
const SOFTINT = 0x018;
const SOFTINTCLEAR = 0x01c;
const VECTADDR = 0x030;
const DEFVECTADDR = 0x034;

function given() {
  const board = bench({ irqCount: 2 });
  const vic = new Pl190(board.context);
  vic.reset();
  const [irq, fiq] = board.irqs;
  return { ...board, vic, irq, fiq };
}

/** Vector 2 = line 4 (0x1004), vector 5 = line 12 (0x100c), others to 0xdef. */
function givenVectors() {
  const board = given();
  const { vic } = board;
  vic.write(0x100 + 2 * 4, 0x1004, 4);
  vic.write(0x200 + 2 * 4, 0x20 | 4, 4);
  vic.write(0x100 + 5 * 4, 0x100c, 4);
  vic.write(0x200 + 5 * 4, 0x20 | 12, 4);
  vic.write(DEFVECTADDR, 0xdef, 4);
  vic.write(INTENABLE, -1, 4);
  return board;
}

describe("Pl190", () => {
  it("has the PrimeCell id of the part", () => {
    expect(ambaId(given().vic)).toBe(0x00041190);
  });

  it("shows a raised line as raw, and as IRQ only once it is enabled", () => {
    const { vic, irq } = given();
    vic.input(12).set(true);
    expect([readWord(vic, RAWINTR), readWord(vic, IRQSTATUS), irq.level]).toEqual([0x1000, 0, false]);
    vic.write(INTENABLE, 0x1000, 4);
    expect([readWord(vic, IRQSTATUS), irq.level]).toEqual([0x1000, true]);
    vic.input(12).set(false);
    expect([readWord(vic, RAWINTR), readWord(vic, IRQSTATUS), irq.level]).toEqual([0, 0, false]);
  });

  it("collects enables and takes them back through INTENCLEAR alone", () => {
    const { vic } = given();
    vic.write(INTENABLE, 0x11, 4);
    vic.write(INTENABLE, 0x80000000, 4);
    vic.write(INTENABLE, 0, 4);
    expect(readWord(vic, INTENABLE)).toBe(0x80000011);
    vic.write(INTENCLEAR, 0x10, 4);
    expect(readWord(vic, INTENABLE)).toBe(0x80000001);
  });

  it("sends selected lines to FIQ and the others to IRQ", () => {
    const { vic, irq, fiq } = given();
    vic.write(INTENABLE, 0x30, 4);
    vic.write(INTSELECT, 0x20, 4);
    vic.input(5).set(true);
    expect([irq.level, fiq.level, readWord(vic, FIQSTATUS), readWord(vic, IRQSTATUS)]).toEqual([false, true, 0x20, 0]);
    vic.input(4).set(true);
    expect([irq.level, readWord(vic, IRQSTATUS)]).toEqual([true, 0x10]);
    vic.write(INTSELECT, 0, 4);
    expect([fiq.level, readWord(vic, IRQSTATUS)]).toEqual([false, 0x30]);
  });

  it("raises and drops lines by software", () => {
    const { vic, irq } = given();
    vic.write(INTENABLE, 0x8, 4);
    vic.write(SOFTINT, 0x8, 4);
    expect([irq.level, readWord(vic, RAWINTR), readWord(vic, SOFTINT)]).toEqual([true, 8, 8]);
    vic.write(SOFTINTCLEAR, 0x8, 4);
    expect([irq.level, readWord(vic, RAWINTR)]).toEqual([false, 0]);
  });

  it("names the vector of the most urgent line and holds the rest back until it is written", () => {
    const { vic, irq } = givenVectors();
    vic.input(12).set(true);
    vic.input(4).set(true);
    expect(readWord(vic, VECTADDR)).toBe(0x1004);
    vic.input(4).set(false);
    expect(irq.level).toBe(false);
    vic.write(VECTADDR, 0, 4);
    expect(irq.level).toBe(true);
    expect(readWord(vic, VECTADDR)).toBe(0x100c);
  });

  it("lets a more urgent vector interrupt a less urgent one and returns to it", () => {
    const { vic, irq } = givenVectors();
    vic.input(12).set(true);
    expect(readWord(vic, VECTADDR)).toBe(0x100c);
    expect(irq.level).toBe(false);
    vic.input(4).set(true);
    expect(irq.level).toBe(true);
    expect(readWord(vic, VECTADDR)).toBe(0x1004);
    vic.input(4).set(false);
    vic.write(VECTADDR, 0, 4);
    expect(irq.level).toBe(false);
    vic.input(12).set(false);
    vic.write(VECTADDR, 0, 4);
    vic.input(12).set(true);
    expect(irq.level).toBe(true);
  });

  it("gives the default vector to lines without one, below all others", () => {
    const { vic, irq } = givenVectors();
    vic.input(30).set(true);
    expect(readWord(vic, VECTADDR)).toBe(0xdef);
    expect(irq.level).toBe(false);
    vic.input(12).set(true);
    expect(irq.level).toBe(true);
    expect(readWord(vic, VECTADDR)).toBe(0x100c);
  });

  it("stays idle through the clearing loop a driver runs with nothing pending", () => {
    const { vic, irq } = givenVectors();
    for (let i = 0; i < 19; i++) vic.write(VECTADDR, readWord(vic, VECTADDR), 4);
    vic.input(30).set(true);
    expect(irq.level).toBe(true);
  });

  it("bounds the nesting whatever a guest does", () => {
    const { vic } = given();
    for (let i = 0; i < 16; i++) vic.write(0x200 + i * 4, 0x20 | i, 4);
    vic.write(INTENABLE, -1, 4);
    for (let line = 31; line >= 0; line--) {
      vic.input(line).set(true);
      for (let i = 0; i < 20; i++) vic.read(VECTADDR, 4);
    }
    expect((vic.save().interrupted as number[]).length).toBe(17);
  });

  it("dumps without entering an interrupt", () => {
    const { vic, irq } = givenVectors();
    vic.input(4).set(true);
    expect(vic.dump().find((r) => r.name === "VICVECTADDR")?.value).toBe(0x1004);
    expect(irq.level).toBe(true);
  });

  it("drops its outputs on reset", () => {
    const { vic, irq } = givenVectors();
    vic.input(4).set(true);
    vic.reset();
    expect([irq.level, readWord(vic, INTENABLE), readWord(vic, VECTADDR)]).toEqual([false, 0, 0]);
  });

  it("goes on after a restore in the middle of a nested interrupt", () => {
    const first = givenVectors();
    first.vic.input(12).set(true);
    readWord(first.vic, VECTADDR);
    first.vic.input(4).set(true);
    const second = bench({ irqCount: 2 });
    const copy = restored(first.vic, second.context, Pl190);
    for (const [vic, irq] of [
      [first.vic, first.irq],
      [copy, second.irqs[0]],
    ] as const) {
      expect(irq.level).toBe(true);
      expect(readWord(vic, VECTADDR)).toBe(0x1004);
      vic.input(4).set(false);
      vic.write(VECTADDR, 0, 4);
      expect(irq.level).toBe(false);
      vic.write(VECTADDR, 0, 4);
      expect(irq.level).toBe(true);
    }
  });

  it("refuses a state of another kind", () => {
    const { vic } = given();
    expect(() => vic.restore({ lines: "many" })).toThrow(expect.objectContaining({ code: "state-invalid" }));
  });
});
