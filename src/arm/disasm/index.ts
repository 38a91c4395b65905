/** Disassembly in the style of GNU objdump. */
export type { DisassembledLine, DisassembleOptions } from "./disassembler.ts";
export { disassemble, disassembleBytes } from "./disassembler.ts";
