/**
 * Makes kallsyms tables as a kernel's build does, for every layout there has been: symbols, compression into tokens, and the
 * labels' order and alignment. By the description in src/linux/kallsyms.ts and the kernel's documentation of the format.
 */
import { KernelImage } from "../../src/linux/kernel-image.ts";

export interface GivenSymbol {
  readonly address: number;
  readonly type: string;
  readonly name: string;
}

export interface EncoderOptions {
  /** Whether addresses come before `num_syms` (up to 6.3) or behind `token_index`. */
  readonly order: "first" | "last";
  readonly addresses: "absolute" | "relative" | "relative, per-CPU absolute";
  /** Bytes of a record's length where it is 128 or more. */
  readonly lengths: "one byte" | "two bytes";
  /** `seqs_of_names`: bytes of an entry, 0 for none. */
  readonly sequences: 0 | 3 | 4;
  readonly alignment: 4 | 16;
  /** How many tokens may stand for more than a character. */
  readonly maxSequences?: number;
}

/**
 * The 256 tokens: a character that occurs stands for itself; the free codes stand for the pairs that save most, made one by
 * one, so that a token may be made of others. What is left over is empty.
 */
function compress(texts: readonly string[], maxSequences: number): { tokens: string[]; records: number[][] } {
  const tokens = Array.from({ length: 256 }, () => "");
  const records = texts.map((text) => [...Buffer.from(text, "latin1")]);
  for (const code of new Set(records.flat())) tokens[code] = String.fromCharCode(code);
  const free = tokens.flatMap((token, code) => (token === "" ? [code] : [])).reverse();
  for (const code of free.slice(0, maxSequences)) {
    const counts = new Map<number, number>();
    for (const record of records) {
      for (let at = 1; at < record.length; at++) {
        const pair = record[at - 1] * 256 + record[at];
        counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
    }
    const [best, count] = [...counts].reduce((most, each) => (each[1] > most[1] ? each : most), [0, 1]);
    if (count < 2) break;
    const [left, right] = [best >> 8, best & 0xff];
    tokens[code] = tokens[left] + tokens[right];
    for (const [index, record] of records.entries()) {
      const shorter: number[] = [];
      for (let at = 0; at < record.length; at++) {
        if (record[at] === left && record[at + 1] === right) {
          shorter.push(code);
          at++;
        } else shorter.push(record[at]);
      }
      records[index] = shorter;
    }
  }
  return { tokens, records };
}

class Writer {
  at: number;
  private readonly view: DataView;
  private readonly bytes: Uint8Array;
  private readonly alignment: number;

  constructor(bytes: Uint8Array, start: number, alignment: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
    this.at = start;
    this.alignment = alignment;
  }

  label(): number {
    this.at = Math.ceil(this.at / this.alignment) * this.alignment;
    return this.at;
  }

  word(value: number): void {
    this.view.setUint32(this.at, value >>> 0, true);
    this.at += 4;
  }

  half(value: number): void {
    this.view.setUint16(this.at, value, true);
    this.at += 2;
  }

  put(...values: readonly number[]): void {
    this.bytes.set(values, this.at);
    this.at += values.length;
  }
}

const PER_CPU_END = 0x10000;

function writeAddresses(writer: Writer, symbols: readonly GivenSymbol[], { addresses }: EncoderOptions): void {
  const base = symbols.find(({ address }) => addresses === "relative" || address >= PER_CPU_END)?.address ?? 0;
  writer.label();
  for (const { address } of symbols) {
    if (addresses === "absolute" || (addresses !== "relative" && address < PER_CPU_END)) writer.word(address);
    else writer.word(addresses === "relative" ? address - base : base - 1 - address);
  }
  if (addresses === "absolute") return;
  writer.label();
  writer.word(base);
}

/** An image that begins at `startAddress` with the tables at `tablesAt`; `symbols` ascend. */
export function kallsymsImage(
  symbols: readonly GivenSymbol[],
  options: EncoderOptions,
  { startAddress = 0xc0008000, tablesAt = 0x40000, sizeBytes = 4 << 20 } = {},
): KernelImage {
  const bytes = new Uint8Array(sizeBytes);
  const writer = new Writer(bytes, tablesAt, options.alignment);
  const texts = symbols.map(({ type, name }) => type + name);
  const { tokens, records } = compress(texts, options.maxSequences ?? 40);
  if (options.order === "first") writeAddresses(writer, symbols, options);
  writer.label();
  writer.word(symbols.length);
  const names = writer.label();
  const markers: number[] = [];
  for (const [index, record] of records.entries()) {
    if (index % 256 === 0) markers.push(writer.at - names);
    if (record.length < 128 || options.lengths === "one byte") writer.put(record.length);
    else writer.put((record.length & 0x7f) | 0x80, record.length >> 7);
    writer.put(...record);
  }
  writer.label();
  for (const marker of markers) writer.word(marker);
  const order = symbols.map((_, index) => index).toSorted((a, b) => (symbols[a].name < symbols[b].name ? -1 : 1));
  const writeSequences = (): void => {
    writer.label();
    for (const sequence of options.sequences === 0 ? [] : order) {
      if (options.sequences === 4) writer.word(sequence);
      else writer.put(sequence >> 16, (sequence >> 8) & 0xff, sequence & 0xff);
    }
  };
  if (options.order === "first") writeSequences();
  const table = writer.label();
  const index: number[] = [];
  for (const token of tokens) {
    index.push(writer.at - table);
    writer.put(...Buffer.from(`${token}\0`, "latin1"));
  }
  writer.label();
  for (const offset of index) writer.half(offset);
  if (options.order === "last") {
    writeAddresses(writer, symbols, options);
    writeSequences();
  }
  return new KernelImage(startAddress, bytes);
}
