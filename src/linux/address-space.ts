/** Guest virtual memory: typed, bounded reads in which every address is translated by the guest's own page tables. */
import { latin1 } from "../base/index.ts";
import type { PhysicalSource } from "../memory/index.ts";
import type { DescriptorFormat } from "./page-table.ts";
import { mappedAlikeBytes, TRANSLATION_GRANULE_BYTES, UNMAPPED, walkPageTable } from "./page-table.ts";

const roomInGranule = (address: number): number =>
  TRANSLATION_GRANULE_BYTES - (address & (TRANSLATION_GRANULE_BYTES - 1));

/** Reads never throw and never change the guest; what is not mapped reads as `undefined`. */
export class AddressSpace {
  readonly memory: PhysicalSource;
  /** Physical address of the first-level table. */
  readonly tableAddress: number;
  readonly format: DescriptorFormat;
  /** Translated loads since the object was made: the cost of a check. */
  loads = 0;
  private readonly scratch = new Uint8Array(4);

  constructor(memory: PhysicalSource, tableAddress: number, format: DescriptorFormat) {
    this.memory = memory;
    this.tableAddress = tableAddress;
    this.format = format;
  }

  /** The physical address behind `va`, or `undefined`. */
  translate(va: number): number | undefined {
    const physical = walkPageTable(this.memory, this.tableAddress, va >>> 0, this.format);
    return physical === UNMAPPED ? undefined : physical;
  }

  readU32(va: number): number | undefined {
    if ((va & 3) === 0) {
      this.loads++;
      const physical = walkPageTable(this.memory, this.tableAddress, va >>> 0, this.format);
      return physical === UNMAPPED ? undefined : this.memory.readU32(physical);
    }
    const { scratch } = this;
    if (!this.read(va, scratch)) return undefined;
    return (scratch[0] | (scratch[1] << 8) | (scratch[2] << 16) | (scratch[3] << 24)) >>> 0;
  }

  /** Fills `target` from `va` on; false, with `target` undefined, when any byte is not mapped or the address wraps. */
  read(va: number, target: Uint8Array): boolean {
    return this.readPrefix(va, target) === target.length;
  }

  /** Fills `target` as far as memory is mapped without a gap and says how many bytes that were. */
  readPrefix(va: number, target: Uint8Array): number {
    const start = va >>> 0;
    let done = 0;
    while (done < target.length) {
      const { physical, sizeBytes } = this.runAt(start + done, target.length - done);
      if (sizeBytes === 0) return done;
      const part = target.subarray(done, done + sizeBytes);
      const readBytes = this.memory.read(physical, part) ? sizeBytes : this.readGranules(physical, part);
      done += readBytes;
      if (readBytes < sizeBytes) return done;
    }
    return done;
  }

  /**
   * What `readPrefix` would fill from `va` on, at most `limitBytes`: the memory itself where that is one piece, which is not to
   * be kept, else a copy.
   */
  viewPrefix(va: number, limitBytes: number): Uint8Array {
    const start = va >>> 0;
    const { physical, sizeBytes } = this.runAt(start, limitBytes);
    const isAll = sizeBytes === limitBytes || this.translate(start + sizeBytes) === undefined;
    const view = isAll && sizeBytes > 0 ? this.memory.view?.(physical, sizeBytes) : undefined;
    if (view !== undefined) return view;
    const bytes = new Uint8Array(limitBytes);
    return bytes.subarray(0, this.readPrefix(va, bytes));
  }

  /** The physical memory in one piece behind `va`, at most `limitBytes` of it; no bytes where nothing is mapped. */
  private runAt(va: number, limitBytes: number): { physical: number; sizeBytes: number } {
    let physical = UNMAPPED;
    let sizeBytes = 0;
    while (sizeBytes < limitBytes) {
      const at = va + sizeBytes;
      if (at > 0xffffffff) break;
      this.loads++;
      const here = walkPageTable(this.memory, this.tableAddress, at, this.format);
      if (sizeBytes === 0) physical = here;
      if (here === UNMAPPED || here !== physical + sizeBytes) break;
      sizeBytes += mappedAlikeBytes(this.memory, this.tableAddress, at);
    }
    return { physical, sizeBytes: Math.min(sizeBytes, limitBytes) };
  }

  /** Memory ends within the run, or goes on in another piece: reads what there is. */
  private readGranules(physical: number, target: Uint8Array): number {
    for (let done = 0; ; ) {
      const sizeBytes = Math.min(roomInGranule(physical + done), target.length - done);
      if (sizeBytes === 0 || !this.memory.read(physical + done, target.subarray(done, done + sizeBytes))) return done;
      done += sizeBytes;
    }
  }

  /** `sizeBytes` bytes from `va` on, or `undefined` when any of them is not mapped. */
  readBytes(va: number, sizeBytes: number): Uint8Array | undefined {
    const bytes = new Uint8Array(sizeBytes);
    return this.read(va, bytes) ? bytes : undefined;
  }

  /** Text up to a NUL within `maxBytes`, one character a byte; `undefined` when it is not mapped or has no end. */
  readCString(va: number, maxBytes: number): string | undefined {
    const bytes = new Uint8Array(maxBytes);
    const filled = this.readPrefix(va, bytes);
    const end = bytes.subarray(0, filled).indexOf(0);
    return end < 0 ? undefined : latin1(bytes.subarray(0, end));
  }
}
