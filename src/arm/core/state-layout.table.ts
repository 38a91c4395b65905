/**
 * Where each piece of CPU state lies: indices of 32-bit words from `CPU_STATE_OFFSET` in the host memory.
 *
 * Compiled code reads and writes the same words, so this table is the one definition of the state. Flags and CPSR
 * fields are kept apart, one word each (0 or 1), because most of them change far oftener than they are packed.
 */

/** R0 .. R15 of the current mode. While an instruction executes, R15 holds its address + 8 (ARM) or + 4 (Thumb). */
export const R0 = 0;
export const R13 = 13;
export const R14 = 14;
export const R15 = 15;

export const FLAG_N = 16;
export const FLAG_Z = 17;
export const FLAG_C = 18;
export const FLAG_V = 19;
/** Sticky saturation. */
export const FLAG_Q = 20;
/** Thumb state. */
export const FLAG_T = 21;
/** IRQ disabled. */
export const FLAG_I = 22;
/** FIQ disabled. */
export const FLAG_F = 23;
/** The five mode bits of the CPSR. */
export const MODE = 24;
/** Address of the next instruction, between two instructions. */
export const PC = 25;
/** Instructions left in the running slice; the slice ends at zero. */
export const REMAINING = 26;
/** IRQ and FIQ inputs as the interrupt controller drives them. */
export const IRQ_LINE = 27;
export const FIQ_LINE = 28;
/** Waiting for an interrupt (CP15 c7,c0,4). */
export const HALTED = 29;

/** SPSRs by bank: usr (unused), fiq, irq, svc, abt, und. */
export const SPSR_BANKS = 32;
/** R13 by bank. */
export const R13_BANKS = 40;
/** R14 by bank. */
export const R14_BANKS = 48;
/** R8 .. R12 of all modes but FIQ, while FIQ mode is on. */
export const R8_R12_USER = 56;
/** R8 .. R12 of FIQ mode, while it is off. */
export const R8_R12_FIQ = 61;

/** CP15 registers. */
export const CP15_CONTROL = 72;
export const CP15_TTBR0 = 73;
export const CP15_DACR = 74;
/** Data fault status, instruction fault status (ARM926: the opcode2 = 1 register), fault address. */
export const CP15_DFSR = 75;
export const CP15_IFSR = 76;
export const CP15_FAR = 77;
/** FCSE process id, in bits 31:25. */
export const CP15_FCSE = 78;
export const CP15_CONTEXT_ID = 79;
export const CP15_DCACHE_LOCKDOWN = 80;
export const CP15_ICACHE_LOCKDOWN = 81;
export const CP15_TLB_LOCKDOWN = 82;
/** Write-through and test register, opcode1 = 7 c15,c0,0 and its kind: kept, without effect. */
export const CP15_TEST = 83;

/** ARMv6 and the ARM1176JZF-S: coprocessor access control (bits 23:20 are those of CP10 and CP11) and auxiliary control. */
export const CP15_CPACR = 96;
export const CP15_ACTLR = 97;
export const CP15_TTBR1 = 98;
export const CP15_TTBCR = 99;
/** Instruction fault address. */
export const CP15_IFAR = 100;
/** Watchpoint fault address. */
export const CP15_WFAR = 101;
/** Result of the last VA to PA translation operation. */
export const CP15_PAR = 102;
/** Thread id registers: user read/write, user read-only, privileged. */
export const CP15_TPIDRURW = 103;
export const CP15_TPIDRURO = 104;
export const CP15_TPIDRPRW = 105;
/** Vector base addresses of the secure world and of the secure monitor. */
export const CP15_VBAR = 106;
export const CP15_MVBAR = 107;
/** Security extension: secure configuration, secure debug enable, non-secure access control. */
export const CP15_SCR = 108;
export const CP15_SDER = 109;
export const CP15_NSACR = 110;
/** TEX remap. */
export const CP15_PRRR = 111;
export const CP15_NMRR = 112;
export const CP15_CACHE_OVERRIDE = 113;
/** Peripheral port memory remap, and validation control of user access to the counters. */
export const CP15_PERIPHERAL_PORT = 114;
export const CP15_ACCESS_VALIDATION = 115;
/**
 * Performance monitor control; cycle counter (its count while it stands, while it runs what is to be added to the
 * instructions retired); counters 0 and 1.
 */
export const CP15_PMNC = 118;
export const CP15_CCNT = 119;
export const CP15_COUNT0 = 120;
export const CP15_COUNT1 = 121;
/** CP14: debug status and control, vector catch. */
export const CP14_DSCR = 122;
export const CP14_VCR = 123;
/** Breakpoint values and controls 0 .. 5, watchpoint values and controls 0 and 1. */
export const CP14_BREAKPOINT_VALUES = 176;
export const CP14_BREAKPOINT_CONTROLS = 182;
export const CP14_WATCHPOINT_VALUES = 188;
export const CP14_WATCHPOINT_CONTROLS = 190;

/** GE flags of ARMv6, bits 3:0. */
export const FLAG_GE = 84;
/** Data accesses are big-endian (CPSR.E of ARMv6). */
export const FLAG_E = 85;
/** Imprecise aborts disabled (CPSR.A of ARMv6). */
export const FLAG_A = 86;
/** The exclusive monitor: set between a load-exclusive and what ends its watch, and the virtual address watched. */
export const EXCLUSIVE = 87;
export const EXCLUSIVE_ADDRESS = 88;

/** VFP: S0 .. S31, of which D0 .. D15 are pairs, low word first; then FPSCR, FPEXC, FPINST and FPINST2. */
export const VFP_S0 = 128;
export const VFP_FPSCR = 160;
export const VFP_FPEXC = 161;
export const VFP_FPINST = 162;
export const VFP_FPINST2 = 163;

/** Words in the block, and the first of those behind it that are derived from other state and not saved. */
export const STATE_WORDS = 256;
export const DERIVED_WORDS = STATE_WORDS;

/** Mode numbers of the CPSR. */
export const Mode = { usr: 0x10, fiq: 0x11, irq: 0x12, svc: 0x13, abt: 0x17, und: 0x1b, sys: 0x1f } as const;

/** Register bank of a mode's low four bits; modes that do not exist use the user bank. */
export const BANK_OF_MODE: readonly number[] = [0, 1, 2, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 0];
