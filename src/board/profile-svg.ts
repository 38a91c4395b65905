/** A board's address map as a drawing: the whole address space to scale on the left, each piece of it as a row on the right. */

import type { Profile } from "./profile-schema.ts";
import { addressMap, type MapRow, rangeText, sizeText } from "./profile-text.ts";

const ROW_HEIGHT = 18;
const TOP = 48;
const MARGIN = 16;
const BAR_WIDTH = 56;
/** Between the bar and the rows: lines lead from a piece to its row. */
const GAP = 70;
const ROWS_LEFT = MARGIN + BAR_WIDTH + GAP;
const COLUMNS = { range: 0, size: 190, name: 250, kind: 380, irqs: 560 } as const;
/** A character of the font, about. */
const CHARACTER_WIDTH = 6.7;
/** Longer lists of wires are cut. */
const MAX_IRQS = 44;
const ADDRESS_SPACE = 2 ** 32;

const fills: Record<MapRow["use"], string> = { memory: "#cfe3f7", device: "#fbe5c0", nothing: "#f2f2f2" };

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
/** Text for XML: control characters have no place in it. */
const escaped = (text: string): string =>
  text
    .replace(/[&<>"]/g, (character) => entities[character])
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "?");

const text = (x: number, y: number, content: string, attributes = ""): string =>
  `<text x="${x}" y="${y.toFixed(1)}"${attributes}>${escaped(content)}</text>`;

const shortened = (irqs: string): string => (irqs.length <= MAX_IRQS ? irqs : `${irqs.slice(0, MAX_IRQS - 3)}...`);

class Drawing {
  private readonly rows: readonly MapRow[];
  private readonly height: number;
  private readonly width: number;

  private readonly profile: Profile;

  constructor(profile: Profile) {
    this.profile = profile;
    this.rows = addressMap(profile);
    this.height = this.rows.length * ROW_HEIGHT;
    this.width = ROWS_LEFT + COLUMNS.irqs + MAX_IRQS * CHARACTER_WIDTH + MARGIN;
  }

  private scaled(address: number): number {
    return TOP + (address / ADDRESS_SPACE) * this.height;
  }

  private piece(row: MapRow, index: number): string {
    const top = this.scaled(row.address);
    const height = Math.max(0.5, this.scaled(row.address + row.sizeBytes) - top);
    const y = TOP + index * ROW_HEIGHT;
    const base = y + ROW_HEIGHT - 5;
    const fill = fills[row.use];
    const style = row.use === "nothing" ? ' fill="#888"' : "";
    return [
      `<rect x="${MARGIN}" y="${top.toFixed(2)}" width="${BAR_WIDTH}" height="${height.toFixed(2)}" fill="${fill}" stroke="#999" stroke-width="0.3"/>`,
      row.use === "nothing"
        ? ""
        : `<line x1="${MARGIN + BAR_WIDTH}" y1="${(top + height / 2).toFixed(2)}" x2="${ROWS_LEFT - 4}" y2="${y + ROW_HEIGHT / 2}" stroke="#bbb" stroke-width="0.6"/>`,
      `<rect x="${ROWS_LEFT - 4}" y="${y}" width="${this.width - ROWS_LEFT - MARGIN + 4}" height="${ROW_HEIGHT - 1}" fill="${fill}"/>`,
      text(ROWS_LEFT + COLUMNS.range, base, rangeText(row), style),
      text(ROWS_LEFT + COLUMNS.size, base, sizeText(row.sizeBytes), style),
      text(ROWS_LEFT + COLUMNS.name, base, row.name, row.use === "nothing" ? style : ' font-weight="bold"'),
      text(ROWS_LEFT + COLUMNS.kind, base, row.kind, style),
      text(ROWS_LEFT + COLUMNS.irqs, base, shortened(row.irqs), style),
    ]
      .filter((line) => line !== "")
      .join("\n");
  }

  toString(): string {
    const { name, description, cpu } = this.profile;
    const height = TOP + this.height + MARGIN;
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${this.width}" height="${height}" viewBox="0 0 ${this.width} ${height}" font-family="monospace" font-size="11">
<title>${escaped(name)}: address map</title>
<rect width="100%" height="100%" fill="#fff"/>
${text(MARGIN, 20, `${name}: ${description}`, ' font-size="14" font-weight="bold"')}
${text(MARGIN, 38, `${cpu.model}; guest physical addresses, interrupts as controller:line`)}
${this.rows.map((row, index) => this.piece(row, index)).join("\n")}
</svg>
`;
  }
}

/** SVG 1.1. */
export const drawProfile = (profile: Profile): string => new Drawing(profile).toString();
