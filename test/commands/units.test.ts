import { describe, expect, it } from "vitest";
import { durationText, hexWord, kilobytes, sizeText, withHex } from "../../src/commands/units.ts";

describe("sizes", () => {
  it.each([
    [96 << 20, "96 MB"],
    [1 << 20, "1 MB"],
    [(1 << 20) + 1024, "1025 KB"],
    [4096, "4 KB"],
    [513, "513 B"],
    [0, "0 B"],
  ])("of %i bytes are written %s", (sizeBytes, text) => {
    expect(sizeText(sizeBytes)).toBe(text);
  });

  it("in kilobytes have three decimals", () => {
    expect([kilobytes(512 << 10), kilobytes(1), kilobytes(1536)]).toEqual(["512.000 KB", "0.001 KB", "1.500 KB"]);
  });
});

describe("numbers", () => {
  it("have eight hexadecimal digits, also above 2^31", () => {
    expect([withHex(28306), withHex(0)]).toEqual(["28306 (0x00006e92)", "0 (0x00000000)"]);
    expect([hexWord(0x1169), hexWord(-1)]).toEqual(["0x00001169", "0xffffffff"]);
  });
});

describe("durations", () => {
  it.each([
    [0, "0:00:00:000"],
    [1_999_999, "0:00:00:001"],
    [61_234e6, "0:01:01:234"],
    [100 * 3600e9, "100:00:00:000"],
  ])("of %i ns are written %s", (durationNs, text) => {
    expect(durationText(durationNs)).toBe(text);
  });
});
