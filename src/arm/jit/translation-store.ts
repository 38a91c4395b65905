/**
 * Regions kept from one run to the next: the code of each, and the instructions it was made from.
 *
 * A region is used again where memory has the same instructions at the same addresses, so it does not matter which guest
 * it came from. What is read from a file is checked for its shape here; whoever reads the file answers for its origin.
 */
import type { DecodedInsn } from "../decode/index.ts";
import { KeptRecords } from "./kept-records.ts";
import type { Region } from "./region.ts";
import type { FunctionBody } from "./wasm-writer.ts";

/** Consecutive instructions of a region, within one page. */
export interface StoredBlock {
  readonly pc: number;
  readonly count: number;
}

export interface StoredRegion {
  readonly isThumb: boolean;
  readonly isPrivileged: boolean;
  readonly entryPc: number;
  /** Virtual page and host frame of all its code. */
  readonly pages: readonly (readonly [number, number])[];
  readonly blocks: readonly StoredBlock[];
  /** The instructions of the blocks, one after the other; in Thumb state a halfword each. */
  readonly words: Int32Array;
  /** Address and block of every place where the function may be entered. */
  readonly entries: readonly (readonly [number, number])[];
  readonly body: FunctionBody;
}

/** A region as it is kept. */
export function storedRegion(
  { entryPc, isThumb, pages, blocks }: Region,
  made: Pick<StoredRegion, "isPrivileged" | "body"> & { readonly entries: ReadonlyMap<number, number> },
): StoredRegion {
  const raw = (insn: DecodedInsn): number => (isThumb ? insn.raw & 0xffff : insn.raw | 0);
  return {
    ...made,
    isThumb,
    entryPc,
    pages: [...pages],
    blocks: blocks.map(({ pc, insns }) => ({ pc, count: insns.length })),
    words: Int32Array.from(blocks.flatMap(({ insns }) => insns.map(raw))),
    entries: [...made.entries],
  };
}

/** Bound of what is kept: a boot and much work at the shell make 2,000 regions of 3 KB. */
const MAX_REGIONS = 6_000;
const MAX_BLOCKS = 64;
const MAX_INSTRUCTIONS = 4_096;
const MAX_PAGES = 16;
const MAGIC = 0x314d4f4b;

const keyOf = (pc: number, isThumb: boolean, isPrivileged: boolean): number =>
  (pc >>> 0) * 4 + (isThumb ? 2 : 0) + (isPrivileged ? 1 : 0);

/** The shape of what lies in the file before words and code. */
interface Header {
  readonly regions: readonly {
    readonly flags: number;
    readonly pc: number;
    readonly pages: readonly (readonly [number, number])[];
    readonly blocks: readonly (readonly [number, number])[];
    readonly entries: readonly (readonly [number, number])[];
    readonly sizes: readonly [number, number];
  }[];
  /** Words of the kept records, behind the regions. */
  readonly recordWords: number;
}

export class TranslationStore {
  readonly regions: StoredRegion[] = [];
  private readonly byKey = new Map<number, StoredRegion[]>();
  private added = 0;
  private kept = new KeptRecords();
  /** Told before the store is written: what it lacks is to be added. */
  onEncode: () => void = () => {};

  /** Records of these templates; those of others are of no use. */
  recordsOf(templates: number): KeptRecords {
    if (this.kept.templates !== templates) this.kept = new KeptRecords(templates);
    return this.kept;
  }

  /** Regions added since the store was read. */
  get newRegions(): number {
    return this.added;
  }

  /** What may be entered at an address: what was made for it before what has it inside. */
  at(pc: number, isThumb: boolean, isPrivileged: boolean): readonly StoredRegion[] {
    return this.byKey.get(keyOf(pc, isThumb, isPrivileged)) ?? [];
  }

  /** Keeps a region for the next run; false when the store is full or has it. */
  add(region: StoredRegion): boolean {
    if (this.regions.length >= MAX_REGIONS) return false;
    const { isThumb, isPrivileged, entryPc } = region;
    if (this.at(entryPc, isThumb, isPrivileged).some((other) => isSame(other, region))) return false;
    this.regions.push(region);
    this.added++;
    for (const [pc] of region.entries) this.index(pc, region);
    return true;
  }

  private index(pc: number, region: StoredRegion): void {
    const key = keyOf(pc, region.isThumb, region.isPrivileged);
    const known = this.byKey.get(key);
    if (known === undefined) this.byKey.set(key, [region]);
    else {
      known.push(region);
      const rank = ({ entryPc }: StoredRegion) => (entryPc === pc ? 0 : 1);
      known.sort((a, b) => rank(a) - rank(b));
    }
  }

