import { describe, expect, it } from "vitest";
import { readIsf } from "../../src/debuginfo/index.ts";
import { givenIsf } from "./isf-writer.ts";

const BANNER = "Linux version 6.1.99 (builder@host) (gcc 12.2.0, GNU ld 2.40) #7 Sat Nov 21 20:06:33 UTC 2026";
const given = {
  banner: BANNER,
  symbols: [
    { name: "linux_banner", address: 0xc0700000, type: "?" },
    { name: "init_task", address: 0xc0800000, type: "?" },
  ],
  types: {
    unnamed_1: { kind: "union" as const, sizeBytes: 4, members: [{ name: "number", offset: 0 }] },
    inner: { sizeBytes: 8, members: [{ name: "a", offset: 4 }] },
    outer: {
      sizeBytes: 24,
      members: [
        { name: "tag", offset: 0 },
        { name: "", offset: 4, of: "unnamed_1" },
        { name: "nested", offset: 8, of: "inner" },
      ],
    },
  },
};
const wanted = new Set(["outer", "toString", "__proto__"]);
const bytesOf = (json: unknown): Uint8Array => Buffer.from(typeof json === "string" ? json : JSON.stringify(json));

describe("readIsf", () => {
  it("has version line, symbols and structures, with nameless parts as their own", () => {
    const { kind, banner, symbols, structures } = readIsf(givenIsf(given), wanted);
    expect({ kind, banner }).toEqual({ kind: "ISF", banner: BANNER });
    expect(symbols).toEqual(given.symbols);
    expect([...structures.keys()]).toEqual(["outer"]);
    expect(structures.get("outer")?.sizeBytes).toBe(24);
    expect(Object.fromEntries(structures.get("outer")?.members ?? [])).toEqual({
      tag: 0,
      number: 4,
      nested: 8,
      "nested.a": 12,
    });
  });

  it("refuses other JSON and wild numbers, and says what it expected", () => {
    const refused: [unknown, RegExp][] = [
      ["{", /expected JSON/],
      [{}, /metadata and user_types/],
      [{ user_types: [] }, /an object as user_types|metadata and user_types/],
      [{ user_types: {}, symbols: { x: { address: 2 ** 40 } } }, /a 32-bit address of x, found 1099511627776/],
      [{ user_types: { outer: { fields: { a: { offset: -4 } } } } }, /an offset of outer.a, found -4/],
      [{ user_types: { outer: { fields: { a: 7 } } } }, /an offset of outer.a, found none/],
    ];
    for (const [json, message] of refused) {
      expect(() => readIsf(bytesOf(json), wanted)).toThrow(message);
      expect(() => readIsf(bytesOf(json), wanted)).toThrow(expect.objectContaining({ code: "debug-info-invalid" }));
    }
  });

  it("ends on types that contain themselves", () => {
    const loop = { offset: 0, anonymous: true, type: { kind: "struct", name: "outer" } };
    const fields = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`f${index}`, loop]));
    const { structures } = readIsf(bytesOf({ user_types: { outer: { size: 4, fields } } }), wanted);
    expect(structures.get("outer")?.members.size).toBe(0);
  });
});
