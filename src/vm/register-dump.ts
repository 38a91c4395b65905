/** The core's registers in the groups in which `vcpu dumpreg` shows them. */
import {
  bankOf,
  CP15_ACTLR,
  CP15_CONTEXT_ID,
  CP15_CONTROL,
  CP15_CPACR,
  CP15_DACR,
  CP15_DCACHE_LOCKDOWN,
  CP15_DFSR,
  CP15_FAR,
  CP15_FCSE,
  CP15_ICACHE_LOCKDOWN,
  CP15_IFAR,
  CP15_IFSR,
  CP15_PAR,
  CP15_TLB_LOCKDOWN,
  CP15_TPIDRPRW,
  CP15_TPIDRURO,
  CP15_TPIDRURW,
  CP15_TTBCR,
  CP15_TTBR0,
  CP15_TTBR1,
  CP15_VBAR,
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
  VFP_FPEXC,
  VFP_FPINST,
  VFP_FPINST2,
  VFP_FPSCR,
  VFP_S0,
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

/** What the ARM1176JZF-S has and the ARM926EJ-S has not; DDI 0301, 3.2 and 18.4. */
function v6Registers(s: Int32Array): RegisterGroup[] {
  const scalars = Array.from({ length: 32 }, (_, i) => register(`S${String(i).padStart(2, "0")}`, s[VFP_S0 + i]));
  return [
    {
      title: "CP15 ARMv6 Registers",
      registers: [
        register("ACTLR", s[CP15_ACTLR]),
        register("CPACR", s[CP15_CPACR]),
        register("TTBR1", s[CP15_TTBR1]),
        register("TTBCR", s[CP15_TTBCR]),
        register("IFAR", s[CP15_IFAR]),
        register("PAR", s[CP15_PAR]),
        register("VBAR", s[CP15_VBAR]),
        register("TPIDRURW", s[CP15_TPIDRURW]),
        register("TPIDRURO", s[CP15_TPIDRURO]),
        register("TPIDRPRW", s[CP15_TPIDRPRW]),
      ],
    },
    {
      title: "VFP Control Registers",
      registers: [
        register("FPSCR", s[VFP_FPSCR]),
        register("FPEXC", s[VFP_FPEXC]),
        register("FPINST", s[VFP_FPINST]),
        register("FPINST2", s[VFP_FPINST2]),
      ],
    },
    { title: "VFP Registers", registers: scalars },
  ];
}

/** All groups: core, general purpose, banked modes, CP15; of ARMv6 what it adds to CP15, and VFP. */
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
    ...(model.architecture >= 6 ? v6Registers(s) : []),
  ];
}
