/**
 * Which encodings the manual defines for user mode, so that QEMU and the interpreter must agree about them.
 *
 * Kept out as UNPREDICTABLE (ARM DDI 0100I, A4, A5 and A7): R15 as a source or result where the instruction excludes
 * it; write-back to R15, to the register loaded or stored, or to the index register; Rd = Rm of MUL and MLA, equal
 * results of the long multiplies; an odd or overlapping pair of LDRD and STRD; SWP with the base as another operand;
 * an empty register list; LDM with write-back and STM with the base not the lowest, when the base is in the list;
 * results to R15 with S and the SPSR in user mode; high-register forms with two low registers; bits 1:0 of a branch
 * target = 10 (found when a case has run). Bits that should be zero or one are as the assembler writes them. Of ARMv6:
 * R15 as an operand of the media instructions, equal results of the long multiplies, STREX whose result is another
 * operand, and the E bit written by MSR, which QEMU refuses in user mode and DDI 0100I (A2.5) allows.
 */
import type { Arch, Insn, Row } from "../../../src/arm/decode/index.ts";
import { archsOf, rows } from "../../../src/arm/decode/index.ts";

/** Rows that qemu-arm cannot judge, and the test that does. */
export const exemptRows: Readonly<Record<string, string>> = {
  svc: "a system call of the host; test/arm/interp/system-ops.test.ts",
  thumbSvc: "a system call of the host; test/arm/interp/system-ops.test.ts",
  ldmUser: "user registers from a privileged mode; test/arm/interp/system-ops.test.ts",
  stmUser: "user registers from a privileged mode; test/arm/interp/system-ops.test.ts",
  ldmExceptionReturn: "needs an SPSR; test/arm/interp/system-ops.test.ts",
};

const rowsOf = (archs: ReadonlySet<Arch>): Row[] =>
  rows.filter(({ name, arch }) => archs.has(arch ?? "v4T") && exemptRows[name] === undefined);

/** Rows of the ARM926EJ-S, and of the ARM1176JZF-S without its VFP. */
export const fuzzedRows: readonly Row[] = rowsOf(archsOf(5));
export const fuzzedV6Rows: readonly Row[] = rowsOf(archsOf(6));

/** Coprocessors of which the ARM926EJ-S and the CPU that qemu-arm models know nothing, or not in user mode. */
export const absentCoprocessors = [3, 7, 15] as const;
/** The same of the ARM1176JZF-S, whose CP15 answers in user mode too. */
export const absentV6Coprocessors = [3, 7] as const;

const isBlock = (row: Row) => row.derive === "block" || row.derive === "thumbLdm";
const hasWriteBack = (row: Row, insn: Insn) => insn.W === 1 || /(Pre|Post)$/.test(row.name);

function isPredictableBlock(row: Row, insn: Insn): boolean {
  if ((insn.l & 0xffff) === 0 || insn.n === 15) return false;
  const isInList = ((insn.l >>> insn.n) & 1) === 1;
  if (insn.W === 0 || !isInList) return true;
  return insn.L === 0 && (insn.l & ((1 << insn.n) - 1)) === 0 && row.name !== "thumbPush";
}

function isPredictableTransfer(row: Row, insn: Insn): boolean {
  const { n, m, t, name } = { ...insn, name: row.name };
  const hasIndex = row.pattern.includes("m");
  if (hasIndex && m === 15) return false;
  if (/^(ldr|str)d/.test(name)) {
    if ((t & 1) === 1 || t === 14 || (hasIndex && (m & ~1) === t)) return false;
    if (hasWriteBack(row, insn) && (n & ~1) === t) return false;
  } else if (t === 15 && !/^(ldr|str)(Imm|Reg)/.test(name)) return false;
  return !hasWriteBack(row, insn) || (n !== 15 && n !== t && !(hasIndex && m === n));
}

const usesPc = (insn: Insn, letters: string): boolean => [...letters].some((letter) => insn[letter as "n"] === 15);

function isPredictableMultiply({ name }: Row, insn: Insn): boolean {
  if (usesPc(insn, "dnmsh")) return false;
  if (/^(mul|mla)$/.test(name)) return insn.d !== insn.m;
  if (/^[us]m(ull|lal)$/.test(name)) return insn.d !== insn.h && insn.d !== insn.m && insn.h !== insn.m;
  return name !== "smlalxy" || insn.d !== insn.h;
}

function isPredictableExclusive({ name }: Row, insn: Insn): boolean {
  if (usesPc(insn, "ndt")) return false;
  const isDouble = name.endsWith("d");
  if (isDouble && ((insn.t & 1) === 1 || insn.t === 14)) return false;
  if (name.startsWith("ldrex")) return true;
  return insn.d !== insn.n && insn.d !== insn.t && !(isDouble && insn.d === insn.t + 1);
}

