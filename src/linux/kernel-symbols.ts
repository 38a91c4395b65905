/** All symbols known of one kernel: its own kallsyms, its export table, and a System.map when one was given. */
import type { Fact } from "./fact.ts";
import { likely, proved, unknown } from "./fact.ts";
import type { SymbolAt, SymbolTable } from "./symbol-table.ts";
import { compareWithSystemMap } from "./symbol-table.ts";

export interface SymbolTables {
  readonly kallsyms: Fact<SymbolTable>;
  readonly exports: Fact<SymbolTable>;
  readonly systemMap: SymbolTable | undefined;
}

export class KernelSymbols {
  readonly kallsyms: Fact<SymbolTable>;
  readonly exports: Fact<SymbolTable>;
  readonly systemMap: SymbolTable | undefined;

  /** Throws `HvError` `system-map-mismatch` when the System.map is that of another kernel. */
  constructor({ kallsyms, exports, systemMap }: SymbolTables) {
    this.kallsyms = kallsyms;
    this.exports = exports;
    this.systemMap = systemMap;
    if (kallsyms.known && systemMap !== undefined) compareWithSystemMap(kallsyms.value, systemMap);
  }

  /** The functions of the kernel: what was found in memory, else the System.map. */
  get text(): Fact<SymbolTable> {
    if (this.kallsyms.known || this.systemMap === undefined) return this.kallsyms;
    return likely(this.systemMap, "the System.map that was given");
  }

  /** The address of a function or variable. */
  find(name: string): number | undefined {
    const { kallsyms, exports, systemMap } = this;
    return (
      (kallsyms.known ? kallsyms.value.find(name) : undefined) ??
      (exports.known ? exports.value.find(name) : undefined) ??
      systemMap?.find(name)
    );
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
