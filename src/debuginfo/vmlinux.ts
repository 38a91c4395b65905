/** A kernel's vmlinux: the symbols as nm(1) shows them, the version line, and structures from DWARF or BTF where it has them. */
import { latin1 } from "../base/index.ts";
import { readBtf } from "./btf.ts";
import { readDwarf } from "./dwarf.ts";
import type { ElfSection, ElfSymbol } from "./elf.ts";
import { ElfFile, SectionType, SymbolType } from "./elf.ts";
import { symbolsMissing } from "./errors.ts";
import type { BuildFacts, BuildSymbol, Structure } from "./structure.ts";

const MAX_BANNER_BYTES = 1024;
const SHF_WRITE = 1;
const SHF_EXECINSTR = 4;
/** Marks in code for disassemblers (ELF for the ARM Architecture, mapping symbols), which kallsyms leaves out too. */
const MAPPING = /^\$[adtx](\.|$)/;

/** The letter that nm(1) gives to a symbol of this section: code, variables, constants, zeros, or absolute. */
function letterOf(section: ElfSection | undefined, isGlobal: boolean): string {
  if (section === undefined) return isGlobal ? "A" : "a";
  const { flags, type } = section;
  const letter =
    (flags & SHF_EXECINSTR) !== 0 ? "t" : type === SectionType.nobits ? "b" : (flags & SHF_WRITE) !== 0 ? "d" : "r";
  return isGlobal ? letter.toUpperCase() : letter;
}

function symbolOf(symbol: ElfSymbol, sections: readonly ElfSection[]): BuildSymbol {
  const { name, address, type, isGlobal, isWeak, section } = symbol;
  // The lowest bit tells Thumb code, not a place.
  const start = type === SymbolType.function ? (address & ~1) >>> 0 : address;
  const weak = type === SymbolType.object ? "V" : "W";
  return { name, address: start, type: isWeak ? weak : letterOf(sections[section], isGlobal) };
}

/** The text at `linux_banner`; a kernel may hold it in a variable of its own or in the middle of a section. */
function bannerAt(address: number, sections: readonly ElfSection[]): string | undefined {
  for (const { address: start, bytes } of sections) {
    if (start === 0 || address < start || address >= start + bytes.length) continue;
    const text = latin1(bytes.subarray(address - start, address - start + MAX_BANNER_BYTES));
    return /^(Linux version [^\n\0]+)\n\0/.exec(text)?.[1];
  }
  return undefined;
}

function structuresOf(elf: ElfFile, wanted: ReadonlySet<string>): ReadonlyMap<string, Structure> {
  const section = (wantedName: string): ElfSection | undefined =>
    elf.sections.find(({ name, bytes }) => name === wantedName && bytes.length > 0);
  if (section(".debug_info") !== undefined) return readDwarf(elf, wanted);
  const btf = section(".BTF");
  return btf === undefined ? new Map() : readBtf(btf.bytes, wanted);
}

/** Throws `elf-invalid` and `debug-info-invalid` for a damaged file, `symbols-missing` for one that says nothing. */
export function readVmlinux(bytes: Uint8Array, wanted: ReadonlySet<string>): BuildFacts {
  const elf = new ElfFile(bytes);
  const { sections } = elf;
  const symbols: BuildSymbol[] = [];
  for (const symbol of elf.symbols()) {
    const isPlace = symbol.type !== SymbolType.section && symbol.type !== SymbolType.file;
    if (isPlace && !MAPPING.test(symbol.name)) symbols.push(symbolOf(symbol, sections));
  }
  const structures = structuresOf(elf, wanted);
  if (symbols.length === 0 && structures.size === 0) throw symbolsMissing("an ELF file without symbols, DWARF or BTF");
  const banner = symbols.find(({ name }) => name === "linux_banner");
  return {
    kind: "vmlinux",
    banner: banner === undefined ? undefined : bannerAt(banner.address, sections),
    symbols,
    structures,
  };
}
