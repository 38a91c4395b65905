import { describe, expect, it } from "vitest";
import {
  CpuState,
  Mode,
  PC,
  R8_R12_USER,
  R13,
  R13_BANKS,
  R14,
  R15,
  REMAINING,
  STATE_WORDS,
} from "../../../src/arm/core/index.ts";
import { HostMemory } from "../../../src/memory/index.ts";

const modes = Object.entries(Mode);

function givenState(mode: number = Mode.svc): CpuState {
  const state = new CpuState(new HostMemory(0x10000));
  state.reset();
  state.setCpsr(mode);
  return state;
}

describe("the CPSR", () => {
  it("is packed from its parts and taken apart again", () => {
    const state = givenState();
    for (const bits of [0xf80000f0, 0x80000000, 0x08000020, 0x600000c0, 0]) {
      for (const [, mode] of modes) {
        state.setCpsr(bits | mode);
        expect(state.cpsr() >>> 0).toBe((bits | mode) >>> 0);
      }
    }
  });

  it("after power-on is supervisor mode with both interrupts masked, in ARM state", () => {
    const state = new CpuState(new HostMemory(0x10000));
    state.words.fill(-1);
    state.reset();
    expect(state.cpsr()).toBe(0xd3);
  });

  it("takes N, Z, C and V apart from the rest", () => {
    const state = givenState(Mode.irq | 0x80);
    state.setCpsr(0x08000000 | 0x80 | Mode.irq);
    state.setFlags(0xf0000000);
    expect(state.cpsr() >>> 0).toBe(0xf8000080 + Mode.irq);
  });
});

describe("register banks", () => {
  it("each mode keeps R13 and R14 of its own, system mode those of user mode", () => {
    const state = givenState(Mode.usr);
    for (const [, mode] of modes) {
      if (mode === Mode.sys) continue;
      state.switchMode(mode);
      state.words[R13] = 0x1300 + mode;
      state.words[R14] = 0x1400 + mode;
    }
    for (const [, mode] of modes) {
      state.switchMode(mode);
      const owner = mode === Mode.sys ? Mode.usr : mode;
      expect([state.words[R13], state.words[R14]]).toEqual([0x1300 + owner, 0x1400 + owner]);
    }
  });

  it("FIQ mode has R8 to R12 too, and leaves R0 to R7", () => {
    const state = givenState(Mode.svc);
    for (let n = 0; n < 13; n++) state.words[n] = n;
    state.switchMode(Mode.fiq);
    for (let n = 0; n < 13; n++) state.words[n] = 100 + n;
    state.switchMode(Mode.irq);
    expect(Array.from(state.words.subarray(0, 13))).toEqual([100, 101, 102, 103, 104, 105, 106, 107, 8, 9, 10, 11, 12]);
    state.switchMode(Mode.fiq);
    expect(Array.from(state.words.subarray(8, 13))).toEqual([108, 109, 110, 111, 112]);
  });

  it("user registers are found from every mode", () => {
    const state = givenState(Mode.usr);
    for (let n = 8; n < 15; n++) state.words[n] = 0x100 + n;
    for (const [name, mode] of modes) {
      state.switchMode(mode);
      const found = [8, 12, 13, 14].map((n) => state.words[state.userRegisterIndex(n)]);
      expect(found, name).toEqual([0x108, 0x10c, 0x10d, 0x10e]);
    }
    state.switchMode(Mode.fiq);
    expect([state.userRegisterIndex(7), state.userRegisterIndex(8)]).toEqual([7, R8_R12_USER]);
    expect(state.userRegisterIndex(13)).toBe(R13_BANKS);
  });

  it("every mode with an exception has an SPSR, user and system mode have none", () => {
    const indices = modes.map(([, mode]) => givenState(mode).spsrIndex());
    const found = indices.filter((index) => index >= 0);
    expect([givenState(Mode.usr).spsrIndex(), givenState(Mode.sys).spsrIndex()]).toEqual([-1, -1]);
    expect([found.length, new Set(found).size]).toEqual([5, 5]);
  });

  it("a mode number that does not exist uses the user registers", () => {
    const state = givenState(Mode.svc);
    state.switchMode(Mode.usr);
    state.words[R13] = 5;
    state.switchMode(0x15);
    expect([state.words[R13], state.spsrIndex(), state.isPrivileged()]).toEqual([5, -1, true]);
  });
});

describe("saved state", () => {
  it("comes back whole, but for the rest of a slice", () => {
    const state = givenState(Mode.fiq);
    for (let n = 0; n < STATE_WORDS; n++) state.words[n] = n * 3;
    const saved = JSON.parse(JSON.stringify(state.save()));
    state.reset();
    state.restore(saved);
    const expected = Array.from({ length: STATE_WORDS }, (_, n) => n * 3);
    // Between two instructions R15 is the PC.
    expected[R15] = expected[PC];
    expected[REMAINING] = 0;
    expect(Array.from(state.words)).toEqual(expected);
  });

  it.each([[{}], [{ words: [1, 2] }], [{ words: new Array(STATE_WORDS).fill("x") }]])(
    "is refused when it is %j",
    (bad) => {
      expect(() => givenState().restore(bad)).toThrow(expect.objectContaining({ code: "state-invalid" }));
    },
  );
});
