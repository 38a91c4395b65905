/** Free memory of a synthetic kernel to lay structures out in, and a context whose offsets a test chooses. */
import type { AddressSpace, FieldName, KernelMap } from "../../src/linux/index.ts";
import { openKernel } from "../../src/linux/index.ts";
import { SyntheticKernel } from "./synthetic-kernel.ts";

const FREE = 0x3d8000;

export class Arena {
  readonly guest = new SyntheticKernel();
  readonly space: AddressSpace;
  readonly map: KernelMap;
  private next = this.guest.va(FREE);
  private readonly offsets: Partial<Record<FieldName, number>>;

  constructor(offsets: Partial<Record<FieldName, number>> = {}) {
    const kernel = openKernel(this.guest.source);
    this.space = kernel.space;
    this.map = kernel.map;
    this.offsets = offsets;
  }

  readonly offsetOf = (field: FieldName): number | undefined => this.offsets[field];

  /** Room for a structure, aligned to 256 bytes. */
  take(sizeBytes: number): number {
    const address = this.next;
    this.next += (sizeBytes + 0xff) & ~0xff;
    return address;
  }

  words(address: number, values: readonly number[]): number {
    for (const [index, value] of values.entries()) this.guest.word(address + index * 4, value >>> 0);
    return address;
  }

  text(address: number, text: string): number {
    this.guest.text(address - this.guest.pageOffset, text);
    return address;
  }
}
