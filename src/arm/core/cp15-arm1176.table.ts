/**
 * The registers and operations of the ARM1176JZF-S's system control coprocessor: ARM1176JZF-S TRM (DDI 0301H) 3.2.
 *
 * The caches, the branch target cache and the write buffer are not modelled, so what works on them has no effect. Of the
 * two worlds of the security extension the secure one alone is modelled: its registers are kept, and change nothing.
 */
import { registerKey } from "./cp15.ts";
import {
  CP15_ACCESS_VALIDATION,
  CP15_ACTLR,
  CP15_CACHE_OVERRIDE,
  CP15_CCNT,
  CP15_CONTEXT_ID,
  CP15_CONTROL,
  CP15_COUNT0,
  CP15_COUNT1,
  CP15_CPACR,
  CP15_DACR,
  CP15_DCACHE_LOCKDOWN,
  CP15_DFSR,
  CP15_FAR,
  CP15_FCSE,
  CP15_ICACHE_LOCKDOWN,
  CP15_IFAR,
  CP15_IFSR,
  CP15_MVBAR,
  CP15_NMRR,
  CP15_NSACR,
  CP15_PAR,
  CP15_PERIPHERAL_PORT,
  CP15_PMNC,
  CP15_PRRR,
  CP15_SCR,
  CP15_SDER,
  CP15_TLB_LOCKDOWN,
  CP15_TPIDRPRW,
  CP15_TPIDRURO,
  CP15_TPIDRURW,
  CP15_TTBCR,
  CP15_TTBR0,
  CP15_TTBR1,
  CP15_VBAR,
  CP15_WFAR,
} from "./state-layout.table.ts";

/** What a read or write does beside moving a word. */
export type SystemAction =
  | "none"
  | "control"
  | "domains"
  | "secureConfiguration"
  | "contextId"
  | "processId"
  | "flushTlb"
  | "flushTlbPage"
  | "flushTlbAsid"
  | "waitForInterrupt"
  | "translate"
  | "interruptStatus"
  | "monitorControl"
  | "cycleCounter";

/** Who may use it in user mode; `counters` asks the validation control register. */
export type UserAccess = "none" | "read" | "all" | "counters";

export interface SystemRegister {
  readonly name: string;
  readonly mayRead: boolean;
  readonly mayWrite: boolean;
  /** State word; those without one read as zero. */
  readonly word: number | undefined;
  /** Bits that can be written, and those that always read as one. */
  readonly writable: number;
  readonly ones: number;
  readonly reset: number;
  readonly action: SystemAction;
  readonly user: UserAccess;
}

type Details = Partial<Omit<SystemRegister, "name">>;
/** opcode1, CRn, CRm, opcode2. */
type Place = readonly [opcode1: number, crn: number, crm: number, opcode2: number];
type Entry = readonly [key: number, register: SystemRegister];

/** CRn of the block operations by MCRR, which have none. */
export const BLOCK_OPERATION = 16;

const defaults = { word: undefined, writable: -1, ones: 0, reset: 0, action: "none", user: "none" } as const;

const register = (name: string, place: Place, word: number | undefined, details: Details = {}): Entry => [
  registerKey(...place),
  { name, mayRead: true, mayWrite: true, ...defaults, word, ...details },
];

/** Written to for what it does. */
const operation = (name: string, place: Place, details: Details = {}): Entry => [
  registerKey(...place),
  { name, mayRead: false, mayWrite: true, ...defaults, ...details },
];

const flushes = (crm: number, of: string): Entry[] => [
  operation(`invalidate ${of} TLB`, [0, 8, crm, 0], { action: "flushTlb" }),
  operation(`invalidate ${of} TLB entry by MVA`, [0, 8, crm, 1], { action: "flushTlbPage" }),
  operation(`invalidate ${of} TLB entries by ASID`, [0, 8, crm, 2], { action: "flushTlbAsid" }),
];

/** Operations on a cache: everything, a line by address, a line by set and way. */
const lines = (crm: number, what: string): Entry[] =>
  [0, 1, 2].map((opcode2) => operation(`${what}, ${["all", "MVA", "set/index"][opcode2]}`, [0, 7, crm, opcode2]));

/** Unified cache operations of the architecture that have no effect on this core (TRM 3.2.22, note). */
const unified = (crm: number, first: number): Entry[] =>
  Array.from({ length: 8 - first }, (_, i) => operation("unified cache operation", [0, 7, crm, first + i]));

const control: Entry[] = [
  register("SCTLR", [0, 1, 0, 0], CP15_CONTROL, { action: "control" }),
  register("ACTLR", [0, 1, 0, 1], CP15_ACTLR),
  // Only CP10 and CP11 are there; the other fields read as zero.
  register("CPACR", [0, 1, 0, 2], CP15_CPACR, { writable: 0x00f00000 }),
  register("SCR", [0, 1, 1, 0], CP15_SCR, { writable: 0x7f, action: "secureConfiguration" }),
  register("SDER", [0, 1, 1, 1], CP15_SDER, { writable: 3 }),
  register("NSACR", [0, 1, 1, 2], CP15_NSACR, { writable: 0x00070c00 }),
  register("VBAR", [0, 12, 0, 0], CP15_VBAR, { writable: ~0x1f }),
  register("MVBAR", [0, 12, 0, 1], CP15_MVBAR, { writable: ~0x1f }),
  register("ISR", [0, 12, 1, 0], undefined, { mayWrite: false, action: "interruptStatus" }),
];

