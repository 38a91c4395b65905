/** One bit for each page of an address range; the ground of host RAM banks and of the hypervisor's virtual pool. */
import { assert } from "../base/index.ts";

export class FrameBitmap {
  readonly frameCount: number;
  private readonly words: Uint8Array;
  private used = 0;

  constructor(frameCount: number) {
    this.frameCount = frameCount;
    this.words = new Uint8Array(Math.ceil(frameCount / 8));
  }

  get freeCount(): number {
    return this.frameCount - this.used;
  }

  isUsed(frame: number): boolean {
    return (this.words[frame >> 3] & (1 << (frame & 7))) !== 0;
  }

  /** True when the whole run lies inside the range and is free. */
  isRunFree(first: number, count: number): boolean {
    if (first < 0 || count < 0 || first + count > this.frameCount) return false;
    for (let frame = first; frame < first + count; frame++) if (this.isUsed(frame)) return false;
    return true;
  }

  /** The lowest free run of `count` frames that starts at a multiple of `alignment` after adding `origin`, or -1. */
  findRun(count: number, alignment: number, origin: number): number {
    let first = (alignment - (origin % alignment)) % alignment;
    while (first + count <= this.frameCount) {
      let length = 0;
      while (length < count && !this.isUsed(first + length)) length++;
      if (length === count) return first;
      const next = first + length + 1;
      const over = (next + origin) % alignment;
      first = over === 0 ? next : next + alignment - over;
    }
    return -1;
  }

  take(first: number, count: number): void {
    assert(this.isRunFree(first, count), `frames ${first}+${count} are free`);
    for (let frame = first; frame < first + count; frame++) this.words[frame >> 3] |= 1 << (frame & 7);
    this.used += count;
  }

  release(first: number, count: number): void {
    for (let frame = first; frame < first + count; frame++) {
      assert(this.isUsed(frame), `frame ${frame} is in use`);
      this.words[frame >> 3] &= ~(1 << (frame & 7));
    }
    this.used -= count;
  }

  /** `1` for a used frame, `0` for a free one, in order. */
  text(first: number, count: number): string {
    let text = "";
    for (let frame = first; frame < Math.min(first + count, this.frameCount); frame++) {
      text += this.isUsed(frame) ? "1" : "0";
    }
    return text;
  }
}
