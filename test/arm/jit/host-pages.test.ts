import { describe, expect, it } from "vitest";
import { CP15_DACR, Mode, SPSR_BANKS, Tlb } from "../../../src/arm/core/index.ts";
import { JitCpu } from "../../../src/arm/jit/index.ts";
import { DACR_BANK_WORDS, DACR_VALUE_WORDS, SPSR_WORD, TLB_BANK_WORD } from "../../../src/arm/jit/look-up.ts";
import { CPU_STATE_OFFSET, RAM_OFFSET } from "../../../src/memory/index.ts";
import { CODE, givenCpu } from "../given-cpu.ts";

const given = () => givenCpu({ makeCore: (bus, model) => new JitCpu(bus, model) });
const wordsOf = ({ bus }: ReturnType<typeof given>) => bus.host.i32.subarray(CPU_STATE_OFFSET >> 2);
const jitOf = ({ core }: ReturnType<typeof given>): JitCpu => {
  if (!(core instanceof JitCpu)) throw new Error("the core compiles");
  return core;
};

describe("what compiled code finds in the state block", () => {
  it("is the SPSR of the mode, and none in system mode", () => {
    const cpu = given();
    const words = wordsOf(cpu);
    cpu.core.writeCpsr(Mode.irq | 0xc0, 1);
    const irq = words[SPSR_WORD];
    expect(irq).toBe(CPU_STATE_OFFSET + (SPSR_BANKS + 2) * 4);
    cpu.core.writeCpsr(Mode.svc | 0xc0, 1);
    expect(words[SPSR_WORD]).toBe(irq + 4);
    cpu.core.writeCpsr(Mode.sys | 0xc0, 1);
    expect(words[SPSR_WORD]).toBe(0);
  });

  it("is the TLB bank, and the banks of the DACR values in use", () => {
    const cpu = given();
    const words = wordsOf(cpu);
    const values = () => Array.from(words.subarray(DACR_VALUE_WORDS, DACR_VALUE_WORDS + 4));
    const banks = () => Array.from(words.subarray(DACR_BANK_WORDS, DACR_BANK_WORDS + 4));
    const before = words[TLB_BANK_WORD];
    cpu.core.writeCoprocessor(15, 0, 3, 0, 0, 0x55555551);
    expect(words[CP15_DACR]).toBe(0x55555551);
    expect(words[TLB_BANK_WORD]).not.toBe(before);
    expect(values()).toContain(0x55555551);
    const slot = values().indexOf(0x55555551);
    // The privileged bank follows the user's.
    expect(words[TLB_BANK_WORD]).toBe(banks()[slot] + Tlb.bankStride * 4);
    expect(banks()[slot]).toBeGreaterThan(0);
  });
});

describe("the frame that code is fetched from", () => {
  it("is that of the mapping, and none where nothing may be fetched", () => {
    const cpu = given();
    expect(jitOf(cpu).frameOf(CODE)).toBe((RAM_OFFSET + CODE) >>> 12);
    expect(jitOf(cpu).frameOf(0xf0000000 | 0)).toBe(-1);
  });
});
