import { describe, expect, it } from "vitest";
import { Bcm2835Asb } from "../../src/devices/bcm2835-asb.ts";
import { readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const BRIDGES = [0x08, 0x0c, 0x10, 0x14, 0x18, 0x1c];
const ID = 0x20;
const PASSWORD = 0x5a000000;
const REQ_STOP = 1;
const ACK = 2;

function given() {
  const board = bench();
  const asb = new Bcm2835Asb(board.context);
  asb.reset();
  return { ...board, asb };
}

describe("Bcm2835Asb", () => {
  it("answers with the id that the power driver asks for", () => {
    const { asb } = given();
    const word = readWord(asb, ID);
    expect(String.fromCharCode(word >>> 24, (word >> 16) & 0xff, (word >> 8) & 0xff, word & 0xff)).toBe("brdg");
  });

  it("acknowledges a stop and a start at each bridge, as a driver polls for", () => {
    for (const bridge of BRIDGES) {
      const { asb } = given();
      expect(readWord(asb, bridge) & (REQ_STOP | ACK)).toBe(REQ_STOP | ACK);
      asb.write(bridge, PASSWORD | (readWord(asb, bridge) & ~REQ_STOP), 4);
      expect(readWord(asb, bridge) & (REQ_STOP | ACK)).toBe(0);
      asb.write(bridge, PASSWORD | readWord(asb, bridge) | REQ_STOP, 4);
      expect(readWord(asb, bridge) & ACK).toBe(ACK);
    }
  });

  it("ignores a write without the password, and says so once", () => {
    const { asb, log } = given();
    asb.write(BRIDGES[0], 0, 4);
    asb.write(BRIDGES[0], 0x5b000000, 4);
    asb.write(BRIDGES[0], 0, 1);
    expect(readWord(asb, BRIDGES[0]) & ACK).toBe(ACK);
    expect(log.map(({ level }) => level)).toEqual(["warning"]);
  });

  it("goes on after a restore", () => {
    const { asb } = given();
    asb.write(BRIDGES[2], PASSWORD, 4);
    const copy = restored(asb, bench().context, Bcm2835Asb);
    expect(BRIDGES.map((bridge) => readWord(copy, bridge) & ACK)).toEqual([2, 2, 0, 2, 2, 2]);
  });
});
