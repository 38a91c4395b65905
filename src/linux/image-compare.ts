/** The kernel's code and constants in memory held against the image that was booted, word by word. */
import type { AddressSpace } from "./address-space.ts";
import type { ReadWord } from "./arm-code.ts";
import type { CodeChange } from "./code-patches.ts";
import type { KernelImage } from "./kernel-image.ts";
import type { KernelSymbols } from "./kernel-symbols.ts";
import { literalsOf } from "./literals.ts";

/** More than any kernel's `.init` sections have. */
const MAX_INIT = 16 << 20;
/** Differences that are looked at; a kernel patches a few thousand words of its own code. */
const MAX_CHANGES = 1 << 20;

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

/**
 * The part of the image that is thrown away after the boot, from the code that does it: `free_initmem` has both ends as
 * constants around `_sinittext` and `_einittext`.
 */
export function initRange(symbols: KernelSymbols, readCode: ReadWord): { start: number; end: number } | undefined {
  const textStart = symbols.find("_sinittext");
  const textEnd = symbols.find("_einittext");
  if (textStart === undefined || textEnd === undefined) return undefined;
  const literals = literalsOf("free_initmem", symbols, readCode).filter((literal) => (literal & 0xfff) === 0);
  const start = Math.max(0, ...literals.filter((literal) => literal <= textStart && literal > textStart - MAX_INIT));
  const end = Math.min(...literals.filter((literal) => literal >= textEnd && literal < textEnd + MAX_INIT));
  return start === 0 || end === Number.POSITIVE_INFINITY ? undefined : { start, end };
}
