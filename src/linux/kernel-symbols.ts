/** All symbols known of one kernel: its own kallsyms, its export table, and those of files that are of its build. */
import type { Fact } from "./fact.ts";
import { likely, proved, unknown } from "./fact.ts";
import type { SymbolAt, SymbolTable } from "./symbol-table.ts";

export interface SymbolTables {
  readonly kallsyms: Fact<SymbolTable>;
  readonly exports: Fact<SymbolTable>;
  /** What was given and is of the kernel's build. */
  readonly given?: readonly SymbolTable[];
}

export class KernelSymbols {
  readonly kallsyms: Fact<SymbolTable>;
  readonly exports: Fact<SymbolTable>;
  readonly given: readonly SymbolTable[];

  constructor({ kallsyms, exports, given = [] }: SymbolTables) {
    this.kallsyms = kallsyms;
    this.exports = exports;
    this.given = given;
  }

  /** The functions of the kernel: what was found in memory, else what was given. */
  get text(): Fact<SymbolTable> {
    const [given] = this.given.filter(({ source }) => source !== "VMCOREINFO");
    if (this.kallsyms.known || given === undefined) return this.kallsyms;
    return likely(given, `the ${given.source} that was given`);
  }

  /** The address of a function or variable. */
  find(name: string): number | undefined {
    return this.locate(name)?.address;
  }

  /** The address with where it is known from; what memory says goes first. */
  locate(name: string): { readonly address: number; readonly source: SymbolTable["source"] } | undefined {
    const { kallsyms, exports, given } = this;
    for (const table of [
      kallsyms.known ? kallsyms.value : undefined,
      exports.known ? exports.value : undefined,
      ...given,
    ]) {
      const address = table?.find(name);
      if (table !== undefined && address !== undefined) return { address, source: table.source };
    }
    return undefined;
  }

  /** The function an address lies in. */
  at(address: number): SymbolAt | undefined {
    const { text } = this;
    return text.known ? text.value.at(address) : undefined;
  }

  /** Names of everything that starts exactly at `address`. */
  namesAt(address: number): string[] {
    const { text } = this;
    return text.known ? text.value.startingAt(address).map(({ name }) => name) : [];
  }

  /** The kernel's code, `_stext` to `_etext`. */
  get textRange(): Fact<{ startAddress: number; endAddress: number }> {
    const startAddress = this.find("_stext");
    const endAddress = this.find("_etext");
    if (startAddress === undefined || endAddress === undefined || startAddress >= endAddress) {
      return unknown("there are no symbols _stext and _etext");
    }
    return proved({ startAddress, endAddress }, "the symbols _stext and _etext");
  }
}
