import { describe, expect, it } from "vitest";
import {
  argumentUsage,
  choice,
  decimal,
  hexadecimal,
  number,
  optional,
  repeated,
  verbatim,
  word,
} from "../../src/shell/argument.ts";

describe("arguments", () => {
  it("show in the usage whether they may be left out or repeated", () => {
    expect(argumentUsage(word("name"))).toBe("<name>");
    expect(argumentUsage(optional(number("size")))).toBe("[<size>]");
    expect(argumentUsage(repeated(word("val")))).toBe("<val0> <val1> ...");
    expect(argumentUsage(optional(repeated(word("val"))))).toBe("[<val0> <val1> ...]");
    expect(argumentUsage({ ...word("zone"), usage: "{+|-}<h>:<m>" })).toBe("{+|-}<h>:<m>");
  });

  it("read numbers in the notation they declare", () => {
    expect([number("n").parse("0x10"), number("n").parse("010")]).toEqual([16, 8]);
    expect([decimal("n").parse("010"), decimal("n").parse("0x10")]).toEqual([10, undefined]);
    expect([hexadecimal("n").parse("10"), hexadecimal("n").parse("xyz")]).toEqual([16, undefined]);
  });

  it("take one of their choices and offer them all", () => {
    const mode = choice("mode", ["fast", "slow"]);
    expect([mode.parse("fast"), mode.parse("fas"), mode.expects]).toEqual(["fast", undefined, "one of fast, slow"]);
    expect(mode.complete?.(undefined)).toEqual(["fast", "slow"]);
  });

  it("ask the context for completions", () => {
    const port = word("port", (ports: readonly string[]) => ports);
    expect(port.complete?.(["uart0", "uart1"])).toEqual(["uart0", "uart1"]);
  });

  it("take each repeated word on its own, and what is verbatim as it stands", () => {
    const sizes = repeated(number("size"));
    expect([sizes.parse("0x10"), sizes.parse("many")]).toEqual([[16], undefined]);
    expect(verbatim("text").parse("a; b  c")).toBe("a; b  c");
  });
});
