/** One bit for each page of an address range; the ground of host RAM banks and of the hypervisor's virtual pool. */
import { assert } from "../base/index.ts";

/** Frames of one word of bits. */
const WORD_FRAMES = 32;
const ALL_FREE = 0;
const ALL_USED = -1;

export class FrameBitmap {
  readonly frameCount: number;
  private readonly words: Int32Array;
  private used = 0;

  constructor(frameCount: number) {
    this.frameCount = frameCount;
    this.words = new Int32Array(Math.ceil(frameCount / WORD_FRAMES));
  }

  get freeCount(): number {
    return this.frameCount - this.used;
  }

  isUsed(frame: number): boolean {
    return (this.words[frame >> 5] & (1 << (frame & 31))) !== 0;
  }

  /** True when the whole run lies inside the range and is free. */
  isRunFree(first: number, count: number): boolean {
    if (first < 0 || count < 0 || first + count > this.frameCount) return false;
    return this.firstThatIs(true, first, count) < 0;
  }

  /** The lowest free run of `count` frames that starts at a multiple of `alignment` after adding `origin`, or -1. */
  findRun(count: number, alignment: number, origin: number): number {
    let first = (alignment - (origin % alignment)) % alignment;
    while (first + count <= this.frameCount) {
      const used = this.firstThatIs(true, first, count);
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
    const free = this.firstThatIs(false, first, count);
    assert(free < 0, `frame ${free} is in use`);
    this.mark(first, count, false);
    this.used -= count;
  }

  /** The first frame of a run that is in use, or that is not, or -1. */
  private firstThatIs(isUsed: boolean, first: number, count: number): number {
    const { words } = this;
    const others = isUsed ? ALL_FREE : ALL_USED;
    for (let frame = first; frame < first + count; ) {
      if ((frame & 31) === 0 && words[frame >> 5] === others) frame += WORD_FRAMES;
      else if (this.isUsed(frame) === isUsed) return frame;
      else frame++;
    }
    return -1;
  }

  private mark(first: number, count: number, isUsed: boolean): void {
    const { words } = this;
    for (let frame = first; frame < first + count; ) {
      if ((frame & 31) === 0 && frame + WORD_FRAMES <= first + count) {
        words[frame >> 5] = isUsed ? ALL_USED : ALL_FREE;
        frame += WORD_FRAMES;
        continue;
      }
      const bit = 1 << (frame & 31);
      if (isUsed) words[frame >> 5] |= bit;
      else words[frame >> 5] &= ~bit;
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
