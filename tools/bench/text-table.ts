/** Tables for a terminal and for Markdown, from the same rows. */

export interface TextTable {
  /** A heading that starts with a space is aligned to the left, any other to the right. */
  headings: readonly string[];
  rows: readonly (readonly string[])[];
}

const isLeft = (heading: string): boolean => heading.startsWith(" ");

/** Columns two spaces apart, a rule below the headings. */
export function plainTable({ headings, rows }: TextTable): string {
  const titles = headings.map((heading) => heading.trim());
  const widths = titles.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (isLeft(headings[i]) ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return `${[line(titles), rule, ...rows.map(line)].join("\n")}\n`;
}

/** A GitHub table. */
export function markdownTable({ headings, rows }: TextTable): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const marks = headings.map((heading) => (isLeft(heading) ? "---" : "---:"));
  return `${[line(headings.map((heading) => heading.trim())), line(marks), ...rows.map(line)].join("\n")}\n`;
}
