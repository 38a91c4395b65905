import { describe, expect, it } from "vitest";
import { hostEntropy, SeededEntropy } from "../../src/main/entropy.ts";

const at = (seed: string, nowNs: number, sizeBytes = 40): string => {
  const entropy = new SeededEntropy(seed);
  entropy.nowNs = () => nowNs;
  const target = new Uint8Array(sizeBytes);
  entropy.fill(target);
  return Buffer.from(target).toString("hex");
};

describe("random bytes for the guest", () => {
  it("are the same for the same seed and instant, whatever was asked before", () => {
    const entropy = new SeededEntropy("a");
    entropy.nowNs = () => 100;
    entropy.fill(new Uint8Array(7));
    entropy.nowNs = () => 5_000;
    const target = new Uint8Array(40);
    entropy.fill(target);
    expect(Buffer.from(target).toString("hex")).toBe(at("a", 5_000));
  });

  it("differ by seed, by instant, and between two requests of one instant", () => {
    const entropy = new SeededEntropy("a");
    const [first, second] = [new Uint8Array(40), new Uint8Array(40)];
    entropy.fill(first);
    entropy.fill(second);
    const all = [at("a", 1), at("b", 1), at("a", 2), Buffer.from(second).toString("hex")];
    expect(new Set(all).size).toBe(4);
    expect(Buffer.from(first).equals(second)).toBe(false);
  });

  it("are the same again after the clock went back to their instant", () => {
    const entropy = new SeededEntropy("a");
    entropy.nowNs = () => 7;
    const [first, again] = [new Uint8Array(40), new Uint8Array(40)];
    entropy.fill(first);
    entropy.forget();
    entropy.fill(again);
    expect(Buffer.from(again).equals(first)).toBe(true);
  });

  it("come from the host when time is real", () => {
    const target = new Uint8Array(64);
    hostEntropy.fill(target);
    expect(target.some((byte) => byte !== 0)).toBe(true);
  });
});
