import { describe, expect, it } from "vitest";
import { Pl181 } from "../../src/devices/pl181.ts";
import { ambaId, readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const [ARGUMENT, COMMAND, DATALENGTH, DATACTRL, DATACNT] = [0x08, 0x0c, 0x28, 0x2c, 0x30];
const [STATUS, CLEAR, MASK0, MASK1, FIFO] = [0x34, 0x38, 0x3c, 0x40, 0x80];
const [CMDTIMEOUT, DATATIMEOUT, CMDSENT] = [0x04, 0x08, 0x80];
const ENABLE = 0x400;
const RESPONSE = 0x40;

function givenSlot() {
  const around = bench();
  const slot = new Pl181(around.context);
  slot.reset();
  return { ...around, slot };
}

describe("pl181 with an empty slot", () => {
  it("carries the peripheral id its driver matches", () => {
    expect(ambaId(givenSlot().slot)).toBe(0x00041181);
  });

  it("lets a command that wants a response time out", () => {
    const { slot, irqs } = givenSlot();
    slot.write(MASK0, CMDTIMEOUT, 4);
    slot.write(ARGUMENT, 0x1aa, 4);
    slot.write(COMMAND, ENABLE | RESPONSE | 8, 4);
    expect(readWord(slot, STATUS)).toBe(CMDTIMEOUT);
    expect([irqs[0].level, irqs[1].level]).toEqual([true, false]);
    slot.write(CLEAR, CMDTIMEOUT, 4);
    expect([readWord(slot, STATUS), irqs[0].level]).toEqual([0, false]);
  });

  it("sends a command that wants no response", () => {
    const { slot, irqs } = givenSlot();
    slot.write(MASK1, CMDSENT, 4);
    slot.write(COMMAND, ENABLE, 4);
    expect(readWord(slot, STATUS)).toBe(CMDSENT);
    expect([irqs[0].level, irqs[1].level]).toEqual([false, true]);
  });

  it("does nothing for a command that is not enabled", () => {
    const { slot } = givenSlot();
    slot.write(COMMAND, RESPONSE | 8, 4);
    expect(readWord(slot, STATUS)).toBe(0);
  });

  it("lets a data transfer time out with everything still to come", () => {
    const { slot } = givenSlot();
    slot.write(DATALENGTH, 512, 4);
    slot.write(DATACTRL, 0x93, 4);
    expect([readWord(slot, STATUS), readWord(slot, DATACNT)]).toEqual([DATATIMEOUT, 512]);
  });

  it("has nothing in its FIFO and says once that data was dropped", () => {
    const { slot, log } = givenSlot();
    for (let offset = FIFO; offset < 0xc0; offset += 4) slot.write(offset, 0x55, 4);
    expect([readWord(slot, FIFO), readWord(slot, 0xbc), readWord(slot, 0x48), log.length]).toEqual([0, 0, 0, 1]);
  });

  it("runs on after a restore as the old one does", () => {
    const { slot, context, irqs } = givenSlot();
    slot.write(MASK0, CMDTIMEOUT | CMDSENT, 4);
    slot.write(COMMAND, ENABLE | RESPONSE, 4);
    const copy = restored(slot, context, Pl181);
    expect(irqs[0].level).toBe(true);
    for (const each of [slot, copy]) {
      each.write(CLEAR, CMDTIMEOUT, 4);
      each.write(COMMAND, ENABLE, 4);
      expect(readWord(each, STATUS)).toBe(CMDSENT);
    }
  });
});
