import { describe, expect, it } from "vitest";
import {
  DEFAULT_ENGINE,
  parseClock,
  parseCount,
  parseEngine,
  parsePort,
  parseSeconds,
} from "../../src/main/options.ts";

describe("option values", () => {
  it("are taken when they are in range", () => {
    expect([parseClock("virtual"), parseClock("real")]).toEqual(["virtual", "real"]);
    expect(["interp", "jit"].map(parseEngine)).toEqual(["interp", "jit"]);
    expect(["1", "0.5", "1000000"].map(parseSeconds("--timeout"))).toEqual([1, 0.5, 1e6]);
    expect(["1", "8"].map((text) => parseCount("--jobs", 8)(text))).toEqual([1, 8]);
  });

  it.each(["0", "-1", "abc", "", "1e3", "1000001"])("refuse %j as seconds", (text) => {
    expect(() => parseSeconds("--timeout")(text)).toThrow(expect.objectContaining({ code: "option-invalid" }));
  });

  it.each(["0", "9", "1.5", "x"])("refuse %j as a count of at most 8", (text) => {
    expect(() => parseCount("--jobs", 8)(text)).toThrow(`found "${text}"`);
  });

  it("take a port, and 0 for any", () => {
    expect(["0", "1234", "65535"].map(parsePort("--gdb"))).toEqual([0, 1234, 65_535]);
    for (const text of ["65536", "-1", "gdb", "", "1.5"]) {
      expect(() => parsePort("--gdb")(text)).toThrow(expect.objectContaining({ code: "option-invalid" }));
    }
  });

  it("refuse an unknown engine, naming the two there are", () => {
    expect(() => parseEngine("tcg")).toThrow('expected interp or jit, found "tcg"');
    expect(parseEngine(DEFAULT_ENGINE)).toBe(DEFAULT_ENGINE);
  });

  it("refuse an unknown clock, naming the two there are", () => {
    expect(() => parseClock("wall")).toThrow('expected virtual or real, found "wall"');
  });
});
