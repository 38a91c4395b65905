/** The core's registers in the groups in which `vcpu dumpreg` shows them. */
import {
  bankOf,
  CP15_CONTEXT_ID,
  CP15_CONTROL,
  CP15_DACR,
  CP15_DCACHE_LOCKDOWN,
  CP15_DFSR,
  CP15_FAR,
  CP15_FCSE,
  CP15_ICACHE_LOCKDOWN,
  CP15_IFSR,
  CP15_TLB_LOCKDOWN,
  CP15_TTBR0,
  type CpuModel,
  type CpuState,
  MODE,
  PC,
  R8_R12_FIQ,
  R8_R12_USER,
  R13,
  R13_BANKS,
  R14,
  R14_BANKS,
  SPSR_BANKS,
} from "../arm/core/index.ts";
import type { RegisterGroup } from "./machine-control.ts";

/** Banked modes in Xvisor's order; the number is the register bank. */
const MODES: readonly [string, number][] = [
  ["Supervisor", 3],
  ["Abort", 4],
  ["Undefined", 5],
  ["IRQ", 2],
];

const register = (name: string, value: number) => ({ name, value: value >>> 0 });

/** R13 and R14 of a bank: live ones when the core is in a mode of that bank. */
function linkRegisters(words: Int32Array, bank: number) {
  const isLive = bankOf(words[MODE]) === bank;
  return [
    register("SP", isLive ? words[R13] : words[R13_BANKS + bank]),
    register("LR", isLive ? words[R14] : words[R14_BANKS + bank]),
  ];
}

function highRegisters(words: Int32Array, isFiq: boolean) {
  const isLive = (bankOf(words[MODE]) === 1) === isFiq;
  const base = isLive ? 8 : isFiq ? R8_R12_FIQ : R8_R12_USER;
  return Array.from({ length: 5 }, (_, i) => register(`R${String(8 + i).padStart(2, "0")}`, words[base + i]));
}

/** All groups: core, general purpose, banked modes, CP15. */
export function dumpRegisters(state: CpuState, model: CpuModel): RegisterGroup[] {
  const s = state.words;
  const general = Array.from({ length: 13 }, (_, i) => register(`R${String(i).padStart(2, "0")}`, s[i]));
  const modes = MODES.map(([name, bank]) => ({
    title: `${name} Mode Registers`,
    registers: [...linkRegisters(s, bank), register("SPSR", s[SPSR_BANKS + bank])],
  }));
  const fiq = [...linkRegisters(s, 1), register("SPSR", s[SPSR_BANKS + 1]), ...highRegisters(s, true)];
  return [
    {
      title: "Core Registers",
      registers: [
        register("SP", s[R13]),
        register("LR", s[R14]),
        register("PC", s[PC]),
        register("CPSR", state.cpsr()),
      ],
    },
    { title: "General Purpose Registers", registers: general },
    { title: "User Mode Registers", registers: linkRegisters(s, 0) },
    ...modes,
    { title: "FIQ Mode Registers", registers: fiq },
    {
      title: "CP15 Identification Registers",
      registers: [register("MIDR", model.midr), register("CTR", model.ctr), register("TCMTR", model.tcmStatus)],
    },
    { title: "CP15 Control Registers", registers: [register("SCTLR", s[CP15_CONTROL])] },
    { title: "CP15 MMU Registers", registers: [register("TTBR0", s[CP15_TTBR0]), register("DACR", s[CP15_DACR])] },
    {
      title: "CP15 Fault Status Registers",
      registers: [register("DFSR", s[CP15_DFSR]), register("IFSR", s[CP15_IFSR]), register("FAR", s[CP15_FAR])],
    },
    {
      title: "CP15 Cache and TLB Lockdown Registers",
      registers: [
        register("DCLR", s[CP15_DCACHE_LOCKDOWN]),
        register("ICLR", s[CP15_ICACHE_LOCKDOWN]),
        register("TLBLR", s[CP15_TLB_LOCKDOWN]),
      ],
    },
    {
      title: "CP15 Process Registers",
      registers: [register("FCSEIDR", s[CP15_FCSE]), register("CONTEXT", s[CP15_CONTEXT_ID])],
    },
  ];
}
