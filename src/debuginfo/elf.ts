/** 32-bit little-endian ELF files (System V ABI, chapters 4 and 5): sections, segments and symbols. */
import { inflateSync } from "node:zlib";
import { latin1 } from "../base/index.ts";
import { elfInvalid } from "./errors.ts";

export interface ElfSection {
  readonly name: string;
  /** See `SectionType`. */
  readonly type: number;
  /** SHF_WRITE 1, SHF_ALLOC 2, SHF_EXECINSTR 4. */
  readonly flags: number;
  /** Virtual; 0 for what is not loaded. */
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly link: number;
}

export interface ElfSegment {
  readonly type: number;
  readonly physicalAddress: number;
  readonly virtualAddress: number;
  readonly bytes: Uint8Array;
  readonly memorySizeBytes: number;
}

export interface ElfSymbol {
  readonly name: string;
  readonly address: number;
  /** See `SymbolType`. */
  readonly type: number;
  readonly isGlobal: boolean;
  /** STB_WEAK: global, and another one would be taken before it. */
  readonly isWeak: boolean;
  /** Index of the section it lies in; none has that of an absolute symbol. */
  readonly section: number;
}

export const SectionType = { symbols: 2, nobits: 8 } as const;
export const SymbolType = { object: 1, function: 2, section: 3, file: 4 } as const;

export const ET_EXEC = 2;
export const ET_CORE = 4;
export const PT_LOAD = 1;
export const PT_NOTE = 4;
const EM_ARM = 40;
const HEADER_BYTES = 52;
const SHF_COMPRESSED = 0x800;
const COMPRESSION_HEADER_BYTES = 12;
const ELFCOMPRESS_ZLIB = 1;
/** Of debug information; that of a kernel with everything built in is a third of it. */
const MAX_UNPACKED_BYTES = 1 << 30;
const SYMBOL_BYTES = 16;
const SHN_UNDEF = 0;
const STB_GLOBAL = 1;
const STB_WEAK = 2;
const MAX_ENTRIES = 0xffff;
/** Far above KSYM_NAME_LEN. */
const MAX_NAME_BYTES = 4096;

export const isElf = (file: Uint8Array): boolean =>
  file.length >= 4 && file[0] === 0x7f && file[1] === 0x45 && file[2] === 0x4c && file[3] === 0x46;

export class ElfFile {
  readonly type: number;
  private readonly file: Uint8Array;
  private readonly view: DataView;
  private read: readonly ElfSection[] | undefined;

  /** Throws `elf-invalid` for anything but a 32-bit little-endian ARM file. */
  constructor(file: Uint8Array) {
    this.file = file;
    this.view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    if (!isElf(file)) throw elfInvalid("an ELF file", "a file that does not begin with 0x7f ELF");
    if (file.length < HEADER_BYTES) throw elfInvalid(`a header of ${HEADER_BYTES} bytes`, `${file.length} bytes`);
    if (file[4] !== 1) throw elfInvalid("a 32-bit file", "a 64-bit one");
    if (file[5] !== 1) throw elfInvalid("a little-endian file", "a big-endian one");
    const machine = this.view.getUint16(18, true);
    if (machine !== EM_ARM) throw elfInvalid("a file for ARM (machine 40)", `one for machine ${machine}`);
    this.type = this.view.getUint16(16, true);
  }

  get segments(): readonly ElfSegment[] {
    const { view } = this;
    return this.table(28, 42, 44, 32, "program header").map((at) => ({
      type: view.getUint32(at, true),
      bytes: this.range(view.getUint32(at + 4, true), view.getUint32(at + 16, true), "a segment"),
      virtualAddress: view.getUint32(at + 8, true),
      physicalAddress: view.getUint32(at + 12, true),
      memorySizeBytes: view.getUint32(at + 20, true),
    }));
  }

  get sections(): readonly ElfSection[] {
    this.read ??= this.readSections();
    return this.read;
  }

