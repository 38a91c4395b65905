import { describe, expect, it } from "vitest";
import {
  alignDown,
  alignUp,
  bitField,
  hex8,
  hexAddress,
  popCount,
  rotateRight,
  signExtend,
  u32,
} from "../../src/base/index.ts";

const words = [0, 1, -1, 0x7fffffff, -0x80000000, 0x12345678, 0xdeadbeef | 0];

describe("words", () => {
  it("are unsigned on request", () => {
    expect([u32(-1), u32(-0x80000000), u32(5)]).toEqual([0xffffffff, 0x80000000, 5]);
  });

  it("give up a field, also the whole word", () => {
    expect(bitField(0x12345678, 15, 8)).toBe(0x56);
    expect(bitField(-1, 31, 0)).toBe(0xffffffff);
    expect(bitField(-1, 31, 31)).toBe(1);
    expect(bitField(0x80000000 | 0, 31, 28)).toBe(8);
  });

  it("extend a sign from any width", () => {
    expect([signExtend(0xff, 8), signExtend(0x7f, 8), signExtend(0x800000, 24)]).toEqual([-1, 127, -0x800000]);
    for (const word of words) expect(signExtend(word, 32)).toBe(word);
  });

  it("rotate right as a bit string does", () => {
    const bits = (word: number): string => u32(word).toString(2).padStart(32, "0");
    for (const word of words) {
      for (const amount of [0, 1, 7, 31, 32, 33]) {
        const text = bits(word);
        const by = amount % 32;
        expect(bits(rotateRight(word, amount))).toBe(text.slice(32 - by) + text.slice(0, 32 - by));
      }
    }
  });

  it("count their ones", () => {
    for (const word of words) expect(popCount(word)).toBe(u32(word).toString(2).replaceAll("0", "").length);
  });

  it("are shown as the kernel and as Xvisor show addresses", () => {
    expect([hex8(-1), hex8(0xc0008000), hexAddress(0x101f1000 | 0)]).toEqual(["ffffffff", "c0008000", "0x101F1000"]);
  });

  it("align up and down, above 2 GB too", () => {
    expect([alignUp(4097, 4096), alignUp(4096, 4096), alignDown(4097, 4096)]).toEqual([8192, 4096, 4096]);
    expect(alignUp(0xc0000001, 0x1000)).toBe(0xc0001000);
  });
});
