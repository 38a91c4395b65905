/** One bit for each page of an address range; the ground of host RAM banks and of the hypervisor's virtual pool. */
import { assert } from "../base/index.ts";

/** Eight frames of it. */
const ALL_USED = 0xff;

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
    return this.firstUsed(first, count) < 0;
  }

  /** The lowest free run of `count` frames that starts at a multiple of `alignment` after adding `origin`, or -1. */
  findRun(count: number, alignment: number, origin: number): number {
    let first = (alignment - (origin % alignment)) % alignment;
    while (first + count <= this.frameCount) {
      const used = this.firstUsed(first, count);
      if (used < 0) return first;
      const next = used + 1;
      const over = (next + origin) % alignment;
      first = over === 0 ? next : next + alignment - over;
    }
    return -1;
  }

  take(first: number, count: number): void {
    assert(this.isRunFree(first, count), `frames ${first}+${count} are free`);
    this.mark(first, count, true);
    this.used += count;
  }

  release(first: number, count: number): void {
    let frame = first;
    while (frame < first + count && this.isUsed(frame)) frame++;
    assert(frame === first + count, `frame ${frame} is in use`);
    this.mark(first, count, false);
    this.used -= count;
  }

  /** The first frame of a run that is in use, or -1. */
  private firstUsed(first: number, count: number): number {
    for (let frame = first; frame < first + count; ) {
      if ((frame & 7) === 0 && this.words[frame >> 3] === 0) frame += 8;
      else if (this.isUsed(frame)) return frame;
      else frame++;
    }
    return -1;
  }

  private mark(first: number, count: number, isUsed: boolean): void {
    const whole = isUsed ? ALL_USED : 0;
    for (let frame = first; frame < first + count; ) {
      if ((frame & 7) === 0 && frame + 8 <= first + count) {
        this.words[frame >> 3] = whole;
        frame += 8;
        continue;
      }
      const bit = 1 << (frame & 7);
      if (isUsed) this.words[frame >> 3] |= bit;
      else this.words[frame >> 3] &= ~bit;
      frame++;
    }
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
