/** Files that come from a kernel's build or describe it: ELF, DWARF, BTF, Volatility's symbol tables. */

export { isBtf, readBtf } from "./btf.ts";
export { readBuildFile } from "./build-file.ts";
export { readDwarf } from "./dwarf.ts";
export type { ElfSection, ElfSegment, ElfSymbol } from "./elf.ts";
export { ElfFile, ET_CORE, isElf, PT_LOAD, PT_NOTE } from "./elf.ts";
export { elfInvalid } from "./errors.ts";
export { readIsf } from "./isf.ts";
export type { BuildFacts, BuildFile, BuildFileKind, BuildSymbol, Structure } from "./structure.ts";
export { readSystemMap } from "./system-map.ts";
export { isVmcoreinfo, parseVmcoreinfo } from "./vmcoreinfo.ts";
export { readVmlinux } from "./vmlinux.ts";
