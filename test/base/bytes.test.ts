import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter } from "../../src/base/index.ts";

describe("ByteWriter", () => {
  it("keeps what was written when its buffer grows in the middle of any kind of item", () => {
    for (const kind of ["u8", "u16", "u32", "u64"] as const) {
      const writer = new ByteWriter();
      for (let i = 0; i < 300; i++) writer[kind](i & 0xff);
      const reader = new ByteReader(writer.finish(), "items");
      for (let i = 0; i < 300; i++) expect(reader[kind]()).toBe(i & 0xff);
      expect(reader.remaining).toBe(0);
    }
  });

  it("grows for a run of bytes larger than its buffer", () => {
    const data = Uint8Array.from({ length: 1000 }, (_, i) => i & 0xff);
    expect(new ByteWriter().u8(1).bytes(data).finish().subarray(1)).toEqual(data);
  });

  it("aligns with zeros", () => {
    expect([...new ByteWriter().u8(7).align(4).u8(8).finish()]).toEqual([7, 0, 0, 0, 8]);
  });
});

describe("ByteReader", () => {
  it("refuses to read past the end and says where the end is", () => {
    const reader = new ByteReader(new Uint8Array(6), "header", { offset: 4 });
    expect(() => reader.u32()).toThrow("header: expected 4 bytes at offset 4, found the end at 6");
  });

  it("keeps its place when a read is refused", () => {
    const reader = new ByteReader(Uint8Array.of(1, 2), "header");
    expect(() => reader.bytes(3)).toThrow(expect.objectContaining({ code: "data-truncated" }));
    expect([reader.offset, reader.u16()]).toEqual([0, 0x0201]);
  });

  it("refuses negative places and sizes", () => {
    expect(() => new ByteReader(new Uint8Array(8), "header", { offset: -4 }).u32()).toThrow("offset -4");
    expect(() => new ByteReader(new Uint8Array(8), "header", { offset: 4 }).bytes(-1)).toThrow("expected -1 bytes");
  });

  it("reads both byte orders", () => {
    const data = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    expect(new ByteReader(data, "data").u32()).toBe(0x04030201);
    const reader = new ByteReader(data, "data", { littleEndian: false });
    expect([reader.u16(), reader.u8(), reader.offset]).toEqual([0x0102, 3, 3]);
    expect(new ByteReader(data, "data", { littleEndian: false }).u64()).toBe(Number(0x0102030405060708n));
  });

  it("reads text up to its NUL, and refuses text without one", () => {
    const reader = new ByteReader(Uint8Array.of(0x41, 0xe9, 0, 0x42), "name");
    expect([reader.cString(), reader.offset]).toEqual(["A\u00e9", 3]);
    expect(() => reader.cString()).toThrow("name: expected 2 bytes at offset 3");
  });
});
