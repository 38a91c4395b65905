import { describe, expect, it } from "vitest";
import { irqOutput, unconnected } from "../../src/device/index.ts";
import { bench } from "../devices/test-context.ts";

describe("irqOutput", () => {
  it("gives the wires in the order of the profile, and one that leads nowhere past the last", () => {
    const { context, irqs } = bench({ irqCount: 2 });
    irqOutput(context, 1).set(true);
    expect(irqs.map((line) => line.level)).toEqual([false, true]);
    expect(irqOutput(context, 2)).toBe(unconnected);
    unconnected.set(true);
    expect(irqs.map((line) => line.level)).toEqual([false, true]);
  });
});
