/**
 * The exception vectors, their stubs and the user helpers: copies that the kernel made at boot of code in its image
 * (arch/arm/kernel/traps.c early_trap_init, entry-armv.S), found there by their shape.
 */
import type { AddressSpace } from "./address-space.ts";
import type { KernelImage } from "./kernel-image.ts";

export const HIGH_VECTORS = 0xffff0000;
const PAGE_BYTES = 4096;
const VECTOR_WORDS = 8;
/** What the rest of the page is filled with: undefined in ARM and Thumb state. */
const POISON = 0xe7fddef1;
const BRANCH_MASK = 0xff000000;
const BRANCH = 0xea000000;
/** `ldr pc, [pc, #imm]`: the system call vector. */
const LDR_PC_MASK = 0xfffff000;
const LDR_PC = 0xe59ff000;
const SWI_VECTOR = 2;
/** Within the last page below the stubs: `__kuser_get_tls`'s first word and the TLS value are set at run time. */
const GET_TLS = 0xfe0;
const TLS_VALUE = 0xff0;
const TLS_END = 0xffc;
const KUSER_CMPXCHG = 0xfc0;
const KUSER_VERSION = 0xffc;
/** `mrc p15, 0, r0, c13, c0, 3`: the TLS value in hardware. */
const HARDWARE_TLS = 0xee1d0f70;

export interface VectorChange {
  readonly what: "vector" | "filling" | "stub" | "helper";
  readonly address: number;
  /** What the boot image has; `undefined` where nothing should be but the filling. */
  readonly before: number;
  readonly now: number;
}

export interface VectorPages {
  readonly vectors: Uint32Array;
  readonly stubs: Uint32Array;
}

export function readVectorPages(space: AddressSpace, base: number): VectorPages | undefined {
  const bytes = space.readBytes(base, PAGE_BYTES);
  const stubs = space.readBytes(base + PAGE_BYTES, PAGE_BYTES);
  if (bytes === undefined || stubs === undefined) return undefined;
  return { vectors: new Uint32Array(bytes.buffer), stubs: new Uint32Array(stubs.buffer) };
}

const isVectorTable = (words: Uint32Array, at: number): boolean => {
  for (let index = 0; index < VECTOR_WORDS; index++) {
    const word = words[at + index];
    const fits = index === SWI_VECTOR ? (word & LDR_PC_MASK) >>> 0 === LDR_PC : (word & BRANCH_MASK) >>> 0 === BRANCH;
    if (!fits) return false;
  }
  return true;
};

/** Word offsets of every vector table in the image: one, and one for each mitigation of branch history attacks. */
export function vectorTables({ words }: KernelImage): number[] {
  const found: number[] = [];
  for (let at = 0; at + VECTOR_WORDS <= words.length; at++) if (isVectorTable(words, at)) found.push(at);
  return found;
}

/** Word offset of the stubs: they begin with the address of `vector_swi` and code follows. */
function findStubs({ words }: KernelImage, vectorSwi: number, stubs: Uint32Array): number | undefined {
  let best: { at: number; equal: number } | undefined;
  for (let at = words.indexOf(vectorSwi); at >= 0; at = words.indexOf(vectorSwi, at + 1)) {
    let equal = 0;
    for (let index = 0; index < 64; index++) if (words[at + index] === stubs[index]) equal++;
    if (best === undefined || equal > best.equal) best = { at, equal };
  }
  return best?.at;
}

/** The table whose words differ least from those in memory. */
function compareTable(image: KernelImage, base: number, vectors: Uint32Array): VectorChange[] | undefined {
  let best: VectorChange[] | undefined;
  for (const table of vectorTables(image)) {
    const changes: VectorChange[] = [];
    for (let index = 0; index < VECTOR_WORDS; index++) {
      const before = image.words[table + index];
      const now = vectors[index];
      if (before !== now) changes.push({ what: "vector", address: base + index * 4, before, now });
    }
    if (best === undefined || changes.length < best.length) best = changes;
  }
  return best;
}

function compareStubs(image: KernelImage, base: number, vectorSwi: number, stubs: Uint32Array): VectorChange[] {
  const start = findStubs(image, vectorSwi, stubs);
  if (start === undefined) return [];
  let end = stubs.length;
  while (end > 0 && stubs[end - 1] === 0) end--;
  const changes: VectorChange[] = [];
  for (let index = 0; index < end; index++) {
    const [before, now] = [image.words[start + index] ?? 0, stubs[index]];
    if (before !== now) changes.push({ what: "stub", address: base + PAGE_BYTES + index * 4, before, now });
  }
  return changes;
}

/** Word offset in the image of the byte behind the user helpers. */
function findHelpersEnd({ words }: KernelImage, vectors: Uint32Array): number | undefined {
  const [cmpxchg, version] = [KUSER_CMPXCHG >> 2, KUSER_VERSION >> 2];
  for (let at = words.indexOf(vectors[version]); at >= 0; at = words.indexOf(vectors[version], at + 1)) {
    const start = at - (version - cmpxchg);
    if (start < 0) continue;
    let equal = 0;
    for (let index = 0; index < VECTOR_WORDS; index++) if (words[start + index] === vectors[cmpxchg + index]) equal++;
    if (equal >= VECTOR_WORDS - 1) return at + 1;
  }
  return undefined;
}

/** The helpers at the end of the page, and the filling between them and the vectors. */
function compareHelpers(image: KernelImage, base: number, vectors: Uint32Array): VectorChange[] {
  const end = findHelpersEnd(image, vectors);
  let first = VECTOR_WORDS;
  while (first < vectors.length && vectors[first] === POISON) first++;
  if (first === vectors.length) return [];
  const changes: VectorChange[] = [];
  for (let index = first; index < vectors.length; index++) {
    const before = end === undefined ? POISON : image.words[end - (vectors.length - index)];
    const [at, now] = [index * 4, vectors[index]];
    if (before === now || (at >= TLS_VALUE && at < TLS_END) || (at === GET_TLS && now === HARDWARE_TLS)) continue;
    changes.push({ what: end === undefined ? "filling" : "helper", address: base + at, before, now });
  }
  return changes;
}

/** All that differs from the boot image in the two pages at `base`; `undefined` when the image has no vectors. */
export function compareVectors(
  image: KernelImage,
  base: number,
  vectorSwi: number,
  { vectors, stubs }: VectorPages,
): VectorChange[] | undefined {
  const table = compareTable(image, base, vectors);
  if (table === undefined) return undefined;
  return [...table, ...compareStubs(image, base, vectorSwi, stubs), ...compareHelpers(image, base, vectors)];
}
