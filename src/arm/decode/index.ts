/** Instruction decoding: the row tables, their patterns and the decoder. */
export { Decoder, patterns } from "./decoder.ts";
export type { DecodedInsn, Fields, Insn } from "./insn.ts";
export { Field, makeInsn } from "./insn.ts";
export type { FieldBits, Pattern } from "./pattern.ts";
export { compilePattern } from "./pattern.ts";
export type { Arch, Derivation, FieldName, Row, RowData, RowOptions } from "./row.ts";
export { ARMV5TEJ, ARMV6K, archsOf } from "./row.ts";
export type { SemanticName } from "./rows.ts";
export { rowIndex, rows } from "./rows.ts";
