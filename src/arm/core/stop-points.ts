/**
 * Where a debugger stops the core: places of instructions and watched ranges of data, by virtual address.
 *
 * They are beside the guest, not in it: no byte of its memory, no debug register and no page table entry changes. A stop
 * comes before the instruction, and an access that would touch a watched range is withheld as one that aborts is, so that
 * the instruction has had no effect.
 */
import { CAN_READ, CAN_WRITE } from "./mmu.ts";

/** Which accesses stop. */
export const WatchKind = { write: CAN_WRITE, read: CAN_READ, access: CAN_READ | CAN_WRITE } as const;
export type WatchKind = (typeof WatchKind)[keyof typeof WatchKind];

export interface WatchedRange {
  readonly kind: WatchKind;
  /** Unsigned; the range may not wrap around. */
  readonly address: number;
  readonly sizeBytes: number;
}

export interface StopHit {
  /** Of the instruction, in instructions since power-on of the core. */
  readonly instruction: number;
  /** What an access would have touched; without it a place was reached. */
  readonly watch?: WatchedRange;
}

const FILTER_SIZE = 65_536;
const filterIndex = (pc: number): number => (pc >>> 1) & (FILTER_SIZE - 1);

export class StopPoints {
  /** The instruction that a place does not stop, and that whose accesses are not withheld: a stop was there. -1 for none. */
  passedPlace = -1;
  passedWatch = -1;
  /** Set at a stop; the owner takes it back before the core goes on. */
  hit: StopHit | undefined;
  private readonly places = new Set<number>();
  /** By the low bits of an address: 0 where no place is, which a core asks at every instruction. */
  private readonly filter = new Uint8Array(FILTER_SIZE);
  private ranges: WatchedRange[] = [];

  get hasPlaces(): boolean {
    return this.places.size > 0;
  }

  get isEmpty(): boolean {
    return this.places.size === 0 && this.ranges.length === 0;
  }

  addPlace(address: number): void {
    this.places.add(address | 0);
    this.filter[filterIndex(address)] = 1;
  }

  removePlace(address: number): void {
    this.places.delete(address | 0);
    this.filter.fill(0);
    for (const place of this.places) this.filter[filterIndex(place)] = 1;
  }

  watch(range: WatchedRange): void {
    this.ranges.push(range);
  }

  /** Takes one equal range back. */
  unwatch({ kind, address, sizeBytes }: WatchedRange): void {
    const index = this.ranges.findIndex((r) => r.kind === kind && r.address === address && r.sizeBytes === sizeBytes);
    if (index >= 0) this.ranges.splice(index, 1);
  }

  clear(): void {
    this.places.clear();
    this.filter.fill(0);
    this.ranges = [];
    this.forgetStop();
  }

  /** Nothing was stopped at before. */
  forgetStop(): void {
    this.hit = undefined;
    this.passedPlace = -1;
    this.passedWatch = -1;
  }

  /** Takes the hit back, so that the core goes on past it; answers it. */
  pass(): StopHit | undefined {
    const { hit } = this;
    if (hit === undefined) return undefined;
    this.hit = undefined;
    this.passedPlace = hit.instruction;
    if (hit.watch !== undefined) this.passedWatch = hit.instruction;
    return hit;
  }

  /** True, and noted, when the instruction is to be stopped before. */
  stopsAt(pc: number, instruction: number): boolean {
    if (this.filter[filterIndex(pc)] === 0 || !this.places.has(pc) || instruction === this.passedPlace) return false;
    this.hit = { instruction };
    return true;
  }

  /** Accesses to the page come to `withholds`, so the TLB must not answer them. */
  watchesPage(va: number): boolean {
    if (this.ranges.length === 0) return false;
    const page = (va & ~0xfff) >>> 0;
    return this.ranges.some((r) => r.address < page + 0x1000 && r.address + r.sizeBytes > page);
  }

  /** True, and noted, when the access of an instruction is not to happen. */
  withholds(va: number, sizeBytes: number, access: { need: number; instruction: number }): boolean {
    if (this.ranges.length === 0 || access.instruction === this.passedWatch) return false;
    const first = va >>> 0;
    const watch = this.ranges.find(
      (r) => (r.kind & access.need) !== 0 && r.address < first + sizeBytes && r.address + r.sizeBytes > first,
    );
    if (watch === undefined) return false;
    this.hit = { instruction: access.instruction, watch };
    return true;
  }
}
