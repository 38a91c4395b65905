/** Symbols by address and by name, whatever they were read from. */
import type { BuildFileKind } from "../debuginfo/index.ts";
import { NameIndex } from "./name-index.ts";

export type SymbolSource = "kallsyms" | "ksymtab" | BuildFileKind;

export interface KernelSymbol {
  readonly address: number;
  /** The letter of nm(1): `T` or `t` for text, `D` for data, ... */
  readonly type: string;
  readonly name: string;
}

/** The symbol an address lies in and how far behind its start. */
export interface SymbolAt {
  readonly symbol: KernelSymbol;
  readonly offset: number;
}

/** `addresses` ascend; names are decoded when they are asked for. */
export class SymbolTable {
  readonly source: SymbolSource;
  private readonly addresses: Uint32Array;
  private readonly describe: (index: number) => { type: string; name: string };
  private readonly hashes: (() => Int32Array) | undefined;
  private byName: Map<string, number> | undefined;
  private names: NameIndex | undefined;

  /** @param hashes of the names as `namePiece` has it, where names are costly to decode */
  constructor(
    source: SymbolSource,
    addresses: Uint32Array,
    describe: (index: number) => { type: string; name: string },
    hashes?: () => Int32Array,
  ) {
    this.source = source;
    this.addresses = addresses;
    this.describe = describe;
    this.hashes = hashes;
  }

  get size(): number {
    return this.addresses.length;
  }

  /** The address of the first symbol of that name. */
  find(name: string): number | undefined {
    const index = this.indexOf(name);
    if (index === undefined) return this.addressesByName.get(name);
    return index < 0 ? undefined : this.addresses[index];
  }

  /** `undefined` where names cannot be found by hashes. */
  private indexOf(name: string): number | undefined {
    if (this.hashes === undefined) return undefined;
    this.names ??= new NameIndex({ hashes: this.hashes(), nameOf: (index) => this.describe(index).name });
    return this.names.find(name);
  }

  private get addressesByName(): ReadonlyMap<string, number> {
    if (this.byName !== undefined) return this.byName;
    const byName = new Map<string, number>();
    for (const [index, address] of this.addresses.entries()) {
      const { name } = this.describe(index);
      if (!byName.has(name)) byName.set(name, address);
    }
    this.byName = byName;
    return byName;
  }

  /** The closest symbol at or below `address`. */
  at(address: number): SymbolAt | undefined {
    const unsigned = address >>> 0;
    const last = this.upperBound(unsigned) - 1;
    if (last < 0) return undefined;
    const start = this.addresses[last];
    return { symbol: this.symbol(this.lowerBound(start)), offset: unsigned - start };
  }

  /** Every symbol that starts exactly at `address`; functions with aliases have several. */
  startingAt(address: number): KernelSymbol[] {
    const unsigned = address >>> 0;
    const symbols: KernelSymbol[] = [];
    for (let index = this.lowerBound(unsigned); this.addresses[index] === unsigned; index++) {
      symbols.push(this.symbol(index));
    }
    return symbols;
  }

  /** The lowest address above `address` at which a symbol starts. */
  nextStart(address: number): number | undefined {
    return this.addresses[this.upperBound(address >>> 0)];
  }

  *[Symbol.iterator](): Generator<KernelSymbol> {
    for (let index = 0; index < this.addresses.length; index++) yield this.symbol(index);
  }

  private symbol(index: number): KernelSymbol {
    return { address: this.addresses[index], ...this.describe(index) };
  }

  private lowerBound(address: number): number {
    let low = 0;
    let high = this.addresses.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.addresses[middle] < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private upperBound(address: number): number {
    let low = 0;
    let high = this.addresses.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.addresses[middle] <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** With an address of 32 bits above it, an index is a number that sorts exactly. */
const INDEX_RANGE = 2 ** 20;

/** Indexes of `addresses` in ascending order; equal addresses keep theirs. */
export function orderByAddress(addresses: Uint32Array): Uint32Array {
  const { length } = addresses;
  if (length > INDEX_RANGE) return new Uint32Array([...addresses.keys()].sort((a, b) => addresses[a] - addresses[b]));
  // Numbers are sorted without a call for each comparison, which a kernel's ten thousand exports are worth.
  const keys = new Float64Array(length);
  for (let index = 0; index < length; index++) keys[index] = addresses[index] * INDEX_RANGE + index;
  keys.sort();
  const order = new Uint32Array(length);
  for (let index = 0; index < length; index++) order[index] = keys[index] % INDEX_RANGE;
  return order;
}

/** A table from symbols in any order; those with equal addresses keep theirs. */
export function symbolTableOf(source: SymbolSource, symbols: readonly KernelSymbol[]): SymbolTable {
  const order = orderByAddress(Uint32Array.from(symbols, ({ address }) => address));
  const sorted = Array.from(order, (index) => symbols[index]);
  const addresses = Uint32Array.from(sorted, ({ address }) => address);
  return new SymbolTable(source, addresses, (index) => sorted[index]);
}
