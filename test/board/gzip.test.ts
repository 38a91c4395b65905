import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decodeGzip } from "../../src/board/gzip.ts";

const text = "the quick brown fox ".repeat(20);
const packed = new Uint8Array(gzipSync(text));
const decode = (data: Uint8Array, limitBytes = 10_000): string =>
  Buffer.from(decodeGzip(data, limitBytes).content).toString();

describe("decodeGzip", () => {
  it("stops at the end of the stream, whatever follows", () => {
    const followed = new Uint8Array([...packed, 1, 2, 3, 4]);
    expect(decode(followed)).toBe(text);
    expect(decodeGzip(followed, 10_000).consumedBytes).toBe(packed.length);
  });

  it("takes members that follow one another as one content", () => {
    const two = new Uint8Array([...packed, ...gzipSync(""), ...gzipSync("end")]);
    expect(decode(two)).toBe(`${text}end`);
    expect(decodeGzip(two, 10_000).consumedBytes).toBe(two.length);
  });

  it("skips every optional part of the header", () => {
    const optional = [2, 0, 9, 9, ...Buffer.from("name\0comment\0"), 0, 0];
    const withParts = new Uint8Array([...packed.subarray(0, 10), ...optional, ...packed.subarray(10)]);
    withParts[3] = 2 | 4 | 8 | 16;
    expect(decode(withParts)).toBe(text);
  });

  it("tells a cut from damage, and keeps to the limit over all members", () => {
    for (const size of [5, 12, packed.length - 9, packed.length - 1]) {
      expect(() => decode(packed.subarray(0, size)), `${size}`).toThrow(expect.objectContaining({ isTruncated: true }));
    }
    const damaged = packed.slice();
    damaged[packed.length - 5] ^= 1;
    expect(() => decode(damaged)).toThrow("a wrong checksum");
    const longer = packed.slice();
    longer[packed.length - 1] ^= 1;
    expect(() => decode(longer)).toThrow("of another length than it says");
    expect(() => decode(new Uint8Array([...packed, ...packed]), text.length + 10)).toThrow("more than");
    expect(decode(packed, text.length)).toBe(text);
  });

  it("refuses flags that are not defined", () => {
    const strange = packed.slice();
    strange[3] = 0x40;
    expect(() => decode(strange)).toThrow("flags that are not defined");
  });
});