  encode(): Uint8Array {
    this.onEncode();
    const { regions } = this;
    const records = this.kept.encode();
    const header: Header = {
      regions: regions.map((r) => ({
        flags: (r.isThumb ? 1 : 0) | (r.isPrivileged ? 2 : 0),
        pc: r.entryPc,
        pages: r.pages,
        blocks: r.blocks.map(({ pc, count }) => [pc, count] as const),
        entries: r.entries,
        sizes: [r.body.bytes.length, r.body.hints?.length ?? 0],
      })),
      recordWords: records.length,
    };
    const text = Buffer.from(JSON.stringify(header), "utf8");
    const head = new Int32Array([MAGIC, text.length]);
    const pieces: Uint8Array[] = [new Uint8Array(head.buffer), text];
    for (const { words, body } of regions) {
      pieces.push(new Uint8Array(words.buffer, words.byteOffset, words.byteLength), body.bytes);
      if (body.hints !== undefined) pieces.push(body.hints);
    }
    pieces.push(new Uint8Array(records.buffer));
    return Buffer.concat(pieces);
  }

  /** What `encode` made; `undefined` when it is anything else. */
  static decode(bytes: Uint8Array): TranslationStore | undefined {
    try {
      return new Reader(bytes).store();
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /** Regions that were read are not new. */
  private settle(): void {
    this.added = 0;
  }

  static of(regions: readonly StoredRegion[], records = new KeptRecords()): TranslationStore {
    const store = new TranslationStore();
    store.kept = records;
    for (const region of regions) store.add(region);
    store.settle();
    return store;
  }
}

function isSame(a: StoredRegion, b: StoredRegion): boolean {
  if (a.words.length !== b.words.length || a.blocks.length !== b.blocks.length) return false;
  if (!a.blocks.every(({ pc, count }, i) => pc === b.blocks[i].pc && count === b.blocks[i].count)) return false;
  if (!a.pages.every(([page, frame], i) => page === b.pages[i]?.[0] && frame === b.pages[i]?.[1])) return false;
  return a.words.every((word, i) => word === b.words[i]);
}

const requireThat = (condition: boolean): void => {
  if (!condition) throw new RangeError("a stored translation has another shape");
};

/** Reads a file of translations; throws RangeError or SyntaxError where its shape is wrong. */
class Reader {
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    // Parts of a Buffer would be Buffers.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  store(): TranslationStore {
    const [magic, length] = this.words(2);
    requireThat(magic === MAGIC);
    const header: unknown = JSON.parse(Buffer.from(this.take(length)).toString("utf8"));
    const { regions: list, recordWords } = (header ?? {}) as { regions?: unknown; recordWords?: unknown };
    requireThat(Array.isArray(list) && list.length <= MAX_REGIONS);
    const regions = (list as unknown[]).map((item) => this.region(item));
    requireThat(isWord(recordWords) && recordWords * 4 === this.bytes.length - this.at);
    return TranslationStore.of(regions, KeptRecords.decode(this.words(recordWords as number)));
  }

  private region(item: unknown): StoredRegion {
    requireThat(typeof item === "object" && item !== null);
    const { flags, pc, pages, blocks, entries, sizes } = item as Record<string, unknown>;
    requireThat(Number.isInteger(flags) && isWord(pc));
    const blockPairs = pairs(blocks, MAX_BLOCKS);
    const total = blockPairs.reduce((sum, [start, count]) => {
      requireThat(count >= 0 && (start & 0xfff) + count * 2 <= 4096);
      return sum + count;
    }, 0);
    requireThat(total <= MAX_INSTRUCTIONS);
    const entryPairs = pairs(entries, MAX_BLOCKS);
    for (const [, block] of entryPairs) requireThat(block >= 0 && block < blockPairs.length);
    const pagePairs = pairs(pages, MAX_PAGES);
    for (const [page, frame] of pagePairs) requireThat((page & 0xfff) === 0 && frame >= 0);
    const known = new Set(pagePairs.map(([page]) => page));
    for (const [start] of [...blockPairs, ...entryPairs]) requireThat(known.has(start & ~0xfff));
    const [[bodySize, hintSize]] = pairs([sizes], 1);
    const words = this.words(total);
    const bytes = this.take(bodySize);
    const hints = hintSize === 0 ? undefined : this.take(hintSize);
    return {
      isThumb: ((flags as number) & 1) !== 0,
      isPrivileged: ((flags as number) & 2) !== 0,
      entryPc: pc as number,
      pages: pagePairs,
      blocks: blockPairs.map(([start, count]) => ({ pc: start, count })),
      words,
      entries: entryPairs,
      body: { bytes, hints },
    };
  }

  private take(size: number): Uint8Array {
    requireThat(size >= 0 && this.at + size <= this.bytes.length);
    const part = this.bytes.subarray(this.at, this.at + size);
    this.at += size;
    return part;
  }

  private words(count: number): Int32Array {
    return new Int32Array(this.take(count * 4).slice().buffer);
  }
}

const isWord = (value: unknown): value is number => typeof value === "number" && (value | 0) === value;

function pairs(value: unknown, max: number): [number, number][] {
  requireThat(Array.isArray(value) && value.length <= max);
  return (value as unknown[]).map((item) => {
    requireThat(Array.isArray(item) && item.length === 2 && isWord(item[0]) && isWord(item[1]));
    return [(item as number[])[0], (item as number[])[1]];
  });
}
