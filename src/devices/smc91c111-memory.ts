/** Packet memory of a LAN91C111: four pages of 2 KiB, handed out by the MMU; SMSC LAN91C111 data sheet, "MMU block". */
import type { State, Stateful } from "../base/index.ts";
import { StateReader } from "./state-reader.ts";

export const PAGE_COUNT = 4;
export const PAGE_SIZE_BYTES = 2048;

export class PacketMemory implements Stateful {
  private readonly data = new Uint8Array(PAGE_COUNT * PAGE_SIZE_BYTES);
  /** A bit for each page in use. */
  private allocated = 0;

  reset(): void {
    this.allocated = 0;
  }

  get freeCount(): number {
    let free = 0;
    for (let page = 0; page < PAGE_COUNT; page++) if (!this.isAllocated(page)) free++;
    return free;
  }

  isAllocated(page: number): boolean {
    return page < PAGE_COUNT && (this.allocated & (1 << page)) !== 0;
  }

  /** The lowest free page, or `undefined`. */
  allocate(): number | undefined {
    for (let page = 0; page < PAGE_COUNT; page++) {
      if (this.isAllocated(page)) continue;
      this.allocated |= 1 << page;
      return page;
    }
    return undefined;
  }

  free(page: number): void {
    if (page < PAGE_COUNT) this.allocated &= ~(1 << page);
  }

  /** Zero for pages that do not exist. */
  readByte(page: number, offset: number): number {
    return page < PAGE_COUNT ? this.data[page * PAGE_SIZE_BYTES + (offset % PAGE_SIZE_BYTES)] : 0;
  }

  writeByte(page: number, offset: number, value: number): void {
    if (page < PAGE_COUNT) this.data[page * PAGE_SIZE_BYTES + (offset % PAGE_SIZE_BYTES)] = value;
  }

  save(): State {
    return { data: this.data.slice(), allocated: this.allocated };
  }

  restore(state: State): void {
    const reader = new StateReader(state, "packet memory");
    this.data.set(reader.bytes("data", this.data.length));
    this.allocated = reader.number("allocated", 0, (1 << PAGE_COUNT) - 1);
  }
}
