import { describe, expect, it } from "vitest";
import { checkOf, crc16 } from "../../src/terminal/modem-wire.ts";

describe("the check of a block", () => {
  it("is the CRC that everybody has", () => {
    expect(crc16(Buffer.from("123456789"))).toBe(0x31c3);
    expect(checkOf(Buffer.from("123456789"), true)).toEqual([0x31, 0xc3]);
  });

  it("is the sum of the bytes where CRC is not wanted", () => {
    expect(checkOf(Uint8Array.of(0xff, 0x02), false)).toEqual([0x01]);
  });
});
