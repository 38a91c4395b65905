import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { armv5Subject, armv6Subject, runCampaign } from "./campaign.ts";
import { makeCase, makeV6Case } from "./case-generator.ts";
import { CoreProbe } from "./core-probe.ts";
import type { FuzzCase, Outcome } from "./fuzz-case.ts";
import { CODE_ADDRESS, codeWords, DATA_ADDRESS, differences, SENTINEL, Signal } from "./fuzz-case.ts";
import { missingTool } from "./qemu-oracle.ts";

const SHORT_CASES = 20_000;
const seed = Number(process.env.FUZZ_SEED ?? 1);
const cases = Number(process.env.FUZZ_CASES ?? SHORT_CASES);

describe("random code", () => {
  it.skipIf(missingTool() !== undefined).each([armv5Subject, armv6Subject])(
    `leaves what it leaves under qemu-arm: $model.name, seed ${seed}, ${cases} cases`,
    async (subject) => {
      const projectFolder = resolve(import.meta.dirname, "../../..");
      const result = await runCampaign({ seed, subject, cases, projectFolder });
      expect(result.reports.slice(0, 5).join("\n\n")).toBe("");
      expect(result.missedRows).toEqual([]);
      expect(result.compared).toBe(cases);
      // Ends in every way there is: undefined instruction, breakpoint, abort, and on ARMv6 what must be aligned.
      const bus = subject === armv6Subject ? [Signal.bus] : [];
      const ends = [Signal.ill, Signal.trap, ...bus, Signal.segv];
      expect([...result.ends.keys()].sort((a, b) => a - b)).toEqual(ends);
    },
  );
});

describe("fuzz cases", () => {
  it("are the same for the same seed, and others for another", () => {
    const some = (from: number) => Array.from({ length: 50 }, (_, number) => makeCase(from, number));
    expect(some(7)).toEqual(some(7));
    expect(some(8)).not.toEqual(some(7));
    expect(makeV6Case(7, 3)).toEqual(makeV6Case(7, 3));
    expect(makeV6Case(7, 3)).not.toEqual(makeCase(7, 3));
  });

  it("of ARMv6 have GE flags", () => {
    const flags = Array.from({ length: 50 }, (_, number) => makeV6Case(1, number).flags);
    expect(new Set(flags.map((each) => (each >>> 16) & 15)).size).toBeGreaterThan(8);
  });

  it("put Thumb halves into words, the last of them with half a sentinel", () => {
    const given = { ...makeCase(1, 0), isThumb: true, code: [0x1111, 0x2222, 0x3333] };
    expect(codeWords(given)).toEqual([0x22221111, 0xdef03333, SENTINEL, SENTINEL]);
  });

  it("tell what differs", () => {
    const outcome: Outcome = {
      signal: 4,
      faultAddress: 0,
      pc: 0x50000004,
      cpsr: 0x20000000,
      registers: new Array<number>(15).fill(7),
      dataHash: 1,
      firstChange: "unchanged",
    };
    expect(differences(outcome, outcome)).toEqual([]);
    const other = { ...outcome, cpsr: 0, registers: [8, ...outcome.registers.slice(1)], dataHash: 2 };
    expect(differences(outcome, other)).toEqual([
      "cpsr: qemu 20000000, ours 00000000",
      "r0: qemu 00000007, ours 00000008",
      "data: qemu unchanged, ours unchanged",
    ]);
  });
});

describe("a run of a case on the ARM1176", () => {
  const probe = new CoreProbe(armv6Subject.model);
  const registers = [DATA_ADDRESS + 0x101, ...Array.from({ length: 14 }, (_, n) => n)];
  const given = (...code: number[]): FuzzCase => {
    return { isThumb: false, offset: 0x800, dataSeed: 1, flags: 0x000a0000, registers, code };
  };

  it("may load and store unaligned words, but not several of them", () => {
    expect(probe.run(given(0xe5801000))).toMatchObject({ signal: Signal.ill, cpsr: 0x000a0000 });
    expect(probe.run(given(0xe8800006))).toMatchObject({ signal: Signal.bus, faultAddress: DATA_ADDRESS + 0x101 });
  });

  it("is not compared for an unaligned exclusive store, which fails before QEMU looks at its address", () => {
    expect(probe.run(given(0xe1802f91))).toBe("is an unaligned exclusive store");
  });
});

describe("a run of a case on the interpreter", () => {
  const probe = new CoreProbe();
  const registers = Array.from({ length: 15 }, (_, n) => n);
  const given = (code: number[], more: Partial<FuzzCase> = {}): FuzzCase => {
    return { isThumb: false, offset: 0x800, dataSeed: 1, flags: 0, registers, code, ...more };
  };

  it("ends at the sentinel after the code", () => {
    expect(probe.run(given([0xe0810002]))).toMatchObject({
      signal: Signal.ill,
      pc: CODE_ADDRESS + 0x804,
      cpsr: 0,
      registers: [3, ...registers.slice(1)],
      firstChange: "unchanged",
    });
  });

  it("ends at an abort, with its address", () => {
    expect(probe.run(given([0xe5910003]))).toMatchObject({ signal: Signal.segv, faultAddress: 4, pc: 0x50000800 });
    expect(probe.run(given([0xe12fff10], { registers: [0x12340000, ...registers.slice(1)] }))).toMatchObject({
      signal: Signal.segv,
      faultAddress: 0x12340000,
      pc: 0x12340000,
    });
  });

  it("sees what was stored", () => {
    const stores = given([0xe5801000], { registers: [DATA_ADDRESS + 16, 0xabcd, ...registers.slice(2)] });
    expect(probe.run(stores)).toMatchObject({ signal: Signal.ill, firstChange: "word 4 is abcd" });
  });

  it("is not compared when it is unaligned, endless, or changes its code", () => {
    const at = (address: number) => [address, ...registers.slice(1)];
    expect(probe.run(given([0xe5901000], { registers: at(DATA_ADDRESS + 1) }))).toBe("is not aligned");
    expect(probe.run(given([0xeafffffe]))).toBe("goes on for ever");
    expect(probe.run(given([0xe5801000], { registers: at(CODE_ADDRESS) }))).toBe("stores into its code");
    expect(probe.run(given([0xe12fff10], { registers: at(0xffff0008) }))).toBe("hits the oracle's process");
  });
});
