import { describe, expect, it } from "vitest";
import { ARMCTRL_LINE_COUNT, Bcm2835ArmctrlIc } from "../../src/devices/bcm2835-armctrl-ic.ts";
import { readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const PENDING = [0x00, 0x04, 0x08];
const FIQ = 0x0c;
const ENABLE = [0x18, 0x10, 0x14];
const DISABLE = [0x24, 0x1c, 0x20];
/** Lines of bank 1 and 2 by the bits of the basic pending register that name them, BCM2835 ARM Peripherals page 113. */
const SHORTCUTS = [32 + 7, 32 + 9, 32 + 10, 32 + 18, 32 + 19, 64 + 21, 64 + 22, 64 + 23, 64 + 24, 64 + 25, 64 + 30];

function given() {
  const board = bench({ irqCount: 2 });
  const intc = new Bcm2835ArmctrlIc(board.context);
  intc.reset();
  const read = (offset: number) => readWord(intc, offset);
  return { ...board, intc, irq: board.irqs[0], fiq: board.irqs[1], read };
}

/** What Linux's handler does to find an interrupt: the line, or `undefined` where none is pending. */
function nextInterrupt(read: (offset: number) => number): number | undefined {
  const lowest = (word: number) => 31 - Math.clz32(word & -word);
  const basic = read(PENDING[0]) & 0x1fffff;
  if (basic === 0) return undefined;
  if ((basic & 0xff) !== 0) return lowest(basic & 0xff);
  if (basic >>> 10 !== 0) return SHORTCUTS[lowest(basic >>> 10)];
  if ((basic & 0x100) !== 0) return 32 + lowest(read(PENDING[1]));
  return 64 + lowest(read(PENDING[2]));
}

describe("Bcm2835ArmctrlIc", () => {
  it("comes up with everything disabled, as a driver expects of a boot loader", () => {
    const { read, irq, fiq } = given();
    expect([...PENDING, FIQ, ...ENABLE, ...DISABLE].map(read)).toEqual(new Array(10).fill(0));
    expect([irq.level, fiq.level]).toEqual([false, false]);
  });

  it("shows every line to a driver that searches as Linux does", () => {
    const lines = [...Array(8).keys(), ...Array.from({ length: 64 }, (_, i) => 32 + i)];
    for (const line of lines) {
      const { intc, irq, read } = given();
      intc.input(line).set(true);
      expect([irq.level, nextInterrupt(read)]).toEqual([false, undefined]);
      intc.write(ENABLE[line >> 5], 1 << (line & 31), 4);
      expect([line, irq.level, nextInterrupt(read)]).toEqual([line, true, line]);
      expect(read(PENDING[line >> 5]) & (1 << (line & 31))).not.toBe(0);
      intc.write(DISABLE[line >> 5], 1 << (line & 31), 4);
      expect([irq.level, nextInterrupt(read)]).toEqual([false, undefined]);
    }
  });

  it("sets bits 8 and 9 only for lines that have no bit of their own", () => {
    const { intc, read } = given();
    for (const bank of [0, 1, 2]) intc.write(ENABLE[bank], 0xffffffff, 4);
    for (const line of SHORTCUTS) intc.input(line).set(true);
    expect(read(PENDING[0])).toBe(0x1ffc00);
    intc.input(32 + 29).set(true);
    intc.input(64 + 0).set(true);
    expect(read(PENDING[0])).toBe(0x1fff00);
    expect(read(PENDING[1])).toBe(((1 << 7) | (1 << 9) | (1 << 10) | (3 << 18) | (1 << 29)) >>> 0);
  });

  it("reads the enables back, from the disable registers too, and keeps what a zero bit leaves alone", () => {
    const { intc, read } = given();
    intc.write(ENABLE[1], 0x80000001, 4);
    intc.write(ENABLE[1], 0x10, 4);
    expect([read(ENABLE[1]), read(DISABLE[1])]).toEqual([0x80000011, 0x80000011]);
    intc.write(DISABLE[1], 0x80000000, 4);
    expect(read(ENABLE[1])).toBe(0x11);
    intc.write(ENABLE[0], 0xffffffff, 4);
    expect(read(ENABLE[0])).toBe(0xff);
  });

  it("sends one source to FIQ, GPU or ARM, without regard to the enables", () => {
    const { intc, fiq, irq } = given();
    for (const [line, source] of [
      [32 + 9, 9],
      [64 + 25, 57],
      [0, 64],
      [7, 71],
    ]) {
      intc.write(FIQ, source | 0x80, 4);
      expect(fiq.level).toBe(false);
      intc.input(line).set(true);
      expect([line, fiq.level, irq.level]).toEqual([line, true, false]);
      intc.write(FIQ, source, 4);
      expect(fiq.level).toBe(false);
    }
    intc.write(FIQ, 0xff, 4);
    expect(fiq.level).toBe(false);
  });

  it("keeps a shared line high until its last driver lets go", () => {
    const { intc, irq } = given();
    const [first, second] = [intc.input(64 + 21), intc.input(64 + 21)];
    intc.write(ENABLE[2], 1 << 21, 4);
    first.set(true);
    second.set(true);
    second.set(true);
    first.set(false);
    expect(irq.level).toBe(true);
    second.set(false);
    expect([irq.level, irq.edges]).toEqual([false, [true, false]]);
  });

  it("has lines that lead nowhere between the ARM's and the GPU's", () => {
    const { intc, read, irq } = given();
    for (const bank of [0, 1, 2]) intc.write(ENABLE[bank], 0xffffffff, 4);
    for (const line of [8, 31, ARMCTRL_LINE_COUNT]) intc.input(line).set(true);
    expect([...PENDING.map(read), irq.level]).toEqual([0, 0, 0, false]);
  });

  it("forgets the enables on reset, not the wires", () => {
    const { intc, read, irq } = given();
    intc.input(33).set(true);
    intc.write(ENABLE[1], 2, 4);
    intc.reset();
    expect([read(ENABLE[1]), irq.level]).toEqual([0, false]);
    intc.write(ENABLE[1], 2, 4);
    expect(irq.level).toBe(true);
  });

  it("goes on after a restore", () => {
    const first = given();
    first.intc.write(ENABLE[1], 8, 4);
    first.intc.write(FIQ, 0x80 | 25, 4);
    first.intc.input(35).set(true);
    first.intc.input(32 + 25).set(true);
    const second = bench({ irqCount: 2 });
    const copy = restored(first.intc, second.context, Bcm2835ArmctrlIc);
    expect(second.irqs.map(({ level }) => level)).toEqual([true, true]);
    copy.input(35).set(false);
    copy.input(32 + 25).set(false);
    expect(second.irqs.map(({ level }) => level)).toEqual([false, false]);
  });
});
