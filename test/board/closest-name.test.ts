import { describe, expect, it } from "vitest";
import { closestName, nameHint } from "../../src/board/closest-name.ts";

const models = ["pl011", "pl031", "sp804", "virtio-mmio-blk", "zero"];

describe("closestName", () => {
  it("finds the name that was meant", () => {
    expect(closestName("pl0111", models)).toBe("pl011");
    expect(closestName("zeor", models)).toBe("zero");
    expect(closestName("virtio-mmio-block", models)).toBe("virtio-mmio-blk");
    expect(closestName("PL031", models)).toBe("pl031");
  });

  it("has no answer when nothing is near", () => {
    expect(closestName("ethernet", models)).toBeUndefined();
    expect(closestName("x", [])).toBeUndefined();
  });
});

describe("nameHint", () => {
  it("lists the known names, sorted, behind the question", () => {
    expect(nameHint("models", "zro", ["zero", "pl011"])).toBe('Did you mean "zero"? Known models: pl011, zero.');
    expect(nameHint("models", "ethernet", ["zero"])).toBe("Known models: zero.");
  });
});
