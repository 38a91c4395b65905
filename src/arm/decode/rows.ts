/** The whole row table: ARM rows, then Thumb rows. */
import { armRows } from "./arm-rows.table.ts";
import type { Row } from "./row.ts";
import { thumbRows } from "./thumb-rows.table.ts";

/** Names of all semantics that rows refer to. */
export type SemanticName = (typeof armRows)[number]["semantic"] | (typeof thumbRows)[number]["semantic"];

/** ARM rows then Thumb rows; `Insn.row` indexes it. */
export const rows: readonly Row<SemanticName>[] = [
  ...armRows.map((data, index) => ({ ...data, isThumb: false, index })),
  ...thumbRows.map((data, index) => ({ ...data, isThumb: true, index: armRows.length + index })),
];

/** Index of the row called `name`. */
export function rowIndex(name: string): number {
  const found = rows.find((row) => row.name === name);
  if (found === undefined) throw new Error(`assertion failed: there is no row ${name}`);
  return found.index;
}
