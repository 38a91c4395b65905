import { describe, expect, it } from "vitest";
import {
  makeCid,
  makeCsd,
  makeScr,
  makeSwitchStatus,
  nextCardSectors,
  responseWords,
  sdCapacity,
  selectFunctions,
} from "../../src/devices/sd-card-registers.ts";
import { responseBits } from "./sd-bench.ts";

const MIB = 2048;
const GIB = 1024 * MIB;

/** The sectors that a CSD announces, computed as a driver does. */
function announced(sectorCount: number): number {
  const capacity = sdCapacity(sectorCount);
  if (capacity === undefined) return Number.NaN;
  const csd = responseWords(makeCsd({ capacity, isReadOnly: false, isHighSpeed: false }));
  if (responseBits(csd, 127, 126) === 1) return (responseBits(csd, 69, 48) + 1) * 1024;
  const blocks = (responseBits(csd, 73, 62) + 1) * 2 ** (responseBits(csd, 49, 47) + 2);
  return (blocks * 2 ** responseBits(csd, 83, 80)) / 512;
}

describe("the registers of an SD card", () => {
  it.each([4, 64, 8 * MIB, 64 * MIB, 100 * MIB, 1000 * MIB, GIB, 1500 * MIB, 2 * GIB, 4 * GIB, 32 * GIB, 64 * GIB])(
    "announce exactly %i sectors",
    (sectorCount) => {
      expect(announced(sectorCount)).toBe(sectorCount);
    },
  );

  it("make it a card of the standard its size belongs to", () => {
    expect([MIB, 2 * GIB, 2 * GIB + MIB, 32 * GIB, 32 * GIB + MIB].map((size) => sdCapacity(size)?.kind)).toEqual([
      "SDSC",
      "SDSC",
      "SDHC",
      "SDHC",
      "SDXC",
    ]);
  });

  it("cannot describe some sizes, and the next multiple of 512 KiB always", () => {
    for (const sectorCount of [3, 64 * MIB + 3, 4 * GIB + 1, 4 * GIB + 1023]) {
      expect(sdCapacity(sectorCount)).toBeUndefined();
      expect(announced(nextCardSectors(sectorCount))).toBe(nextCardSectors(sectorCount));
    }
    expect(sdCapacity(0)).toBeUndefined();
    expect(sdCapacity(2 ** 32 + 1024)).toBeUndefined();
  });

  it("close CID and CSD with their CRC7", () => {
    // The argument of CMD0 and of CMD17 in the specification's examples, chapter 4.5.
    const reference = (bytes: Uint8Array) => {
      let crc = 0;
      for (const byte of bytes)
        for (let i = 7; i >= 0; i--) {
          crc = (crc << 1) | ((byte >> i) & 1);
          if ((crc & 0x80) !== 0) crc ^= 0x89;
        }
      for (let i = 0; i < 7; i++) {
        crc <<= 1;
        if ((crc & 0x80) !== 0) crc ^= 0x89;
      }
      return (crc << 1) | 1;
    };
    expect(reference(Uint8Array.of(0x40, 0, 0, 0, 0))).toBe(0x95);
    const cid = makeCid(0xdeadbeef);
    expect(cid[15]).toBe(reference(cid.subarray(0, 15)));
    expect(responseBits(responseWords(cid), 55, 24)).toBe(0xdeadbeef);
    const capacity = sdCapacity(4 * GIB);
    if (capacity === undefined) throw new Error("a card of 4 GiB exists");
    const csd = makeCsd({ capacity, isReadOnly: true, isHighSpeed: true });
    expect(csd[15]).toBe(reference(csd.subarray(0, 15)));
    expect([responseBits(responseWords(csd), 13, 13), responseBits(responseWords(csd), 103, 96)]).toEqual([1, 0x5a]);
  });

  it("offer buses of one and four wires and CMD23", () => {
    const scr = makeScr({ kind: "SDHC", sectorCount: 4 * GIB });
    expect([scr[1] & 0xf, scr[3] & 2, scr[0]]).toEqual([5, 2, 2]);
  });

  it("switch to high speed and refuse functions that are not there", () => {
    const current = [0, 0, 0, 0, 0, 0];
    expect(selectFunctions(0x80fffff1, current)).toEqual({ results: [1, 0, 0, 0, 0, 0], isValid: true });
    const refused = selectFunctions(0x80fffff2, current);
    expect([refused.isValid, refused.results[0]]).toEqual([false, 0xf]);
    const status = makeSwitchStatus([1, 0, 0, 0, 0, 0], true);
    expect([status.length, status[13], status[16] & 0xf, status[1]]).toEqual([64, 3, 1, 100]);
  });
});
