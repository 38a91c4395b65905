/** System.map: what nm(1) prints of a vmlinux, a line a symbol (scripts/mksysmap). */
import { systemMapInvalid } from "./errors.ts";
import type { BuildSymbol } from "./structure.ts";

const LINE = /^([0-9a-fA-F]{8}) (\S) (\S+)\s*$/;
/** Of a 64-bit kernel too: that is said when its line is read. */
const LOOKS = /^\s*[0-9a-fA-F]{8,16} \S \S+\s/;

export const isSystemMap = (head: string): boolean => LOOKS.test(head);

/** Every symbol, in the order of the file. Throws `HvError` `system-map-invalid` with the line. */
export function readSystemMap(text: string): BuildSymbol[] {
  const symbols: BuildSymbol[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const match = LINE.exec(line);
    if (match === null) throw systemMapInvalid(index + 1, line);
    symbols.push({ address: Number.parseInt(match[1], 16), type: match[2], name: match[3] });
  }
  return symbols;
}
