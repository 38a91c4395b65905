/** What a command gives back: a code, the text a person reads, and the same as data for `--json`. */
import { Status } from "../base/index.ts";
import type { TableCells, TableStyle } from "./table.ts";
import { renderTable } from "./table.ts";

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

export interface CommandResult {
  readonly code: Status;
  readonly text: string;
  readonly data?: JsonValue;
}

export const ok = (text = "", data?: JsonValue): CommandResult => ({ code: Status.ok, text, data });

export const failed = (code: Status, text = "", data?: JsonValue): CommandResult => ({ code, text, data });

/** `Bus Name` becomes `busName`; marks are dropped, so `CPU#` is `cpu`. */
export function jsonKey(title: string): string {
  const words = title
    .replace(/[^A-Za-z0-9 ]/g, "")
    .split(" ")
    .filter((word) => word !== "");
  return words
    .map((word, i) => (i === 0 ? word.toLowerCase() : word[0].toUpperCase() + word.slice(1).toLowerCase()))
    .join("");
}

/** A table, whose rows are the data. `after` is text that follows it. */
export function table(style: TableStyle, rows: readonly TableCells[], after = ""): CommandResult {
  const data = rows.map((row) => Object.fromEntries(row.map((cell, i) => [jsonKey(style.columns[i].title), cell])));
  return ok(renderTable(style, rows) + after, data);
}
