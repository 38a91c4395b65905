import { crc32, deflateSync, inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decodePng, encodePng, type Picture } from "../../src/vm/png.ts";

const small: Picture = { width: 2, height: 2, rgb: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) };

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([size, body, sum]);
}

/** A file of these rows, each with the number of its filter in front. */
function pngOf(rows: readonly (readonly number[])[], { width = 2, depth = 8, colorType = 2, interlace = 0 } = {}) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(rows.length, 4);
  header.set([depth, colorType, 0, 0, interlace], 8);
  const data = deflateSync(Uint8Array.from(rows.flat()));
  // Two pieces of data, as larger files have them, with something else between.
  const parts = [
    chunk("IHDR", header),
    chunk("IDAT", data.subarray(0, 5)),
    chunk("tEXt", Buffer.from("a\0b")),
    chunk("IDAT", data.subarray(5)),
    chunk("IEND", new Uint8Array()),
  ];
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]);
}

describe("encodePng", () => {
  it("writes signature, header, pixels row by row, and the end", () => {
    const png = encodePng(small);
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

describe("decodePng", () => {
  it("gives back what was written", () => {
    expect(decodePng(encodePng(small))).toEqual(small);
  });

  it("takes each filter off, by hand reckoned", () => {
    const first = [10, 20, 30, 40, 50, 60];
    const second = [11, 22, 33, 44, 55, 66];
    const wanted = { width: 2, height: 2, rgb: Uint8Array.from([...first, ...second]) };
    const filtered: readonly (readonly number[])[] = [
      [0, ...second],
      [1, 11, 22, 33, 33, 33, 33],
      [2, 1, 2, 3, 4, 5, 6],
      // Half of the sum of left and above: (0 + 10) / 2, ... (11 + 40) / 2.
      [3, 6, 12, 18, 19, 19, 20],
      // Left 11, above 40, diagonal 10: the guess 41 is nearest to above.
      [4, 1, 2, 3, 4, 5, 6],
    ];
    for (const row of filtered) expect(decodePng(pngOf([[0, ...first], row]))).toEqual(wanted);
    expect(
      decodePng(
        pngOf([
          [4, 10, 20, 30, 30, 30, 30],
          [0, ...second],
        ]),
      ),
    ).toEqual(wanted);
  });

  it("leaves an alpha channel out", () => {
    const png = pngOf([[0, 1, 2, 3, 99, 4, 5, 6, 98]], { colorType: 6 });
    expect(decodePng(png)).toEqual({ width: 2, height: 1, rgb: Uint8Array.from([1, 2, 3, 4, 5, 6]) });
  });

  it("says what a file is that it does not take, and never more than that", () => {
    const row = [0, 1, 2, 3, 4, 5, 6];
    expect(decodePng(Buffer.from("GIF89a"))).toBe("no PNG file");
    expect(decodePng(pngOf([row], { colorType: 3 }))).toBe("PNG of colour type 3 with 8 bits");
    expect(decodePng(pngOf([row], { depth: 16, interlace: 1 }))).toBe("PNG of colour type 2 with 16 bits, interlaced");
    expect(decodePng(pngOf([row], { width: 0x7fffffff }))).toBe("a picture of 2147483647 by 1 pixels");
    expect(decodePng(pngOf([row], { width: 3 }))).toBe("a damaged PNG file");
    expect(decodePng(pngOf([[9, 1, 2, 3, 4, 5, 6]]))).toBe("a damaged PNG file");
    const whole = pngOf([row]);
    for (let length = 8; length < whole.length; length++)
      expect(decodePng(whole.subarray(0, length))).toBe("a damaged PNG file");
    for (let at = 8; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] ^= 0x40;
      expect(typeof decodePng(damaged)).toBe("string");
    }
  });
});
