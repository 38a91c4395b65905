import { describe, expect, it } from "vitest";
import { decodeLzmaAlone, decodeXz, isXz } from "../../src/board/xz.ts";
import { fromBase64, packedSamples } from "./samples.ts";

const limitBytes = 10_000;
const changed = (data: Uint8Array, at: number, value: number): Uint8Array => {
  const copy = data.slice();
  copy[at] = value;
  return copy;
};

describe("decodeXz", () => {
  const armed = fromBase64(packedSamples.xzArm);

  it("checks header, content, index and footer", () => {
    expect(() => decodeXz(changed(armed, 7, 0), limitBytes)).toThrow("a wrong checksum of the xz stream header");
    expect(() => decodeXz(changed(armed, 20, 1), limitBytes)).toThrow("a wrong checksum of the xz block header");
    expect(() => decodeXz(changed(armed, armed.length - 1, 0), limitBytes)).toThrow("without its footer");
    expect(() => decodeXz(changed(armed, armed.length - 14, 0xff), limitBytes)).toThrow(
      "a wrong checksum of the xz index",
    );
  });

  it("goes by the content's checksum when the stream itself decodes", () => {
    const check = armed.length - 12 - 12 - 4;
    expect(() => decodeXz(changed(armed, check, armed[check] ^ 1), limitBytes)).toThrow(
      "a wrong checksum of the xz content",
    );
  });

  it("counts blocks of other checks than CRC-32 in, without judging them", () => {
    expect(decodeXz(fromBase64(packedSamples.xzBlocks), limitBytes).content).toHaveLength(3000);
  });

  it("is chosen by six bytes", () => {
    expect(isXz(armed)).toBe(true);
    expect(isXz(armed.subarray(0, 5))).toBe(false);
    expect(() => decodeXz(new Uint8Array(20), limitBytes)).toThrow("no xz magic");
  });
});

describe("decodeLzmaAlone", () => {
  const alone = fromBase64(packedSamples.lzma);

  it("takes a stream that tells its size as well as one with an end mark", () => {
    const sized = alone.slice();
    sized.set([3000 & 0xff, 3000 >> 8, 0, 0, 0, 0, 0, 0], 5);
    const isEndMarked = alone.subarray(5, 13).every((byte) => byte === 0xff);
    expect(isEndMarked).toBe(true);
    expect(() => decodeLzmaAlone(sized, limitBytes)).toThrow("whose last bytes are wrong");
    expect(decodeLzmaAlone(alone, limitBytes).content).toHaveLength(3000);
  });

  it("refuses properties that do not exist", () => {
    expect(() => decodeLzmaAlone(changed(alone, 0, 225), limitBytes)).toThrow("LZMA properties 225");
  });
});
