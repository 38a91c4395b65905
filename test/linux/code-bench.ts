/** A few megabytes of kernel memory with a page table, symbols and code that a test writes word by word. */
import { AddressSpace } from "../../src/linux/address-space.ts";
import { proved, unknown } from "../../src/linux/fact.ts";
import { KernelImage } from "../../src/linux/kernel-image.ts";
import type { KernelMap } from "../../src/linux/kernel-map.ts";
import { KernelSymbols } from "../../src/linux/kernel-symbols.ts";
import { type KernelSymbol, symbolTableOf } from "../../src/linux/symbol-table.ts";
import { ImageSource } from "../../src/memory/index.ts";

const IMAGE_BYTES = 4 << 20;
const TABLE = 0x4000;
export const PAGE_OFFSET = 0xc0000000;
export const TEXT = 0xc0008000;
/** Where module pages come from, and the second-level table of their first megabyte. */
const MODULE_FRAMES = 0x300000;
const MODULE_TABLE = 0x2ff000;
export const MODULES = 0xbf000000;
/** Top of memory, for the vectors. */
const HIGH_TABLE = 0x2fe000;

export class CodeBench {
  readonly bytes = new Uint8Array(IMAGE_BYTES);
  readonly view = new DataView(this.bytes.buffer);
  readonly space: AddressSpace;
  readonly map: KernelMap = {
    tableAddress: TABLE,
    pageOffset: PAGE_OFFSET,
    physOffset: 0,
    textAddress: TEXT,
    modulesStart: MODULES,
    format: "v5",
  };
  readonly readCode = (address: number): number | undefined => this.space.readU32(address);
  private readonly defined: KernelSymbol[] = [];

  constructor() {
    for (let index = 0; index < IMAGE_BYTES >> 20; index++) {
      this.view.setUint32(TABLE + ((PAGE_OFFSET >>> 20) + index) * 4, (index << 20) | 0xc1e, true);
    }
    this.view.setUint32(TABLE + (MODULES >>> 20) * 4, MODULE_TABLE | 1, true);
    this.view.setUint32(TABLE + 0xfff * 4, HIGH_TABLE | 1, true);
    this.space = new AddressSpace(new ImageSource(this.bytes), TABLE, "v5");
    this.define("_stext", TEXT);
    this.define("_etext", TEXT + 0x40000, "T");
  }

  get symbols(): KernelSymbols {
    const kallsyms = proved(symbolTableOf("kallsyms", this.defined), "a test");
    return new KernelSymbols({ kallsyms, exports: unknown("a test") });
  }

  /** What was booted: the memory as it is now, from the start of the kernel on. */
  image(sizeBytes = 0x80000): KernelImage {
    return new KernelImage(TEXT, this.bytes.slice(TEXT - PAGE_OFFSET, TEXT - PAGE_OFFSET + sizeBytes));
  }

  define(name: string, address: number, type = "T"): void {
    this.defined.push({ address, type, name });
  }

  /** Writes words at a kernel address, or at one of a mapped module page. */
  words(address: number, ...values: readonly number[]): void {
    for (const [index, value] of values.entries()) {
      const physical = this.space.translate(address + index * 4);
      if (physical === undefined) throw new Error(`${address.toString(16)} is not mapped`);
      this.view.setUint32(physical, value >>> 0, true);
    }
  }

  text(address: number, text: string): void {
    const physical = this.space.translate(address);
    if (physical === undefined) throw new Error(`${address.toString(16)} is not mapped`);
    this.bytes.set(Buffer.from(`${text}\0`, "latin1"), physical);
  }

  /** Maps pages in the modules' range. */
  mapModulePages(address: number, count = 1): void {
    for (let page = 0; page < count; page++) {
      const index = ((address - MODULES) >>> 12) + page;
      this.view.setUint32(MODULE_TABLE + index * 4, (MODULE_FRAMES + index * 4096) | 0xffe, true);
    }
  }

  /** Maps the two pages of the vectors to `frame` and the one behind it. */
  mapVectors(frame: number): void {
    this.view.setUint32(HIGH_TABLE + 0xf0 * 4, frame | 0xffe, true);
    this.view.setUint32(HIGH_TABLE + 0xf1 * 4, (frame + 4096) | 0xffe, true);
  }

  /** An empty ring at `head`. */
  ring(head: number, ...elements: readonly number[]): void {
    const all = [head, ...elements];
    for (const [index, element] of all.entries()) {
      const next = all[(index + 1) % all.length];
      this.words(element, next);
      this.words(next + 4, element);
    }
  }

  /** A loaded module: structure, list and name. */
  module(address: number, name: string, state = 0): void {
    this.words(address, state);
    this.text(address + 12, name);
  }
}

/** `b` or, with `link`, `bl` to `target`. */
export const branch = (at: number, target: number, link = false): number =>
  ((link ? 0xeb000000 : 0xea000000) | (((target - at - 8) >> 2) & 0xffffff)) >>> 0;

/** `ldr rX, [pc, #...]` of the literal at `literal`. */
export const loadLiteral = (at: number, register: number, literal: number): number =>
  (0xe59f0000 | (register << 12) | (literal - at - 8)) >>> 0;

export const RETURN = 0xe1a0f00e;
