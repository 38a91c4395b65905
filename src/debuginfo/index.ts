/** Files that come from a kernel's build or describe it: ELF, DWARF, BTF, Volatility's symbol tables. */

export { readDwarf } from "./dwarf.ts";
export type { ElfSection, ElfSegment, ElfSymbol } from "./elf.ts";
export { ElfFile, ET_CORE, isElf, PT_LOAD, PT_NOTE } from "./elf.ts";
export { elfInvalid } from "./errors.ts";
export type { Structure } from "./structure.ts";
