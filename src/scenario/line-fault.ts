/**
 * A serial line that drops characters or changes them. Which ones depends on a seed and on the characters that pass
 * alone, so that a run that is repeated loses the same ones.
 */

export interface LineFaultSpec {
  readonly kind: "drop" | "noise";
  /** Share of the characters that are hit: above 0, at most 1. */
  readonly rate: number;
  /** Which way they travel. */
  readonly toward: "guest" | "host";
  readonly seed: number;
}

/** mulberry32: 32 bits of state, a full period; numbers from 0 to below 1. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A seed out of a text, for runs that are to be the same every time: FNV-1a. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, "utf8")) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** What a line makes of each character: another one, or none. */
export function lineFault({ kind, rate, seed }: LineFaultSpec): (byte: number) => number | undefined {
  const random = randomNumbers(seed);
  return (byte) => {
    if (random() >= rate) return byte;
    if (kind === "drop") return undefined;
    // One bit of the eight is read wrongly.
    return byte ^ (1 << Math.floor(random() * 8));
  };
}
