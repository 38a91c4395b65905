/** Tables in Xvisor's look: a rule of dashes, headings, a rule, rows, a rule; one leading blank, cells padded. */

export interface Column {
  readonly title: string;
  readonly width: number;
}

export interface TableStyle {
  readonly columns: readonly Column[];
  /** Dashes in a rule; 80 unless the command's table says otherwise. */
  readonly ruleWidth?: number;
}

/** Cells of one row, by column. */
export type TableCells = readonly (string | number)[];

const DEFAULT_RULE_WIDTH = 80;

export const columns = (...pairs: readonly (readonly [string, number])[]): Column[] =>
  pairs.map(([title, width]) => ({ title, width }));

export const rule = (width = DEFAULT_RULE_WIDTH): string => `${"-".repeat(width)}\n`;

const rowText = (cells: TableCells, style: TableStyle): string =>
  `${cells
    .map((cell, i) => ` ${String(cell).padEnd(style.columns[i].width)}`)
    .join("")
    .trimEnd()}\n`;

export function renderTable(style: TableStyle, rows: readonly TableCells[]): string {
  const line = rule(style.ruleWidth);
  const headings = rowText(
    style.columns.map((column) => column.title),
    style,
  );
  return `${line}${headings}${line}${rows.map((row) => rowText(row, style)).join("")}${line}`;
}

/** `Label      : value` lines with labels padded to one width. */
export function renderFacts(facts: readonly (readonly [string, string | number])[], width: number): string {
  return facts.map(([label, value]) => `${label.padEnd(width)}: ${value}\n`).join("");
}
