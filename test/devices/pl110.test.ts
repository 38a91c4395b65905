import { describe, expect, it } from "vitest";
import { Pl110 } from "../../src/devices/pl110.ts";
import { ambaId, readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const [TIM0, TIM1, UPBASE, IMSC, CONTROL, STATUS, INTERRUPT] = [0x00, 0x04, 0x10, 0x18, 0x1c, 0x20, 0x24];
const LNBU = 4;

function givenDisplay(options: Record<string, unknown> = {}) {
  const around = bench({ options });
  const display = new Pl110(around.context);
  display.reset();
  return { ...around, display, irq: around.irqs[0] };
}

describe("pl110", () => {
  it("carries the peripheral id its driver matches", () => {
    expect(ambaId(givenDisplay().display)).toBe(0x00041110);
  });

  it("tells where a frame of 640 by 480 at 16 bits is", () => {
    const { display } = givenDisplay();
    display.write(TIM0, (39 << 2) | (63 << 8), 4);
    display.write(TIM1, 479, 4);
    display.write(UPBASE, 0x0700_0003, 4);
    expect(display.frame().isOn).toBe(false);
    display.write(CONTROL, 0x0829 | 0x100, 4);
    expect(display.frame()).toEqual({
      isOn: true,
      baseAddress: 0x0700_0000,
      width: 640,
      height: 480,
      bitsPerPixel: 16,
      layout: "1555",
      isBgr: true,
      isHighFirst: false,
      strideBytes: 1280,
    });
    display.write(CONTROL, 0x082b, 4);
    expect(display.frame()).toMatchObject({ bitsPerPixel: 32, layout: "888", isBgr: false, strideBytes: 2560 });
  });

  it("has control and mask the other way round when the board says so", () => {
    const { display } = givenDisplay({ controlOffset: 0x18 });
    display.write(0x18, 0x0801, 4);
    expect(display.frame().isOn).toBe(true);
    expect(readWord(display, 0x1c)).toBe(0);
  });

  it.each([
    [0, "1555", false],
    [1, "1555", false],
    [2, "565", false],
    [3, "565", true],
  ])("has its 16 bits arranged by the multiplexer behind it, in mode %i as %s", (mode, layout, isBgr) => {
    const { display } = givenDisplay();
    display.write(CONTROL, 0x0829, 4);
    for (const line of [0, 1]) display.input(line).set(((mode >> line) & 1) !== 0);
    expect(display.frame()).toMatchObject({ bitsPerPixel: 16, layout, isBgr });
    // The lines are the board's: they stay when the controller is reset.
    display.reset();
    display.write(CONTROL, 0x0829, 4);
    expect(display.frame()).toMatchObject({ layout, isBgr });
    // What does not have 16 bits goes past it.
    display.write(CONTROL, 0x082b, 4);
    expect(display.frame()).toMatchObject({ layout: "888", isBgr: false });
  });

  it("refuses a place for the control register that no board has", () => {
    expect(() => givenDisplay({ controlOffset: 0x20 })).toThrow(
      expect.objectContaining({ code: "device-option-invalid" }),
    );
  });

  it("keeps the palette for accesses of every size", () => {
    const { display } = givenDisplay();
    display.write(0x200, 0x7fff_1234, 4);
    display.write(0x204, 0xabcd, 2);
    display.write(0x3ff, 0x80, 1);
    expect([display.paletteEntry(0), display.paletteEntry(1), display.paletteEntry(2)]).toEqual([
      0x1234, 0x7fff, 0xabcd,
    ]);
    expect([readWord(display, 0x3fc), display.read(0x202, 2), display.read(0x3ff, 1)]).toEqual([
      0x8000_0000, 0x7fff, 0x80,
    ]);
  });

  it("interrupts once a frame while it is on and the guest wants it", () => {
    const { display, clock, irq } = givenDisplay();
    display.write(CONTROL, 1, 4);
    clock.advance(100_000_000);
    expect([irq.level, readWord(display, STATUS)]).toEqual([false, 0]);
    display.write(IMSC, LNBU, 4);
    clock.advance(17_000_000);
    expect([irq.level, readWord(display, INTERRUPT)]).toEqual([true, LNBU]);
    display.write(STATUS, LNBU, 4);
    expect(irq.level).toBe(false);
    clock.advance(17_000_000);
    expect(irq.level).toBe(true);
    display.write(CONTROL, 0, 4);
    display.write(STATUS, 0x1e, 4);
    clock.advance(100_000_000);
    expect(irq.level).toBe(false);
    expect(clock.nextDeadlineNs).toBe(Number.POSITIVE_INFINITY);
  });

  it("runs on after a restore as the old one does", () => {
    const { display, context, clock, irq } = givenDisplay();
    display.write(UPBASE, 0x100000, 4);
    display.write(0x210, 0x1111_2222, 4);
    display.write(CONTROL, 0x0821, 4);
    display.write(IMSC, LNBU, 4);
    clock.advance(10_000_000);
    const copy = restored(display, context, Pl110);
    display.reset();
    expect(irq.level).toBe(false);
    clock.advance(6_700_000);
    expect([irq.level, readWord(copy, INTERRUPT)]).toEqual([true, LNBU]);
    expect([copy.frame().baseAddress, copy.paletteEntry(9)]).toEqual([0x100000, 0x1111]);
  });
});
