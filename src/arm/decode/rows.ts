/** The whole row table: ARM rows and Thumb rows of ARMv5, then those of ARMv6 and of VFPv2. */
import { armRows } from "./arm-rows.table.ts";
import { armV6Rows } from "./arm-v6-rows.table.ts";
import type { Row, RowData } from "./row.ts";
import { thumbRows } from "./thumb-rows.table.ts";
import { thumbV6Rows } from "./thumb-v6-rows.table.ts";
import { vfpRows } from "./vfp-rows.table.ts";

const armTables = [...armRows, ...armV6Rows, ...vfpRows];
const thumbTables = [...thumbRows, ...thumbV6Rows];

/** Names of all semantics that rows refer to. */
export type SemanticName = (typeof armTables)[number]["semantic"] | (typeof thumbTables)[number]["semantic"];

const withState = (table: readonly RowData<SemanticName>[], isThumb: boolean) =>
  table.map((data) => ({ ...data, isThumb }));

/** ARM rows then Thumb rows of each architecture; `Insn.row` indexes it. */
export const rows: readonly Row<SemanticName>[] = [
  ...withState(armRows, false),
  ...withState(thumbRows, true),
  ...withState(armV6Rows, false),
  ...withState(thumbV6Rows, true),
  ...withState(vfpRows, false),
].map((data, index) => ({ ...data, index }));

/** Index of the row called `name`. */
export function rowIndex(name: string): number {
  const found = rows.find((row) => row.name === name);
  if (found === undefined) throw new Error(`assertion failed: there is no row ${name}`);
  return found.index;
}
