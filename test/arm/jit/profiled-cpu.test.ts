import { describe, expect, it } from "vitest";
import { CP15_TTBR0, Mode, R15, REMAINING } from "../../../src/arm/core/index.ts";
import { Interpreter } from "../../../src/arm/interp/index.ts";
import { ExecutionProfile } from "../../../src/arm/jit/index.ts";
import { ProfiledCpu } from "../../../src/arm/jit/profiled-cpu.ts";
import { CODE, DEVICE, type GivenCpu, type GivenOptions, givenCpu, TABLE } from "../given-cpu.ts";

// 0: add r0, r0, #1; 4: str r0, [r8]; 8: subs r1, r1, #1; c: bne 8; 10: mov r1, #9; 14: b 0
const code = [0xe2800001, 0xe5880000, 0xe2511001, 0x1afffffd, 0xe3a01009, 0xeafffff9];
const registers = { 1: 3, 8: DEVICE };

function givenProfiled(options: GivenOptions = {}) {
  let now = 0;
  const profile = new ExecutionProfile(() => now++);
  const makeCore: GivenOptions["makeCore"] = (bus, model) =>
    new ProfiledCpu(bus, model, { tuning: { hotEntries: 1 }, executionProfile: profile });
  return { profile, given: givenCpu({ code, registers, ...options, makeCore }) };
}

const stateOf = (given: GivenCpu) => {
  const words = Array.from(given.words);
  words[R15] = 0;
  words[REMAINING] = 0;
  return { words, instructions: given.core.instructions(), deviceLog: given.deviceLog };
};

describe("a core with a profile", () => {
  it("comes to the same state as the interpreter, in slices of any length", () => {
    for (const slice of [1, 7, 50, 1000]) {
      const { given } = givenProfiled();
      const plain = givenCpu({ code, registers, makeCore: (bus, model) => new Interpreter(bus, model) });
      for (let done = 0; done < 3000; done += slice) {
        given.run(slice);
        plain.run(slice);
      }
      expect(stateOf(given)).toEqual(stateOf(plain));
    }
  });

  it("counts every instruction once, compiled or not", () => {
    const { profile, given } = givenProfiled();
    given.run(200_000);
    expect(profile.executed).toBe(200_000);
    const regions = profile.regions();
    const compiled = regions.reduce((sum, { instructions }) => sum + instructions, 0);
    const rounds = profile.escapes.get("strImm") ?? 0;
    // Of the 22 instructions of a round the store to the device is left to the interpreter.
    expect(rounds).toBeGreaterThan(7_000);
    expect(compiled + rounds).toBeLessThanOrEqual(200_000);
    expect(compiled + rounds).toBeGreaterThan(180_000);
    expect(regions.map(({ pc }) => pc)).toContain(CODE + 8);
    for (const region of regions) expect(region).toMatchObject({ isPrivileged: true, isThumb: false, process: "" });
    expect(profile.timesNs.compiled).toBeGreaterThan(0);
  });

  it("asks whose page table it is when it enters user code for the first time", () => {
    const { profile, given } = givenProfiled({ cpsr: Mode.usr });
    const asked: number[] = [];
    profile.processOf = (table) => {
      asked.push(table);
      return "sh";
    };
    // Attributes below the address.
    given.words[CP15_TTBR0] = TABLE | 0x19;
    given.run(100_000);
    const regions = profile.regions();
    expect(regions.length).toBeGreaterThan(0);
    for (const region of regions) expect(region).toMatchObject({ isPrivileged: false, process: "sh" });
    expect(asked.length).toBe(regions.length);
    expect(new Set(asked)).toEqual(new Set([TABLE]));
  });

  it("keeps what it counted when all code is forgotten", () => {
    const { profile, given } = givenProfiled();
    given.run(100_000);
    const before = profile.regions().reduce((sum, { instructions }) => sum + instructions, 0);
    given.core.resynchronize();
    given.run(100_000);
    const after = profile.regions().reduce((sum, { instructions }) => sum + instructions, 0);
    expect(before).toBeGreaterThan(0);
    expect(after).toBeGreaterThan(before + 50_000);
    expect(after).toBeLessThan(200_000);
  });
});
