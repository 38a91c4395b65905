/**
 * A row describes one encoding: its bits, the fields it fills, the semantic it runs and how it is written (ARM DDI 0100I, A3 and A6).
 *
 * A pattern has 32 (ARM) or 16 (Thumb) characters, bit 31 or 15 first: `0` and `1` must match, `-` is ignored, a letter
 * is a bit of that field of `Fields`. All bits of one letter, high to low, make the number, wherever they stand.
 *
 * The syntax is `mnemonic operands` (one space between, none without operands) with placeholders in braces:
 *
 * - `{c}`: condition suffix, nothing for "always".
 * - `{X?yes:no}` or `{X?yes}`: the text `yes` when field X is 1, else `no` or nothing. `{S}` is short for `{S?s}`.
 * - `{n}` `{d}` `{m}` `{s}` `{t}` `{h}`: name of the register in that field.
 * - `{#v}` `{#i}` and so on: `#` and the field as a signed decimal number; `{v}` and so on: the bare number.
 * - `{imm}`: the modified immediate, whose value is field i (8 bits v, rotated right by 2 * r).
 * - `{shift}`: the constant shift (type y, amount i as encoded, so 0 is 32 for LSR and ASR and RRX for ROR) after a
 *   comma, nothing for LSL #0; `{y}`: the shift type's name.
 * - `{offset}`: a comma and `#v`, nothing when v is 0 and U is 1; `{#offset}`: `#v`, and `#-0` when v is 0 and U is 0.
 * - `{target}`: address of the instruction + 8 (ARM) or + 4 (Thumb), plus v; `{literal}`: the same with the sum before
 *   v aligned down to 4.
 * - `{mode}`: addressing mode of LDM and STM by P and U: nothing (IA), `ib`, `da`, `db`; `{list}`: `{r0, r1}` from l.
 * - `{psr}`: `CPSR` or `SPSR` by R; `{psrFields}`: the same with `_` and the letters of mask k, in the order fsxc.
 * - `{p}`: coprocessor as a bare number; `{cd}` `{ck}` `{cm}`: its register as `cr` and the number; `{braces q}`: the
 *   number in braces; `{option}`: v in braces, the option of an unindexed LDC or STC or of a hint.
 * - `{rotation}`: rotation by 8 * r after a comma, nothing when it is 0; `{aif}`: the letters of mask k, in that order.
 * - `{single d}` `{double d}`: the VFP register in field d, S or D; `{singlePair m}`: two S registers from m on.
 * - `{singles}` `{doubles}`: the list of VFP registers from d on that v words are; `{vfpSystem}`: the register k of FMXR.
 * - `{half v}`: the 16-bit number v as `0x` and four digits; `{hex v}`: as `0x` and eight digits.
 */
import type { Fields } from "./insn.ts";

/** First architecture that has the encoding. */
export type Arch = "v4T" | "v5T" | "v5TE" | "v5TEJ" | "v6" | "v6K" | "vfpv2";

/** What the ARM926EJ-S decodes. */
export const ARMV5TEJ: ReadonlySet<Arch> = new Set<Arch>(["v4T", "v5T", "v5TE", "v5TEJ"]);
/** What the ARM1176JZF-S decodes. */
export const ARMV6K: ReadonlySet<Arch> = new Set<Arch>([...ARMV5TEJ, "v6", "v6K"]);

/** What a processor of this version of the architecture decodes, with a VFPv2 coprocessor or without. */
export function archsOf(architecture: 5 | 6, hasVfp = false): ReadonlySet<Arch> {
  const core = architecture === 6 ? ARMV6K : ARMV5TEJ;
  return hasVfp ? new Set<Arch>([...core, "vfpv2"]) : core;
}

export type FieldName = Exclude<keyof Fields, "raw">;

/**
 * Values computed once, when an instruction is decoded:
 *
 * - `immediate`: i = v rotated right by 2 * r.
 * - `offset`: v is negative when U is 0.
 * - `block`: of LDM and STM, i = number of registers, v = lowest address - base, r = change of the base.
 * - `thumbLdm`: `block`, and W = 0 when the base is in the list.
 * - `width`: v is a number of bits, which is encoded less one.
 */
export type Derivation = "immediate" | "offset" | "block" | "thumbLdm" | "width";

export interface RowOptions {
  /** First architecture that has it; `v4T` when left out. */
  arch?: Arch;
  /** Bits of fields that the pattern does not show; bits of the pattern are or-ed to them. */
  fixed?: Partial<Record<FieldName, number>>;
  /** Fields that are copies of other fields, such as the first operand of a two-operand Thumb instruction. */
  copy?: Partial<Record<FieldName, FieldName>>;
  /** v is sign-extended from its width in the pattern. */
  signed?: boolean;
  /** v is shifted left by this, after the sign extension and before `fixed`. */
  scale?: number;
  derive?: Derivation;
  /** Letters of fields that are single-precision registers whose lowest bit stands in front of the others. */
  singles?: string;
}

/** A row as written in the tables. */
export interface RowData<M extends string = string> extends RowOptions {
  name: string;
  pattern: string;
  syntax: string;
  /** Name of the semantic function; the row's own name unless it shares another's. */
  semantic: M;
}

/** A row with its place in the table. */
export interface Row<M extends string = string> extends RowData<M> {
  isThumb: boolean;
  /** Index into `rows`; `Insn.row` refers to it. */
  index: number;
}

/** Writes one row of a table. */
export function row<const N extends string, const M extends string = N>(
  name: N,
  pattern: string,
  syntax: string,
  options?: RowOptions & { semantic?: M },
): RowData<M> {
  return { ...options, name, pattern, syntax, semantic: (options?.semantic ?? name) as M };
}
