/**
 * VMCOREINFO, the text that a kernel keeps for crash dumps (Documentation/admin-guide/kdump/vmcoreinfo.rst): lines such as
 * `SYMBOL(init_uts_ns)=c0e07b40`, `OFFSET(list_head.next)=0`, `SIZE(list_head)=8`.
 */
import type { BuildFacts, BuildSymbol, Structure } from "./structure.ts";

const MAX_LINES = 4096;
const LINE = /^([A-Z]+)\(([A-Za-z0-9_.]+)\)=(-?[0-9a-fA-Fx]+)$/;
const LARGEST_OFFSET = 1 << 20;

export const isVmcoreinfo = (head: string): boolean => /^OSRELEASE=\d+\.\d+\S*\n/.test(head);

interface OpenStructure {
  sizeBytes: number;
  readonly members: Map<string, number>;
}

/** A line that is not understood is left out: there are others than these kinds, and each kernel adds some. */
export function parseVmcoreinfo(text: string): BuildFacts {
  const symbols: BuildSymbol[] = [];
  const structures = new Map<string, OpenStructure>();
  const structure = (name: string): OpenStructure => {
    const known = structures.get(name) ?? { sizeBytes: 0, members: new Map<string, number>() };
    structures.set(name, known);
    return known;
  };
  const lines = text.split("\n", MAX_LINES);
  for (const line of lines) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const [, kind, name, digits] = match;
    const value = Number.parseInt(digits, kind === "SYMBOL" ? 16 : 10);
    const isOffset = Number.isInteger(value) && value >= 0 && value <= LARGEST_OFFSET;
    if (kind === "SYMBOL" && value >= 0 && value <= 0xffffffff) symbols.push({ address: value, type: "?", name });
    if (kind === "SIZE" && isOffset) structure(name).sizeBytes = value;
    const dot = name.indexOf(".");
    if (kind === "OFFSET" && isOffset && dot > 0) structure(name.slice(0, dot)).members.set(name.slice(dot + 1), value);
  }
  const release = /^OSRELEASE=(\S+)$/.exec(lines[0])?.[1];
  return { kind: "VMCOREINFO", release, symbols, structures: structures satisfies ReadonlyMap<string, Structure> };
}
