import { describe, expect, it } from "vitest";
import { closestName, nameHint } from "../../src/base/closest-name.ts";

const models = ["pl011", "pl031", "sp804", "virtio-mmio-blk", "zero"];
const commands = ["help", "guest", "vcpu", "vserial", "version", "ids"];

describe("closestName", () => {
  it("finds the name that was meant", () => {
    expect(closestName("pl0111", models)).toBe("pl011");
    expect(closestName("virtio-mmio-block", models)).toBe("virtio-mmio-blk");
    expect(closestName("PL031", models)).toBe("pl031");
    expect(closestName("ixs", commands)).toBe("ids");
  });

  it("counts two exchanged neighbours as one edit", () => {
    expect(closestName("zeor", models)).toBe("zero");
    expect(closestName("guset", commands)).toBe("guest");
    expect(closestName("vpcu", commands)).toBe("vcpu");
  });

  it("takes a beginning for the whole, from two letters", () => {
    expect(closestName("vser", commands)).toBe("vserial");
    expect(closestName("v", ["vserial"])).toBeUndefined();
  });

  it("prefers the nearer of two names", () => {
    expect(closestName("versoin", ["vserial", "version"])).toBe("version");
  });

  it("has no answer when nothing is near", () => {
    expect(closestName("ethernet", models)).toBeUndefined();
    expect(closestName("ab", ["ids"])).toBeUndefined();
    expect(closestName("x", [])).toBeUndefined();
    expect(closestName("z".repeat(65), ["z".repeat(65)])).toBeUndefined();
  });
});

describe("nameHint", () => {
  it("lists the known names, sorted, behind the question", () => {
    expect(nameHint("models", "zro", ["zero", "pl011"])).toBe('Did you mean "zero"? Known models: pl011, zero.');
    expect(nameHint("models", "ethernet", ["zero"])).toBe("Known models: zero.");
    expect(nameHint("models", "ethernet", [])).toBe("Known models: none.");
  });
});
