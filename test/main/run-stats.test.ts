import { describe, expect, it } from "vitest";
import { type Counters, RunStats } from "../../src/main/run-stats.ts";

describe("run statistics", () => {
  it("count instructions and seconds in whole and by phase", () => {
    let now: Counters = { instructions: 0, virtualNs: 0, wallNs: 5e9 };
    const stats = new RunStats(() => now);
    now = { instructions: 80_000_000, virtualNs: 400_000_000, wallNs: 7e9 };
    stats.end("boot");
    now = { instructions: 100_000_000, virtualNs: 500_000_005, wallNs: 7.5e9 };
    stats.end("ids plist");
    expect(JSON.parse(stats.toJson({ clock: "virtual", engine: "jit" }))).toEqual({
      schema: "komainu.stats/1",
      clock: "virtual",
      engine: "jit",
      instructions: 100_000_000,
      virtualSeconds: 0.500000005,
      wallSeconds: 2.5,
      mips: 40,
      phases: [
        { name: "boot", instructions: 80_000_000, virtualSeconds: 0.4, wallSeconds: 2, mips: 40 },
        { name: "ids plist", instructions: 20_000_000, virtualSeconds: 0.100000005, wallSeconds: 0.5, mips: 40 },
      ],
    });
  });

  it("can begin before there was a machine to read", () => {
    const stats = new RunStats(() => ({ instructions: 1, virtualNs: 5, wallNs: 3e9 }), {
      instructions: 0,
      virtualNs: 0,
      wallNs: 1e9,
    });
    stats.end("load");
    expect(stats.phases[0]).toMatchObject({ name: "load", wallSeconds: 2 });
  });
});
