import { describe, expect, it } from "vitest";
import { sicOutputs, VersatileSic } from "../../src/devices/versatile-sic.ts";
import { readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const STATUS = 0x00;
const RAWSTAT = 0x04;
const ENABLE = 0x08;
const ENCLR = 0x0c;
const SOFTINTSET = 0x10;
const SOFTINTCLR = 0x14;
const PICENABLE = 0x20;
const PICENCLR = 0x24;

function given() {
  const board = bench({ irqCount: sicOutputs.length });
  const sic = new VersatileSic(board.context);
  sic.reset();
  return { ...board, sic };
}

describe("VersatileSic", () => {
  it("sums enabled lines on its first output", () => {
    const { sic, irqs } = given();
    sic.input(3).set(true);
    expect([readWord(sic, RAWSTAT), readWord(sic, STATUS), irqs[0].level]).toEqual([8, 0, false]);
    sic.write(ENABLE, 0x18, 4);
    expect([readWord(sic, STATUS), readWord(sic, ENABLE), irqs[0].level]).toEqual([8, 0x18, true]);
    sic.input(4).set(true);
    sic.input(3).set(false);
    expect(irqs[0].edges).toEqual([true]);
    sic.write(ENCLR, 0x10, 4);
    expect([readWord(sic, ENABLE), irqs[0].level]).toEqual([8, false]);
  });

  it("takes interrupts from software", () => {
    const { sic, irqs } = given();
    sic.write(ENABLE, 1, 4);
    sic.write(SOFTINTSET, 1, 4);
    expect([readWord(sic, RAWSTAT), irqs[0].level]).toEqual([1, true]);
    sic.write(SOFTINTCLR, 1, 4);
    expect(irqs[0].level).toBe(false);
  });

  it("sends lines 21 to 30 straight on while SIC_PICENABLE says so", () => {
    const { sic, irqs } = given();
    sic.input(25).set(true);
    expect(irqs[5].level).toBe(false);
    sic.write(PICENABLE, 0xffd00000, 4);
    expect(sicOutputs[5]).toBe("pic25");
    expect(irqs.map((line) => line.level).indexOf(true)).toBe(5);
    expect(irqs[0].level).toBe(false);
    sic.input(25).set(false);
    expect(irqs[5].level).toBe(false);
    sic.input(30).set(true);
    expect(irqs[10].level).toBe(true);
    sic.write(PICENCLR, 1 << 30, 4);
    expect([irqs[10].level, readWord(sic, PICENABLE)]).toEqual([false, 0xbfd00000]);
  });

  it("accepts the family's FIQ clear register in silence", () => {
    const { sic, log } = given();
    sic.write(0x2c, -1, 4);
    expect(log).toEqual([]);
  });

  it("goes on after a restore", () => {
    const first = given();
    first.sic.write(ENABLE, 0x2, 4);
    first.sic.write(PICENABLE, 1 << 21, 4);
    first.sic.input(1).set(true);
    first.sic.input(21).set(true);
    const second = bench({ irqCount: sicOutputs.length });
    const copy = restored(first.sic, second.context, VersatileSic);
    expect(second.irqs.map((line) => line.level)).toEqual(first.irqs.map((line) => line.level));
    copy.input(1).set(false);
    copy.write(PICENCLR, 1 << 21, 4);
    expect(second.irqs.some((line) => line.level)).toBe(false);
  });
});
