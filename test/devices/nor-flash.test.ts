import { describe, expect, it } from "vitest";
import { NorFlash } from "../../src/devices/nor-flash.ts";
import { readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

/** The same command to both chips. */
const both = (command: number): number => command | (command << 16);

function givenFlash(options: Record<string, unknown> = {}) {
  const around = bench({ options });
  const flash = new NorFlash(around.context);
  flash.reset();
  return { ...around, flash };
}

/** The query bytes from word address `start`, as a driver collects them from the first chip. */
function query(flash: NorFlash, start: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => flash.read((start + i) * 4, 1));
}

describe("nor flash", () => {
  it("reads its image, and erased bytes behind it", () => {
    const { flash } = givenFlash({ image: Uint8Array.of(1, 2, 3, 4, 5) });
    expect(readWord(flash, 0)).toBe(0x04030201);
    expect([readWord(flash, 4), flash.read(4, 1), flash.read(2, 2), readWord(flash, 0x3fffffc)]).toEqual([
      0xffffff05, 5, 0x0403, 0xffffffff,
    ]);
  });

  it("answers the query of both chips side by side", () => {
    const { flash } = givenFlash();
    flash.write(0x55 * 4, both(0x98), 4);
    expect([0x10, 0x11, 0x12].map((word) => readWord(flash, word * 4))).toEqual([both(0x51), both(0x52), both(0x59)]);
    expect(query(flash, 0x13, 4)).toEqual([0x01, 0x00, 0x31, 0x00]);
    flash.write(0, both(0xff), 4);
    expect(readWord(flash, 0x40)).toBe(0xffffffff);
  });

  it("describes a geometry that adds up to its size", () => {
    for (const sizeBytes of [8, 16, 32, 64].map((mib) => mib << 20)) {
      const { flash } = givenFlash({ sizeBytes });
      flash.write(0x55 * 4, both(0x98), 4);
      const [chipSizeLog2] = query(flash, 0x27, 1);
      const [regions, blocksLow, blocksHigh, sizeLow, sizeHigh] = query(flash, 0x2c, 5);
      expect(2 * 2 ** chipSizeLog2).toBe(sizeBytes);
      expect(regions).toBe(1);
      expect(((blocksLow | (blocksHigh << 8)) + 1) * (sizeLow | (sizeHigh << 8)) * 256 * 2).toBe(sizeBytes);
    }
  });

  it("has a primary table of version 1.0 without optional features", () => {
    const { flash } = givenFlash();
    flash.write(0x55 * 4, both(0x98), 4);
    expect(String.fromCharCode(...query(flash, 0x31, 5))).toBe("PRI10");
    expect(query(flash, 0x36, 4)).toEqual([0, 0, 0, 0]);
  });

  it("gives maker and device in identification mode, also after the unlock cycles of another command set", () => {
    const { flash, log } = givenFlash();
    for (const [address, command] of [
      [0, 0xf0],
      [0x555, 0xaa],
      [0x2aa, 0x55],
      [0x555, 0x90],
    ])
      flash.write(address * 4, both(command), 4);
    expect([readWord(flash, 0), readWord(flash, 4)]).toEqual([both(0x0089), both(0x001d)]);
    expect(log).toEqual([]);
  });

  it("lets the two chips be in different modes", () => {
    const { flash } = givenFlash({ image: Uint8Array.of(1, 2, 3, 4) });
    flash.write(2, 0x70, 2);
    expect([flash.read(0, 2), flash.read(2, 2), readWord(flash, 0)]).toEqual([0x0201, 0x0080, 0x00800201]);
  });

  it("fails to program with the voltage status and keeps the array", () => {
    const { flash, log } = givenFlash({ image: Uint8Array.of(1, 2, 3, 4) });
    for (let i = 0; i < 2; i++) {
      flash.write(0, both(0x40), 4);
      flash.write(0, 0, 4);
    }
    expect(readWord(flash, 0)).toBe(both(0x98));
    flash.write(0, both(0x50), 4);
    expect(readWord(flash, 0)).toBe(both(0x80));
    flash.write(0, both(0xff), 4);
    expect(readWord(flash, 0)).toBe(0x04030201);
    expect(log.length).toBe(1);
  });

  it("fails to erase with the erase and voltage status", () => {
    const { flash } = givenFlash();
    flash.write(0, both(0x20), 4);
    flash.write(0, both(0xd0), 4);
    expect(readWord(flash, 0)).toBe(both(0xa8));
  });

  it("refuses sizes it has no chip for and images that are too large", () => {
    const refused = expect.objectContaining({ code: "device-option-invalid" });
    expect(() => givenFlash({ sizeBytes: 12345 })).toThrow(refused);
    expect(() => givenFlash({ sizeBytes: 8 << 20, image: new Uint8Array((8 << 20) + 1) })).toThrow(refused);
    expect(() => givenFlash({ image: "flash.bin" })).toThrow(refused);
  });

  it("runs on after a restore in the middle of a command", () => {
    const { flash, context } = givenFlash();
    flash.write(0, both(0x20), 4);
    flash.write(2, 0xd0, 2);
    const copy = restored(flash, context, NorFlash);
    for (const each of [flash, copy]) {
      expect(readWord(each, 0)).toBe(0x00a80080);
      each.write(0, 0xd0, 2);
      expect(readWord(each, 0)).toBe(both(0xa8));
    }
  });
});
