import { describe, expect, it } from "vitest";
import { decodeLz4Legacy } from "../../src/board/lz4.ts";

/** A stream of blocks, each with its size in front. */
function stream(...blocks: readonly number[][]): Uint8Array {
  const parts = blocks.flatMap((block) => [block.length & 0xff, block.length >> 8, 0, 0, ...block]);
  return Uint8Array.of(0x02, 0x21, 0x4c, 0x18, ...parts);
}
const decode = (data: Uint8Array): string => Buffer.from(decodeLz4Legacy(data, 1000).content).toString("latin1");
/** The block `abcd`, then a match of 6 from 4 back, then the literal `!`. */
const block = [0x42, 97, 98, 99, 100, 4, 0, 0x10, 33];

describe("decodeLz4Legacy", () => {
  it("decodes literals and matches, block by block", () => {
    expect(decode(stream(block))).toBe("abcdabcdab!");
    expect(decode(stream(block, [0x10, 90]))).toBe("abcdabcdab!Z");
  });

  it("reads lengths that go on in further bytes", () => {
    const literals = Array.from({ length: 15 + 255 + 5 }, () => 120);
    expect(decode(stream([0xf0, 255, 5, ...literals]))).toBe("x".repeat(275));
  });

  it("takes streams one behind the other, and ends at padding or at the length a kernel's build appends", () => {
    const one = stream([0x10, 65]);
    expect(decode(Uint8Array.of(...one, ...stream([0x10, 66])))).toBe("AB");
    expect(decodeLz4Legacy(Uint8Array.of(...one, 0, 0, 0, 0), 10).consumedBytes).toBe(one.length);
    expect(decodeLz4Legacy(Uint8Array.of(...one, 1, 0, 0, 0), 10).consumedBytes).toBe(one.length);
  });

  it.each([
    [[0x40, 97], "literals that run past"],
    [[0x10, 97, 1], "a match that runs past"],
    [[0x10, 97, 2, 0], "from before its block"],
    [[0x10, 97, 0, 0], "from before its block"],
    [[0xf0, 255], "a length that runs past"],
  ])("refuses block %j", (bad, message) => {
    expect(() => decode(stream(bad))).toThrow(message);
  });

  it("does not let a match reach into the block before", () => {
    expect(() => decode(stream([0x10, 65], [0x10, 66, 2, 0]))).toThrow("from before its block");
  });
});
