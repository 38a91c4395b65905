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
});
