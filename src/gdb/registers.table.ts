/**
 * The registers a debugger sees, by the number it gives them: those of GDB's standard features for ARM, then CP15's.
 * GDB manual, appendix G.5.3 "ARM Features".
 */
import {
  CP15_CONTEXT_ID,
  CP15_CONTROL,
  CP15_DACR,
  CP15_DFSR,
  CP15_FAR,
  CP15_IFSR,
  CP15_TTBR0,
  VFP_FPEXC,
  VFP_FPSCR,
  VFP_S0,
} from "../arm/core/index.ts";

export interface DebugRegister {
  readonly name: string;
  readonly bits: 32 | 64;
  readonly type: "uint32" | "data_ptr" | "code_ptr" | "int" | "ieee_double";
  /** Number where it is not the one behind the register before. */
  readonly number?: number;
  /** The word of CPU state that holds it, and those behind it; others are looked after by name. */
  readonly word?: number;
  readonly isReadOnly?: boolean;
}

export interface RegisterFeature {
  readonly name: string;
  readonly needsVfp?: boolean;
  readonly registers: readonly DebugRegister[];
}

const general = (n: number): DebugRegister => ({ name: `r${n}`, bits: 32, type: "uint32", word: n });
const system = (name: string, word: number): DebugRegister => ({
  name,
  bits: 32,
  type: "uint32",
  word,
  isReadOnly: true,
});

/** GDB keeps numbers 16 to 24 for registers of a floating-point unit that is no more. */
const CPSR_NUMBER = 25;

export const features: readonly RegisterFeature[] = [
  {
    name: "org.gnu.gdb.arm.core",
    registers: [
      ...Array.from({ length: 13 }, (_, n) => general(n)),
      { name: "sp", bits: 32, type: "data_ptr", word: 13 },
      { name: "lr", bits: 32, type: "uint32", word: 14 },
      { name: "pc", bits: 32, type: "code_ptr" },
      { name: "cpsr", bits: 32, type: "uint32", number: CPSR_NUMBER },
    ],
  },
  {
    name: "org.gnu.gdb.arm.vfp",
    needsVfp: true,
    registers: [
      ...Array.from(
        { length: 16 },
        (_, n): DebugRegister => ({ name: `d${n}`, bits: 64, type: "ieee_double", word: VFP_S0 + n * 2 }),
      ),
      { name: "fpscr", bits: 32, type: "int", word: VFP_FPSCR },
    ],
  },
  {
    name: "komainu.arm.system",
    registers: [
      { name: "spsr", bits: 32, type: "uint32", isReadOnly: true },
      system("sctlr", CP15_CONTROL),
      system("ttbr0", CP15_TTBR0),
      system("dacr", CP15_DACR),
      system("dfsr", CP15_DFSR),
      system("ifsr", CP15_IFSR),
      system("far", CP15_FAR),
      system("contextidr", CP15_CONTEXT_ID),
    ],
  },
  { name: "komainu.arm.vfp", needsVfp: true, registers: [system("fpexc", VFP_FPEXC)] },
];
