import { describe, expect, it } from "vitest";
import { VersatileI2c } from "../../src/devices/versatile-i2c.ts";
import { readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const CONTROL = 0;
const CONTROLC = 4;
const SCL = 1;
const SDA = 2;

function given() {
  const board = bench({ irqCount: 0 });
  const i2c = new VersatileI2c(board.context);
  i2c.reset();
  return { ...board, i2c };
}

describe("VersatileI2c", () => {
  it("reads both wires high while nobody pulls them low, so that a master finds the bus free", () => {
    expect(readWord(given().i2c, CONTROL)).toBe(SCL | SDA);
  });

  it("reads a wire low while software pulls it low", () => {
    const { i2c } = given();
    i2c.write(CONTROLC, SDA, 4);
    expect(readWord(i2c, CONTROL)).toBe(SCL);
    i2c.write(CONTROL, SDA, 4);
    expect(readWord(i2c, CONTROL)).toBe(SCL | SDA);
  });

  it("goes on from a saved state", () => {
    const { i2c, context } = given();
    i2c.write(CONTROLC, SCL, 4);
    expect(readWord(restored(i2c, context, VersatileI2c), CONTROL)).toBe(SDA);
  });
});
