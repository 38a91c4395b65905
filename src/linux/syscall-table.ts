/**
 * `sys_call_table`: where it is and how many slots it has.
 *
 * Two views that must agree: the symbol and the symbol behind it, and the code of `vector_swi`
 * (arch/arm/kernel/entry-common.S), which takes the table's address with `adr r8` and compares r7 with NR_syscalls.
 */
import { rotateRight } from "../base/index.ts";
import type { AddressSpace } from "./address-space.ts";
import type { Fact } from "./fact.ts";
import { likely, proved, unknown } from "./fact.ts";
import type { SymbolTable } from "./symbol-table.ts";

export interface SyscallTable {
  readonly address: number;
  readonly count: number;
}

/** What the system call entry code uses at this moment. */
export interface SyscallEntry {
  /** The table that `vector_swi` loads into r8. */
  readonly tableAddress: number | undefined;
  /** NR_syscalls that r7 is compared with. */
  readonly count: number | undefined;
}

const MAX_ENTRY_BYTES = 0x400;
/** Linux on ARM had more than 300 calls from 2.6.x on; the numbers have not come near 1024. */
const MIN_SYSCALLS = 128;
const MAX_SYSCALLS = 1024;

const immediate = (instruction: number): number =>
  rotateRight(instruction & 0xff, ((instruction >>> 8) & 0xf) * 2) >>> 0;

/** Decodes the ARM code of `vector_swi`; Thumb-2 kernels give `undefined` members. */
export function decodeSyscallEntry(space: AddressSpace, vectorSwi: number, endAddress: number): SyscallEntry {
  let tableAddress: number | undefined;
  let count: number | undefined;
  const end = Math.min(endAddress, vectorSwi + MAX_ENTRY_BYTES);
  for (let at = vectorSwi; at < end && (tableAddress === undefined || count === undefined); at += 4) {
    const instruction = space.readU32(at);
    if (instruction === undefined) break;
    const operation = (instruction & 0xfffff000) >>> 0;
    // add r8, pc, #imm · sub r8, pc, #imm · ldr r8, [pc, #imm] · cmp r7, #imm; all unconditional.
    if (operation === 0xe28f8000) tableAddress ??= (at + 8 + immediate(instruction)) >>> 0;
    else if (operation === 0xe24f8000) tableAddress ??= (at + 8 - immediate(instruction)) >>> 0;
    else if (operation === 0xe59f8000) tableAddress ??= space.readU32(at + 8 + (instruction & 0xfff));
    else if (operation === 0xe3570000) {
      const value = immediate(instruction);
      if (value >= MIN_SYSCALLS && value <= MAX_SYSCALLS) count ??= value;
    }
  }
  return { tableAddress, count };
}

/** The entry code as it is now, or `undefined` members where it cannot be read. */
export function readSyscallEntry(space: AddressSpace, symbols: SymbolTable): SyscallEntry {
  const vectorSwi = symbols.find("vector_swi");
  if (vectorSwi === undefined) return { tableAddress: undefined, count: undefined };
  return decodeSyscallEntry(space, vectorSwi, symbols.find("sys_call_table") ?? vectorSwi + MAX_ENTRY_BYTES);
}

/** Where the symbols say the table is, with its size confirmed by the entry code when that can be read. */
export function locateSyscallTable(space: AddressSpace, symbols: SymbolTable): Fact<SyscallTable> {
  const address = symbols.find("sys_call_table");
  if (address === undefined) return unknown("there is no symbol sys_call_table");
  const next = symbols.nextStart(address);
  const bySymbol = next === undefined ? 0 : (next - address) >>> 2;
  const byCode = readSyscallEntry(space, symbols).count;
  if (byCode !== undefined && byCode === bySymbol) {
    return proved({ address, count: byCode }, "the symbol behind the table and NR_syscalls in vector_swi agree");
  }
  const plausible = (count: number): boolean => count >= MIN_SYSCALLS && count <= MAX_SYSCALLS;
  if (plausible(bySymbol)) return likely({ address, count: bySymbol }, "from the symbol behind the table");
  if (byCode !== undefined) return likely({ address, count: byCode }, "from NR_syscalls in vector_swi");
  return unknown("neither the symbol behind sys_call_table nor vector_swi tells how many slots it has");
}
