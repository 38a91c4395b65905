import { describe, expect, it } from "vitest";
import { GuestRegion } from "../../src/vm/region.ts";

const KIB = 1024;
const MIB = 1 << 20;
const given = (sizeBytes: number, alignOrder?: number) =>
  new GuestRegion(
    { name: "mem0", kind: "ram", guestAddress: 0x1000_0000, sizeBytes, alignOrder },
    { address: 0xa0_0000, sizeBytes, owner: "guest0/mem0" },
  );

describe("a guest region", () => {
  it("is mapped in pieces of its alignment", () => {
    const region = given(6 * MIB, 21);
    expect(region.mapOrder).toBe(21);
    expect(region.mappings).toEqual([
      { guestAddress: 0x1000_0000, hostAddress: 0xa0_0000, sizeBytes: 2 * MIB },
      { guestAddress: 0x1020_0000, hostAddress: 0xc0_0000, sizeBytes: 2 * MIB },
      { guestAddress: 0x1040_0000, hostAddress: 0xe0_0000, sizeBytes: 2 * MIB },
    ]);
  });

  it("is mapped whole when its alignment is below a page or not below its size", () => {
    expect(given(6 * MIB).mappings).toHaveLength(1);
    expect(given(64 * KIB, 21).mappings).toEqual([
      { guestAddress: 0x1000_0000, hostAddress: 0xa0_0000, sizeBytes: 64 * KIB },
    ]);
  });

  it("has a shorter last piece when its size is no multiple of the others", () => {
    expect(given(5 * MIB, 21).mappings.map(({ sizeBytes }) => sizeBytes)).toEqual([2 * MIB, 2 * MIB, MIB]);
  });

  it("of a device has no RAM behind it", () => {
    const facts = { name: "uart0", kind: "device", guestAddress: 0x101f1000, sizeBytes: 0x1000 } as const;
    const region = new GuestRegion(facts, undefined);
    expect([region.mappings, region.endAddress, region.flags]).toEqual([[], 0x101f2000, 0x40a]);
  });
});