/**
 * True when an exclusive load is followed by exclusive accesses of another size, or by other stores: whether STREX stores
 * then is IMPLEMENTATION DEFINED (ARM DDI 0100I, A2.9), and QEMU compares what is in memory.
 */
export function mixesExclusives(insns: readonly Insn[]): boolean {
  const names = insns.map(({ row }) => rows[row].name);
  const first = names.findIndex((name) => name.startsWith("ldrex"));
  if (first < 0) return false;
  const size = names[first].slice("ldrex".length);
  const others = names.slice(first).filter((name) => name !== `ldrex${size}` && name !== `strex${size}`);
  return others.some((name) => /^(ldrex|str|stm|swp|thumbSt|thumbPush)/.test(name));
}

const EXTENSION_FIELD = 2;

/** Rows of ARMv6 in ARM state. */
function isPredictableV6(row: Row, insn: Insn): boolean {
  if (/^(ldrex|strex)/.test(row.name)) return isPredictableExclusive(row, insn);
  if (/^(cps|rfe|srs)/.test(row.name)) return true;
  if (usesPc(insn, "dnmsh")) return false;
  return !/^(smlald|smlsld|umaal)$/.test(row.name) || insn.d !== insn.h;
}

/** A BKPT of this number is a call to the host in qemu-arm, and so is HLT of ARMv8, whatever the CPU. */
const SEMIHOSTING_BREAKPOINT = 0xab;
const HLT_HALF = 0xba80;
const HLT_WORD = 0x01000070;

/**
 * Halves that ARMv5 leaves undefined and QEMU 7.2 executes on every CPU: CBZ, CBNZ, IT and hints of ARMv6T2, and the
 * second half of BLX with bit 0 set (ARM DDI 0100I, A7.1.17, has it undefined).
 */
const isDecodedByQemu = (half: number): boolean =>
  (half & 0xf500) === 0xb100 ||
  (half & 0xff00) === 0xbf00 ||
  (half & 0xf801) === 0xe801 ||
  (half & 0xffc0) === HLT_HALF;

function isPredictableThumb(row: Row, insn: Insn): boolean {
  switch (row.name) {
    case "thumbAddHigh":
    case "thumbMovHigh":
      return insn.d > 7 || insn.m > 7;
    case "thumbCmpHigh":
      return (insn.n > 7 || insn.m > 7) && insn.n !== 15;
    case "thumbBlxReg":
      return insn.m !== 15;
    case "thumbMul":
      return insn.d !== insn.s;
    case "thumbBkpt":
      return insn.v !== SEMIHOSTING_BREAKPOINT;
    case "thumbUndefined":
      return !isDecodedByQemu(insn.raw);
    default:
      return isBlock(row) ? isPredictableBlock(row, insn) : true;
  }
}

/** Undefined transfers of coprocessors 1 and 2, which qemu-arm hands to Linux's emulation of the FPA. */
const isEmulatedFpa = (word: number): boolean =>
  (word & 0x0c000000) === 0x0c000000 && ((word & 0xf00) === 0x100 || (word & 0xf00) === 0x200);

/** True when the manual says what the instruction does in user mode. */
export function isPredictable(row: Row, insn: Insn): boolean {
  const { name } = row;
  if (row.isThumb) return isPredictableThumb(row, insn);
  if (isBlock(row)) return isPredictableBlock(row, insn);
  if (row.arch?.startsWith("v6")) return isPredictableV6(row, insn);
  if (name.startsWith("undefined")) return !isEmulatedFpa(insn.raw) && (insn.raw & 0x0ff000f0) !== HLT_WORD;
  if (/^(mcr|mrc|mcrr|mrrc|cdp|ldc|stc)/.test(name)) return true;
  if (/^swpb?$/.test(name)) return !usesPc(insn, "nmt") && insn.n !== insn.m && insn.n !== insn.t;
  if (/^(ldr|str)/.test(name)) return isPredictableTransfer(row, insn);
  if (/^(mul|mla|[us]m(ull|lal)|sm[lu].*y)$/.test(name)) return isPredictableMultiply(row, insn);
  if (/^(q|clz)/.test(name) || name.endsWith("RegShift")) return !usesPc(insn, "dnms");
  if (/^m(rs|sr)/.test(name)) return insn.R === 0 && !usesPc(insn, "dm") && (insn.k & EXTENSION_FIELD) === 0;
  if (/^(blxReg|bxj)$/.test(name)) return insn.m !== 15;
  return !(insn.d === 15 && insn.S === 1 && row.pattern.includes("d"));
}
