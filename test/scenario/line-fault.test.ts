import { describe, expect, it } from "vitest";
import { lineFault, randomNumbers, seedOf } from "../../src/scenario/line-fault.ts";

const sent = Array.from({ length: 10_000 }, (_, i) => i & 0xff);
const spec = { rate: 0.1, toward: "guest", seed: 7 } as const;

describe("line faults", () => {
  it("drop about the share that was asked for, and leave the rest in order", () => {
    const filter = lineFault({ ...spec, kind: "drop" });
    const got = sent.filter((byte) => filter(byte) !== undefined);
    expect(got.length).toBeGreaterThan(8_800);
    expect(got.length).toBeLessThan(9_200);
  });

  it("change one bit of the characters that noise hits", () => {
    const filter = lineFault({ ...spec, kind: "noise" });
    const changes = sent.map((byte) => byte ^ (filter(byte) ?? 0)).filter((change) => change !== 0);
    expect(changes.length).toBeGreaterThan(800);
    expect(changes.every((change) => (change & (change - 1)) === 0 && change < 256)).toBe(true);
  });

  it("do the same for the same seed, and something else for another", () => {
    const run = (seed: number) => {
      const filter = lineFault({ ...spec, kind: "noise", seed });
      return sent.map(filter);
    };
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
  });

  it("has the numbers of mulberry32 and the hash of FNV-1a", () => {
    const random = randomNumbers(0);
    // From the algorithm's own description, seed 0.
    expect(random()).toBeCloseTo(0.26642920868471265, 15);
    expect(seedOf("a")).toBe(0xe40c292c);
  });
});
