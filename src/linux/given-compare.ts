/** What a file's version line, places and symbols are held against, and what came of it. */

import { hex8 } from "../base/index.ts";
import type { BuildFile, BuildSymbol } from "../debuginfo/index.ts";
import type { Fact } from "./fact.ts";
import type { SymbolTable } from "./symbol-table.ts";

export interface Comparison {
  /** What was compared, such as `symbols`. */
  readonly what: string;
  readonly agreed: number;
  readonly differing: number;
  /** The first that differ, a few. */
  readonly examples: readonly string[];
  /** A few may differ without a meaning. */
  readonly isLoose?: boolean;
}

/** What memory says of itself. */
export interface MemoryFacts {
  readonly kallsyms: Fact<SymbolTable>;
  readonly exports: Fact<SymbolTable>;
  /** The version line of the kernel that runs, without its end. */
  readonly banner: string | undefined;
  /** Text at an address. */
  readonly textAt: (address: number) => string | undefined;
  /** Where `swapper_pg_dir` is: the page table was found without symbols. */
  readonly tableAddress: number;
  /** The system call table that the code at an address, `vector_swi`, uses. */
  readonly syscallTableOf: (symbols: SymbolTable) => number | undefined;
}

const MAX_EXAMPLES = 3;
const at8 = (address: number): string => `0x${hex8(address)}`;

export const firstOf = (differences: readonly string[]): readonly string[] => differences.slice(0, MAX_EXAMPLES);

const releaseOf = (banner: string | undefined): string | undefined => /^Linux version (\S+)/.exec(banner ?? "")?.[1];

/** The version line, or the release alone where the file has no more. */
export function compareBanner({ banner, release }: BuildFile, memory: MemoryFacts): Comparison {
  const [there, here] = banner === undefined ? [release, releaseOf(memory.banner)] : [banner, memory.banner];
  const what = banner === undefined ? "release" : "version line";
  if (there === undefined || here === undefined) return { what, agreed: 0, differing: 0, examples: [] };
  return there === here
    ? { what, agreed: 1, differing: 0, examples: [] }
    : { what, agreed: 0, differing: 1, examples: [`"${there}" there and "${here}" in memory`] };
}

/** Places that are found without any symbol table: the page table, the version line, the system calls. */
export function comparePlaces(table: SymbolTable | undefined, memory: MemoryFacts): Comparison[] {
  if (table === undefined) return [];
  let agreed = 0;
  const differences: string[] = [];
  const judge = (name: string, there: number | undefined, isRight: (address: number) => boolean): void => {
    if (there === undefined) return;
    if (isRight(there)) agreed++;
    else differences.push(`${name} is not at ${at8(there)}`);
  };
  judge("swapper_pg_dir", table.find("swapper_pg_dir"), (address) => address === memory.tableAddress);
  const { banner } = memory;
  if (banner !== undefined)
    judge("linux_banner", table.find("linux_banner"), (address) => memory.textAt(address)?.trimEnd() === banner);
  const used = memory.syscallTableOf(table);
  if (used !== undefined) judge("sys_call_table", table.find("sys_call_table"), (address) => address === used);
  return [{ what: "places", agreed, differing: differences.length, examples: firstOf(differences) }];
}

/** Kernel code has no symbol twice at other places than these; a variable of a file may be called as a function is. */
function codeRange(kallsyms: SymbolTable): [start: number, end: number] {
  return [kallsyms.find("_stext") ?? 0, kallsyms.find("_etext") ?? 0xffffffff];
}

class Count {
  agreed = 0;
  differing = 0;
  readonly examples: string[] = [];

  differ({ name, address }: BuildSymbol, here: number): void {
    this.differing++;
    if (this.examples.length < MAX_EXAMPLES)
      this.examples.push(`${name} is at ${at8(address)} there and at ${at8(here)} in memory`);
  }
}

function compareKallsyms(symbols: readonly BuildSymbol[], kallsyms: SymbolTable): Count {
  const count = new Count();
  const [start, end] = codeRange(kallsyms);
  for (const symbol of symbols) {
    const { name, address } = symbol;
    const here = kallsyms.find(name);
    if (here === undefined) continue;
    if (here === address || kallsyms.startingAt(address).some((other) => other.name === name)) count.agreed++;
    // Kernels without KALLSYMS_ALL name their code alone.
    else if (address >= start && address < end) count.differ(symbol, here);
  }
  return count;
}

const isLocal = ({ type }: BuildSymbol): boolean => type >= "a" && type <= "z";

function compareExports(symbols: readonly BuildSymbol[], exports: SymbolTable): Count {
  const count = new Count();
  for (const symbol of symbols) {
    const here = exports.find(symbol.name);
    // An exported name is a global one; a file's local symbol may be called so too.
    if (here === undefined || isLocal(symbol)) continue;
    // The lowest bit of an exported function tells Thumb code.
    if (here === symbol.address || (here & ~1) >>> 0 === symbol.address) count.agreed++;
    else count.differ(symbol, here);
  }
  return count;
}

/** The file's symbols against the kernel's own table and its exports. */
export function compareSymbols({ kind, symbols }: BuildFile, { kallsyms, exports }: MemoryFacts): Comparison[] {
  const isLoose = kind === "ISF";
  const compared: Comparison[] = [];
  const add = (what: string, { agreed, differing, examples }: Count): void => {
    compared.push({ what, agreed, differing, examples, isLoose });
  };
  if (kallsyms.known) add("symbols", compareKallsyms(symbols, kallsyms.value));
  if (exports.known) add("exported symbols", compareExports(symbols, exports.value));
  return compared;
}
