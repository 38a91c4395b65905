import { describe, expect, it } from "vitest";
import { LzmaDecoder, unpackLzmaProperties } from "../../src/board/lzma.ts";
import { OutputBuffer } from "../../src/board/output-buffer.ts";
import { fromBase64, packedSamples, sampleProgram } from "./samples.ts";

describe("unpackLzmaProperties", () => {
  it("takes the three numbers apart", () => {
    expect(unpackLzmaProperties(0x5d)).toEqual({ literalContextBits: 3, literalPositionBits: 0, positionBits: 2 });
    expect(unpackLzmaProperties(224)).toEqual({ literalContextBits: 8, literalPositionBits: 4, positionBits: 4 });
    expect(() => unpackLzmaProperties(225)).toThrow("which do not exist");
  });
});

describe("LzmaDecoder", () => {
  const data = fromBase64(packedSamples.lzma);
  const bodyAt = 13;

  it("stops in the middle of a stream when that much was asked for, with the same bytes", () => {
    const out = new OutputBuffer(5000);
    const decoder = new LzmaDecoder(data, out);
    decoder.resetState(unpackLzmaProperties(data[0]));
    // The stream goes on, so the range coder is not at its end.
    expect(() => decoder.decode(bodyAt, data.length, 1000)).toThrow(/past the end of its chunk|last bytes are wrong/);
    expect(Buffer.from(sampleProgram(3000)).subarray(0, out.length).equals(out.finish())).toBe(true);
    expect(out.length).toBeGreaterThan(900);
  });

  it("does not let a match reach behind a reset of the dictionary", () => {
    const out = new OutputBuffer(10_000);
    out.append(new Uint8Array(100));
    const decoder = new LzmaDecoder(data, out);
    decoder.resetDictionary();
    decoder.resetState(unpackLzmaProperties(data[0]));
    decoder.decode(bodyAt, data.length, Number.POSITIVE_INFINITY);
    expect(Buffer.from(sampleProgram(3000)).equals(out.finish().subarray(100))).toBe(true);
  });

  it("wants the zero byte that begins every stream, and five bytes at least", () => {
    const decoder = new LzmaDecoder(Uint8Array.of(1, 0, 0, 0, 0, 0), new OutputBuffer(10));
    expect(() => decoder.decode(0, 6, 1)).toThrow("without its start");
    expect(() => decoder.decode(1, 4, 1)).toThrow("without its start");
  });
});
