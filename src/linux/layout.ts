/**
 * What the learners of structure layouts share: the kernel they look into, and the shape of what they learn.
 *
 * A group of fields is learned together, when one of them is first asked for. Two kinds of evidence prove an offset:
 * invariants over live data that one word alone satisfies, and the loads of a function that is known by its symbol. Where
 * both speak they must agree; a single source is only `likely`.
 */
import type { AddressSpace } from "./address-space.ts";
import type { CodeRange, Trace } from "./code-trace.ts";
import { traceCode, tracersOf } from "./code-trace.ts";
import type { Fact } from "./fact.ts";
import { likely, proved, unknown } from "./fact.ts";
import type { KernelMap } from "./kernel-map.ts";
import type { KernelSymbols } from "./kernel-symbols.ts";

export type LearnedFacts<F extends string> = Map<F, Fact<number>>;

export interface LayoutGroup<F extends string> {
  /** Names as the kernel has them, `structure.member` or a variable; the order is that of `ids types`. */
  readonly fields: readonly F[];
  learn(context: LayoutContext): LearnedFacts<F>;
}

/** Longest function whose loads are looked at. */
const MAX_FUNCTION_BYTES = 4096;

export interface LayoutSource {
  readonly space: AddressSpace;
  readonly map: KernelMap;
  readonly symbols: KernelSymbols;
  readonly initTask: Fact<number>;
  /** A fact of any group, learned when it is asked for. */
  fact(name: string): Fact<number>;
}

export class LayoutContext {
  readonly space: AddressSpace;
  readonly map: KernelMap;
  readonly symbols: KernelSymbols;
  readonly initTask: Fact<number>;
  private readonly source: LayoutSource;
  private readonly traces = new Map<string, Trace | undefined>();

  constructor(source: LayoutSource) {
    this.source = source;
    this.space = source.space;
    this.map = source.map;
    this.symbols = source.symbols;
    this.initTask = source.initTask;
  }

  fact(name: string): Fact<number> {
    return this.source.fact(name);
  }

  /** The offset of another group's field when it is known. */
  offsetOf(name: string): number | undefined {
    const fact = this.fact(name);
    return fact.known ? fact.value : undefined;
  }

  /** The offsets of other groups' fields, or the first that is not known with the reason. */
  offsets<N extends string>(...names: readonly N[]): Record<N, number> | string {
    const offsets = {} as Record<N, number>;
    for (const name of names) {
      const fact = this.fact(name);
      if (!fact.known) return `${name} is not known: ${fact.reason}`;
      offsets[name] = fact.value;
    }
    return offsets;
  }

  /** What the function called `name` does; `undefined` when there is no such symbol. */
  trace(name: string): Trace | undefined {
    if (!this.traces.has(name)) this.traces.set(name, this.traced(name));
    return this.traces.get(name);
  }

  isPointer(word: number | undefined): word is number {
    return word !== undefined && word >= this.map.pageOffset && (word & 3) === 0;
  }

  /** As many words from `address` on as are mapped. */
  words(address: number, sizeBytes: number): Uint32Array {
    const bytes = new Uint8Array(sizeBytes);
    const filled = this.space.readPrefix(address, bytes);
    return new Uint32Array(bytes.buffer, 0, filled >>> 2);
  }

  word(address: number): number | undefined {
    return this.space.readU32(address);
  }

  private traced(name: string): Trace | undefined {
    const range = codeRange(this.space, this.symbols, name);
    return range === undefined ? undefined : traceCode(range);
  }
}

/** The code of the function called `name`, from its symbol to the next. */
export function codeRange(space: AddressSpace, symbols: KernelSymbols, name: string): CodeRange | undefined {
  const startAddress = symbols.find(name);
  const { text } = symbols;
  if (startAddress === undefined || !text.known) return undefined;
  const next = text.value.nextStart(startAddress) ?? startAddress;
  return {
    startAddress,
    endAddress: Math.min(next, startAddress + MAX_FUNCTION_BYTES),
    currentAddress: symbols.find("__current"),
    tracers: tracersOf((tracer) => symbols.find(tracer)),
    readWord: (address) => space.readU32(address),
  };
}

/** Every field of a group unknown, for one reason. */
export const allUnknown = <F extends string>(fields: readonly F[], reason: string): LearnedFacts<F> =>
  new Map(fields.map((field) => [field, unknown(reason)]));

/** Offsets at multiples of four below `endOffset` at which `accept` holds. */
export function offsetsWhere(endOffset: number, accept: (offset: number) => boolean): number[] {
  const found: number[] = [];
  for (let offset = 0; offset < endOffset; offset += 4) if (accept(offset)) found.push(offset);
  return found;
}

/**
 * How long a structure can be: structures of a kind do not overlap, so none is longer than the least distance of two. What
 * lies behind belongs to a neighbour that looks alike.
 */
export function lengthBound(addresses: readonly number[], maxBytes: number): number {
  const sorted = [...new Set(addresses)].sort((a, b) => a - b);
  return sorted.slice(1).reduce((least, address, index) => Math.min(least, address - sorted[index]), maxBytes);
}

export interface Witnesses {
  /** Offsets that satisfy the invariants over live data. */
  readonly data?: readonly number[];
  /** Why only one can. */
  readonly dataEvidence?: string;
  /** Offsets that a known function uses; `undefined` when it is not there. */
  readonly code?: readonly number[];
  readonly codeEvidence?: string;
}

/**
 * One offset out of what data and code say. Both name the same single one: proved. Data alone: proved when only one offset
 * fits. Code alone: likely. Anything else is not known.
 */
export function judged({ data, dataEvidence = "", code, codeEvidence = "" }: Witnesses): Fact<number> {
  const unique = [...new Set(code ?? [])];
  if (data !== undefined && unique.length > 0) {
    const both = data.filter((offset) => unique.includes(offset));
    if (both.length === 1) return proved(both[0], `${dataEvidence}; ${codeEvidence}`);
    if (data.length > 0)
      return unknown(`${dataEvidence}: ${data.length} words fit, ${both.length} of them by code too`);
    return unknown(`no word fits what is known of it (${dataEvidence}), though code has one`);
  }
  if (data !== undefined) {
    return data.length === 1 ? proved(data[0], dataEvidence) : unknown(`${data.length} words fit: ${dataEvidence}`);
  }
  return unique.length === 1 ? likely(unique[0], codeEvidence) : unknown(`${unique.length} offsets: ${codeEvidence}`);
}

/** Offsets from `root` at which a function loads, directly: the members of its argument that it reads. */
export const loadsFrom = (trace: Trace | undefined, root: "r0" | "r1" | "r2" | "current"): number[] | undefined =>
  trace?.accesses
    .filter(({ kind, address }) => kind === "load" && address.root === root && address.steps.length === 0)
    .map(({ address }) => address.add);