const translation: Entry[] = [
  register("TTBR0", [0, 2, 0, 0], CP15_TTBR0),
  register("TTBR1", [0, 2, 0, 1], CP15_TTBR1, { writable: ~0x3fe0 }),
  register("TTBCR", [0, 2, 0, 2], CP15_TTBCR, { writable: 0x37 }),
  register("DACR", [0, 3, 0, 0], CP15_DACR, { action: "domains" }),
  register("DFSR", [0, 5, 0, 0], CP15_DFSR, { writable: 0x1cff }),
  register("IFSR", [0, 5, 0, 1], CP15_IFSR, { writable: 0x140f }),
  register("FAR", [0, 6, 0, 0], CP15_FAR),
  register("WFAR", [0, 6, 0, 1], CP15_WFAR),
  register("IFAR", [0, 6, 0, 2], CP15_IFAR),
  register("TLB lockdown", [0, 10, 0, 0], CP15_TLB_LOCKDOWN, { writable: 0x1c000001 }),
  register("PRRR", [0, 10, 2, 0], CP15_PRRR, { reset: 0x00098aa4 }),
  register("NMRR", [0, 10, 2, 1], CP15_NMRR, { reset: 0x44e048e0 }),
  register("FCSEIDR", [0, 13, 0, 0], CP15_FCSE, { writable: 0xfe000000 | 0, action: "processId" }),
  register("CONTEXTIDR", [0, 13, 0, 1], CP15_CONTEXT_ID, { action: "contextId" }),
  register("TPIDRURW", [0, 13, 0, 2], CP15_TPIDRURW, { user: "all" }),
  register("TPIDRURO", [0, 13, 0, 3], CP15_TPIDRURO, { user: "read" }),
  register("TPIDRPRW", [0, 13, 0, 4], CP15_TPIDRPRW),
  ...flushes(5, "instruction"),
  ...flushes(6, "data"),
  ...flushes(7, "unified"),
];

const cacheOperations: Entry[] = [
  operation("wait for interrupt", [0, 7, 0, 4], { action: "waitForInterrupt" }),
  register("PAR", [0, 7, 4, 0], CP15_PAR),
  ...lines(5, "invalidate instruction cache"),
  operation("flush prefetch buffer", [0, 7, 5, 4], { user: "all" }),
  operation("flush branch target cache", [0, 7, 5, 6]),
  operation("flush branch target cache entry", [0, 7, 5, 7]),
  ...lines(6, "invalidate data cache"),
  operation("invalidate both caches", [0, 7, 7, 0]),
  ...unified(7, 1),
  // Privileged read, privileged write, user read, user write; the other world's four are not modelled.
  ...[0, 1, 2, 3].map((opcode2) => operation("VA to PA", [0, 7, 8, opcode2], { action: "translate" })),
  ...lines(10, "clean data cache"),
  operation("data synchronization barrier", [0, 7, 10, 4], { user: "all" }),
  operation("data memory barrier", [0, 7, 10, 5], { user: "all" }),
  // Without a cache there is nothing dirty: it reads as zero.
  register("cache dirty status", [0, 7, 10, 6], undefined, { mayWrite: false }),
  ...unified(11, 0),
  operation("prefetch instruction cache line", [0, 7, 13, 1]),
  ...lines(14, "clean and invalidate data cache"),
  ...unified(15, 0),
];

/** By MCRR (TRM figure 3-39): opcode1 and CRm. */
const blockOperations: Entry[] = [
  operation("invalidate instruction cache range", [0, BLOCK_OPERATION, 5, 0]),
  operation("invalidate data cache range", [0, BLOCK_OPERATION, 6, 0]),
  operation("clean data cache range", [0, BLOCK_OPERATION, 12, 0], { user: "all" }),
  operation("prefetch instruction cache range", [1, BLOCK_OPERATION, 12, 0], { user: "all" }),
  operation("prefetch data cache range", [2, BLOCK_OPERATION, 12, 0], { user: "all" }),
  operation("clean and invalidate data cache range", [0, BLOCK_OPERATION, 14, 0]),
];

/** There is no TCM, so its registers and those of its DMA channels read as zero. */
const memories: Entry[] = [
  register("data cache lockdown", [0, 9, 0, 0], CP15_DCACHE_LOCKDOWN, { writable: 15, ones: ~15, reset: ~15 }),
  register("instruction cache lockdown", [0, 9, 0, 1], CP15_ICACHE_LOCKDOWN, { writable: 15, ones: ~15, reset: ~15 }),
  ...[0, 1, 2, 3].map((opcode2) => register("TCM region and access", [0, 9, 1, opcode2], undefined)),
  register("TCM selection", [0, 9, 2, 0], undefined),
  register("cache behavior override", [0, 9, 8, 0], CP15_CACHE_OVERRIDE, { writable: 0x3f }),
  ...[0, 1, 2, 3].map((opcode2) => register("DMA identification", [0, 11, 0, opcode2], undefined, { mayWrite: false })),
];

const counters: Entry[] = [
  register("peripheral port remap", [0, 15, 2, 4], CP15_PERIPHERAL_PORT, { writable: 0xfffff01f | 0 }),
  register("user access validation", [0, 15, 9, 0], CP15_ACCESS_VALIDATION, { writable: 15 }),
  register("PMNC", [0, 15, 12, 0], CP15_PMNC, { action: "monitorControl" }),
  register("CCNT", [0, 15, 12, 1], CP15_CCNT, { action: "cycleCounter", user: "counters" }),
  register("PMN0", [0, 15, 12, 2], CP15_COUNT0, { user: "counters" }),
  register("PMN1", [0, 15, 12, 3], CP15_COUNT1, { user: "counters" }),
];

/** All but the identification registers, which are the model's. */
export const arm1176Registers: ReadonlyMap<number, SystemRegister> = new Map([
  ...control,
  ...translation,
  ...cacheOperations,
  ...blockOperations,
  ...memories,
  ...counters,
]);
