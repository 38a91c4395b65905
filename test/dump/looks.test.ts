import { describe, expect, it } from "vitest";
import { looksOf } from "../../src/dump/looks.ts";
import { randomFrom, SyntheticKernel } from "../linux/synthetic-kernel.ts";

const segment = (bytes: Uint8Array) => [{ startAddress: 0, bytes }];

describe("looksOf", () => {
  it("tells zeros and dice from memory", () => {
    const random = randomFrom(3);
    expect(looksOf(segment(new Uint8Array(1 << 20)))).toBe("zero");
    expect(looksOf(segment(Uint8Array.from({ length: 1 << 18 }, () => random(256))))).toBe("random");
    expect(looksOf(segment(new SyntheticKernel().image))).toBe("memory");
  });

  it("takes memory with one byte that is not 0 for memory", () => {
    const bytes = new Uint8Array(1 << 20);
    bytes[12345] = 1;
    expect(looksOf(segment(bytes))).toBe("memory");
  });
});
