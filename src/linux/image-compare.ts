/** The kernel's code and constants in memory held against the image that was booted, word by word. */
import type { AddressSpace } from "./address-space.ts";
import type { CodeChange } from "./code-patches.ts";
import type { KernelImage } from "./kernel-image.ts";

/** Differences that are looked at; a kernel patches a few thousand words of its own code. */
const MAX_CHANGES = 65_536;

export interface Comparison {
  readonly changes: readonly CodeChange[];
  /** Words that were compared. */
  readonly words: number;
  /** The first address that is not mapped, where the comparison ended. */
  readonly unmappedAt: number | undefined;
  /** There are more differences than were kept. */
  readonly isCut: boolean;
}

/** Compares from `start` to `end`, both inside the image. */
export function compareWithImage(space: AddressSpace, image: KernelImage, start: number, end: number): Comparison {
  const bytes = new Uint8Array((end - start) & ~3);
  const filled = space.readPrefix(start, bytes) & ~3;
  const words = new Uint32Array(bytes.buffer, 0, filled >>> 2);
  const first = (start - image.startAddress) >>> 2;
  const changes: CodeChange[] = [];
  let isCut = false;
  for (let index = 0; index < words.length; index++) {
    const before = image.words[first + index];
    if (words[index] === before) continue;
    if (changes.length >= MAX_CHANGES) {
      isCut = true;
      break;
    }
    changes.push({ address: start + index * 4, before, now: words[index] });
  }
  const unmappedAt = filled < bytes.length ? start + filled : undefined;
  return { changes, words: words.length, unmappedAt, isCut };
}
