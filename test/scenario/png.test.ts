import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { encodePng } from "../../src/scenario/png.ts";

describe("encodePng", () => {
  it("writes signature, header, pixels row by row, and the end", () => {
    const png = encodePng({ width: 2, height: 2, rgb: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) });
    expect(png.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
    expect(png.toString("latin1", 12, 16)).toBe("IHDR");
    expect([png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]]).toEqual([2, 2, 8, 2]);
    const size = png.readUInt32BE(33);
    expect(png.toString("latin1", 37, 41)).toBe("IDAT");
    expect([...inflateSync(png.subarray(41, 41 + size))]).toEqual([0, 1, 2, 3, 4, 5, 6, 0, 7, 8, 9, 10, 11, 12]);
    // The chunk IEND is the same in every file, its checksum included.
    expect(png.subarray(-12).toString("hex")).toBe("0000000049454e44ae426082");
  });
});
