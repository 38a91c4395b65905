import { describe, expect, it } from "vitest";
import { Smc91c111Phy } from "../../src/devices/smc91c111-phy.ts";

function givenPhy(): Smc91c111Phy {
  const phy = new Smc91c111Phy();
  phy.reset();
  return phy;
}

const clockOut = (phy: Smc91c111Phy, bits: string): void => {
  for (const bit of bits) phy.clock(Number(bit));
};

function clockIn(phy: Smc91c111Phy, count: number): string {
  let bits = "";
  for (let i = 0; i < count; i++) {
    bits += phy.output;
    phy.clock(1);
  }
  return bits;
}

const READ_ID_1 = "0110" + "00000" + "00010";

describe("smc91c111 transceiver on its wire", () => {
  it("answers a read with turnaround and sixteen bits, then leaves the wire", () => {
    const phy = givenPhy();
    clockOut(phy, `1111${READ_ID_1}`);
    expect(clockIn(phy, 18)).toBe(`00${(0x16).toString(2).padStart(16, "0")}`);
    expect(clockIn(phy, 4)).toBe("0000");
  });

  it("needs no preamble between two frames", () => {
    const phy = givenPhy();
    clockOut(phy, READ_ID_1);
    clockIn(phy, 18);
    clockOut(phy, READ_ID_1);
    expect(Number.parseInt(clockIn(phy, 18), 2)).toBe(0x16);
  });

  it("leaves a frame with an unknown operation and finds the next one", () => {
    const phy = givenPhy();
    clockOut(phy, `01110000000010${"1".repeat(20)}${READ_ID_1}`);
    expect(Number.parseInt(clockIn(phy, 18), 2)).toBe(0x16);
  });

  it("takes any noise without losing its way", () => {
    const phy = givenPhy();
    let noise = 1;
    for (let i = 0; i < 100_000; i++) {
      noise = (Math.imul(noise, 1103515245) + 12345) >>> 0;
      phy.clock((noise >>> 16) & 1);
    }
    clockOut(phy, "1".repeat(64) + READ_ID_1);
    expect(Number.parseInt(clockIn(phy, 18), 2)).toBe(0x16);
  });
});