  private readSections(): ElfSection[] {
    const { view } = this;
    let leftBytes = MAX_UNPACKED_BYTES;
    const headers = this.table(32, 46, 48, 40, "section header");
    const contents = headers.map((at) => {
      if (view.getUint32(at + 4, true) === SectionType.nobits) return new Uint8Array();
      const bytes = this.range(view.getUint32(at + 16, true), view.getUint32(at + 20, true), "a section");
      if ((view.getUint32(at + 8, true) & SHF_COMPRESSED) === 0) return bytes;
      const content = unpacked(bytes, leftBytes);
      leftBytes -= content.length;
      return content;
    });
    const names = contents[view.getUint16(50, true)] ?? new Uint8Array();
    return headers.map((at, index) => ({
      name: textAt(names, view.getUint32(at, true)),
      type: view.getUint32(at + 4, true),
      flags: view.getUint32(at + 8, true),
      address: view.getUint32(at + 12, true),
      link: view.getUint32(at + 24, true),
      bytes: contents[index],
    }));
  }

  /** Those of the symbol table, of which a file has one. */
  *symbols(): Generator<ElfSymbol> {
    const { sections } = this;
    for (const { bytes, link } of sections.filter(({ type }) => type === SectionType.symbols).slice(0, 1)) {
      const names = sections[link]?.bytes ?? new Uint8Array();
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let at = SYMBOL_BYTES; at + SYMBOL_BYTES <= bytes.length; at += SYMBOL_BYTES) {
        const name = textAt(names, view.getUint32(at, true));
        const info = bytes[at + 12];
        const section = view.getUint16(at + 14, true);
        if (name === "" || section === SHN_UNDEF) continue;
        const isGlobal = info >>> 4 === STB_GLOBAL;
        const isWeak = info >>> 4 === STB_WEAK;
        yield { name, address: view.getUint32(at + 4, true), type: info & 0xf, isGlobal, isWeak, section };
      }
    }
  }

  /** Offsets of the entries of a table, by where the file header says what of it. */
  private table(offsetAt: number, sizeAt: number, countAt: number, minBytes: number, what: string): number[] {
    const { view } = this;
    const start = view.getUint32(offsetAt, true);
    const size = view.getUint16(sizeAt, true);
    const count = view.getUint16(countAt, true);
    if (count === 0) return [];
    if (size < minBytes || count > MAX_ENTRIES || start + size * count > this.file.length) {
      throw elfInvalid(`${count} entries of the ${what} table`, "a file that ends before them");
    }
    return Array.from({ length: count }, (_, index) => start + index * size);
  }

  private range(offset: number, sizeBytes: number, what: string): Uint8Array {
    if (offset + sizeBytes > this.file.length) {
      throw elfInvalid(
        `${what} of ${sizeBytes} bytes at ${offset}`,
        `a file of ${this.file.length} bytes: it is truncated`,
      );
    }
    return this.file.subarray(offset, offset + sizeBytes);
  }
}

/** The content of a compressed section (gABI, "Section Compression"). */
function unpacked(bytes: Uint8Array, limitBytes: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isWhole = bytes.length >= COMPRESSION_HEADER_BYTES;
  const sizeBytes = isWhole ? view.getUint32(4, true) : 0;
  if (!isWhole || view.getUint32(0, true) !== ELFCOMPRESS_ZLIB || sizeBytes > limitBytes) {
    throw elfInvalid(
      "plain debug information, or such as zlib packed",
      "sections packed otherwise; unpack them with objcopy --decompress-debug-sections",
    );
  }
  try {
    return inflateSync(bytes.subarray(COMPRESSION_HEADER_BYTES), { maxOutputLength: Math.max(1, sizeBytes) });
  } catch (error) {
    throw elfInvalid("a compressed section", error instanceof Error ? error.message : String(error));
  }
}

/** Text up to a NUL, cut where no name is longer; empty beyond the end. */
export function textAt(bytes: Uint8Array, offset: number): string {
  const text = bytes.subarray(offset, offset + MAX_NAME_BYTES);
  const end = text.indexOf(0);
  return latin1(end < 0 ? text : text.subarray(0, end));
}
