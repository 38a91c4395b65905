import { describe, expect, it } from "vitest";
import { parseImage } from "../../src/dump/formats.ts";
import { givenCore } from "../debuginfo/given-core.ts";
import { givenLime } from "./given-lime.ts";

const bytes = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
const code = (run: () => unknown): string => {
  try {
    run();
    return "none";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("parseImage", () => {
  it("reads raw memory from a base address, LiME ranges and the segments of a core", () => {
    expect(parseImage(bytes, 0x8000)).toEqual({ format: "raw", segments: [{ startAddress: 0x8000, bytes }] });
    const lime = parseImage(
      givenLime([
        { address: 0x1000, bytes },
        { address: 0x9000, bytes: bytes.slice(4) },
      ]),
      0,
    );
    expect([lime.format, lime.segments.map(({ startAddress, bytes: b }) => [startAddress, b.length])]).toEqual([
      "LiME",
      [
        [0x1000, 8],
        [0x9000, 4],
      ],
    ]);
    const core = parseImage(givenCore([{ address: 0x60000000, bytes }]), 0);
    expect([core.format, core.segments[0].startAddress]).toEqual(["ELF core", 0x60000000]);
  });

  it("says that an image is truncated, in a header or behind it", () => {
    const lime = givenLime([{ address: 0, bytes }]);
    expect(code(() => parseImage(lime.subarray(0, lime.length - 1), 0))).toBe("image-truncated");
    expect(code(() => parseImage(lime.subarray(0, 20), 0))).toBe("image-truncated");
  });

  it("refuses what is no memory: other ELF files, kdumps, ranges beyond 4 GiB", () => {
    const vmlinux = givenCore([]);
    vmlinux[16] = 2;
    const wide = givenLime([{ address: 2 ** 32, bytes }]);
    for (const file of [vmlinux, givenCore([]), Buffer.from("KDUMP   "), wide]) {
      expect(code(() => parseImage(new Uint8Array(file), 0))).toBe("image-unsupported");
    }
    expect(code(() => parseImage(bytes, 0xffffffff))).toBe("image-unsupported");
  });
});
