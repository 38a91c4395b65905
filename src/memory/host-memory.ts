/**
 * The one `WebAssembly.Memory` that holds CPU state, TLB and the host board's RAM, and the typed arrays over it.
 *
 * Compiled code addresses all three with constants, so the layout is fixed: the engine area first, RAM behind it.
 */
import { assert } from "../base/index.ts";
import { memoryOf } from "./early-memory.ts";
import { hostMemoryShort } from "./errors.ts";

/** Byte offset of the CPU state block. */
export const CPU_STATE_OFFSET = 0x1000;
/** Byte offset of the counts of executions by instruction row that compiled code keeps where it was asked to. */
export const ROW_COUNTS_OFFSET = 0x4000;
/** Byte offset of the compiler's jump caches. */
export const JUMP_CACHE_OFFSET = 0x40000;
/** Byte offset of what is counted of each compiled region where a profile is kept. */
export const REGION_COUNTS_OFFSET = 0xc0000;
/** Byte offset of the counts of jumps to places. */
export const HEAT_OFFSET = 0x100000;
/** Byte offset of the words that say for each frame of this memory where the records of its instructions lie. */
export const FRAME_RECORDS_OFFSET = 0x200000;
/** Byte offset of the TLB banks. */
export const TLB_OFFSET = 0x400000;
/** Byte offset of the records of the template interpreter. */
export const RECORDS_OFFSET = 0x800000;
/** Byte offset of host-physical address `ramStart`; everything below belongs to the engine. */
export const RAM_OFFSET = 0x3000000;

export const PAGE_SIZE = 4096;
export const PAGE_SHIFT = 12;

const WASM_PAGE_SIZE = 65536;
/** Byte offsets are signed words everywhere. */
export const MAX_RAM_SIZE_BYTES = 2 ** 31 - RAM_OFFSET;

/** Throws `host-memory-short` where the machine that we run on has no room for it. */
function reserve(pages: number, ramSizeBytes: number): WebAssembly.Memory {
  try {
    return memoryOf(pages);
  } catch (error) {
    throw hostMemoryShort(ramSizeBytes, error);
  }
}

export class HostMemory {
  readonly memory: WebAssembly.Memory;
  readonly ramSizeBytes: number;
  /** Views of the whole memory; an index is a byte offset divided by the element size. */
  readonly u8: Uint8Array;
  readonly i8: Int8Array;
  readonly u16: Uint16Array;
  readonly i16: Int16Array;
  readonly i32: Int32Array;

  constructor(ramSizeBytes: number) {
    assert(ramSizeBytes % WASM_PAGE_SIZE === 0, `RAM size ${ramSizeBytes} is a multiple of 64 KiB`);
    assert(ramSizeBytes <= MAX_RAM_SIZE_BYTES, `RAM size ${ramSizeBytes} is at most ${MAX_RAM_SIZE_BYTES}`);
    const pages = (RAM_OFFSET + ramSizeBytes) / WASM_PAGE_SIZE;
    const frames = (RAM_OFFSET + ramSizeBytes) >>> PAGE_SHIFT;
    assert(FRAME_RECORDS_OFFSET + frames * 4 <= TLB_OFFSET, `RAM size ${ramSizeBytes} has a word for each frame`);
    this.memory = reserve(pages, ramSizeBytes);
    this.ramSizeBytes = ramSizeBytes;
    const { buffer } = this.memory;
    this.u8 = new Uint8Array(buffer);
    this.i8 = new Int8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.i16 = new Int16Array(buffer);
    this.i32 = new Int32Array(buffer);
  }

  /** The board's RAM, host-physical order. */
  ram(): Uint8Array {
    return this.u8.subarray(RAM_OFFSET, RAM_OFFSET + this.ramSizeBytes);
  }
}
