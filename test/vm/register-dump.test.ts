import { describe, expect, it } from "vitest";
import {
  CP15_TPIDRURO,
  CP15_TTBR1,
  CpuState,
  cpuModels,
  MODE,
  Mode,
  PC,
  VFP_FPSCR,
  VFP_S0,
} from "../../src/arm/core/index.ts";
import { HostMemory } from "../../src/memory/index.ts";
import { dumpRegisters } from "../../src/vm/register-dump.ts";

const given = () => {
  const state = new CpuState(new HostMemory(1 << 20));
  state.reset();
  const value = (title: string, name: string) =>
    dumpRegisters(state, cpuModels["arm926ej-s"])
      .find((group) => group.title === title)
      ?.registers.find((register) => register.name === name)?.value;
  return { state, value };
};

const inMode = (state: CpuState, mode: number): void => state.setCpsr((state.cpsr() & ~0x1f) | mode);

describe("the dump of registers", () => {
  it("has the core's registers unsigned, with the CPSR put together", () => {
    const { state, value } = given();
    state.words[PC] = 0xc0008000 | 0;
    state.words[0] = -1;
    expect([value("Core Registers", "PC"), value("General Purpose Registers", "R00")]).toEqual([
      0xc0008000, 0xffffffff,
    ]);
    expect(value("Core Registers", "CPSR")).toBe(0xd3);
    expect(value("CP15 Identification Registers", "MIDR")).toBe(0x41069265);
  });

  it("shows every mode's own SP and LR, whichever mode the core is in", () => {
    const { state, value } = given();
    const modes = [
      [Mode.usr, "User"],
      [Mode.svc, "Supervisor"],
      [Mode.abt, "Abort"],
      [Mode.und, "Undefined"],
      [Mode.irq, "IRQ"],
      [Mode.fiq, "FIQ"],
    ] as const;
    for (const [mode] of modes) {
      inMode(state, mode);
      state.words[13] = 0x1000 + mode;
      state.words[14] = 0x2000 + mode;
    }
    for (const [current] of modes) {
      inMode(state, current);
      expect(state.words[MODE]).toBe(current);
      for (const [mode, name] of modes) {
        const title = `${name} Mode Registers`;
        expect([value(title, "SP"), value(title, "LR")]).toEqual([0x1000 + mode, 0x2000 + mode]);
      }
    }
  });

  it("shows FIQ's own R8 to R12 beside the others'", () => {
    const { state, value } = given();
    state.words[8] = 0x88;
    inMode(state, Mode.fiq);
    state.words[8] = 0xf8;
    expect(value("FIQ Mode Registers", "R08")).toBe(0xf8);
    inMode(state, Mode.svc);
    expect([value("FIQ Mode Registers", "R08"), value("General Purpose Registers", "R08")]).toEqual([0xf8, 0x88]);
  });

  it("has what ARMv6 and VFP add on a core that has them, and on no other", () => {
    const { state } = given();
    state.words[CP15_TTBR1] = 0x4059 | 0;
    state.words[CP15_TPIDRURO] = -2;
    state.words[VFP_FPSCR] = 0x80000010 | 0;
    state.words[VFP_S0 + 31] = 0x3f800000;
    const groupsOf = (model: "arm926ej-s" | "arm1176jzf-s") => dumpRegisters(state, cpuModels[model]);
    const added = groupsOf("arm1176jzf-s").slice(groupsOf("arm926ej-s").length);
    expect(groupsOf("arm926ej-s").map(({ title }) => title)).not.toContain("VFP Registers");
    const values = new Map(added.flatMap(({ registers }) => registers.map(({ name, value }) => [name, value])));
    expect(["TTBR1", "TPIDRURO", "FPSCR", "S31"].map((name) => values.get(name))).toEqual([
      0x4059, 0xfffffffe, 0x80000010, 0x3f800000,
    ]);
  });
});
