/** Names that assembler and objdump prefer to an instruction's own, in the syntax of the row table. The names of UAL (ARM DDI 0406C, A8). */
import type { Fields } from "../decode/index.ts";

export interface Alias {
  /** Name of the row it stands for. */
  readonly row: string;
  readonly syntax: string;
  readonly when: (fields: Fields) => boolean;
}

const isPlainMove = (f: Fields) => f.y === 0 && f.i === 0;
/** After each transfer, with write-back. */
const isIncreasing = (f: Fields) => f.W === 1 && f.P === 0 && f.U === 1;

/** FPINST and FPINST2. */
const isImplementationDefined = (f: Fields) => f.k === 9 || f.k === 10;

/** The first that fits is used. */
export const aliases: readonly Alias[] = [
  { row: "movReg", syntax: "nop \t@ (mov r0, r0)", when: (f) => f.raw === (0xe1a00000 | 0) },
  { row: "movReg", syntax: "rrx{S}{c} {d}, {m}", when: (f) => f.y === 3 && f.i === 0 },
  { row: "movReg", syntax: "{y}{S}{c} {d}, {m}, {#i}", when: (f) => !isPlainMove(f) },
  { row: "movRegShift", syntax: "{y}{S}{c} {d}, {m}, {s}", when: () => true },
  {
    row: "ldrImmPost",
    syntax: "pop{c} {one t}\t@ (ldr{c} {t}, [sp], #4)",
    when: (f) => f.n === 13 && f.v === 4,
  },
  {
    row: "strImmPre",
    syntax: "push{c} {one t}\t@ (str{c} {t}, [sp, #-4]!)",
    when: (f) => f.n === 13 && f.v === -4,
  },
  { row: "ldm", syntax: "pop{c} {list}", when: (f) => f.n === 13 && isIncreasing(f) && f.i > 1 },
  { row: "stm", syntax: "push{c} {list}", when: (f) => f.n === 13 && f.W === 1 && f.P === 1 && f.U === 0 && f.i > 1 },
  { row: "ldm", syntax: "ldmfd{c} sp!, {list}", when: (f) => f.n === 13 && isIncreasing(f) },
  { row: "stm", syntax: "stmfd{c} sp!, {list}", when: (f) => f.n === 13 && f.W === 1 && f.P === 1 && f.U === 0 },
  { row: "stm", syntax: "stmia{c} {n}!, {list}", when: isIncreasing },
  { row: "stmUser", syntax: "stmia{c} {n}{W?!}, {list}^", when: (f) => f.P === 0 && f.U === 1 },
  { row: "mrc", syntax: "mrc{c} {p}, {o}, APSR_nzcv, {ck}, {cm}, {braces q}", when: (f) => f.t === 15 },
  { row: "fmxr", syntax: "vmsr{c} {vfpSystem}, {t}\t@ Impl def", when: isImplementationDefined },
  { row: "fmrx", syntax: "vmrs{c} {t}, {vfpSystem}\t@ Impl def", when: isImplementationDefined },
  { row: "fmrx", syntax: "vmrs{c} APSR_nzcv, {vfpSystem}", when: (f) => f.t === 15 },
  { row: "fldmsiaWb", syntax: "vpop{c} {singles}", when: (f) => f.n === 13 },
  { row: "fldmdiaWb", syntax: "vpop{c} {doubles}", when: (f) => f.n === 13 },
  { row: "fstmsdb", syntax: "vpush{c} {singles}", when: (f) => f.n === 13 },
  { row: "fstmddb", syntax: "vpush{c} {doubles}", when: (f) => f.n === 13 },
  { row: "thumbMovHigh", syntax: "nop \t@ (mov r8, r8)", when: (f) => f.raw === 0x46c0 },
];
