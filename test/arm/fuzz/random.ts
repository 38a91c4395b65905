/** Seeded random numbers (xorshift32), the same on every machine. */

export interface Random {
  /** 0 .. 2^32 - 1. */
  word(): number;
  /** 0 .. `limit` - 1. */
  below(limit: number): number;
  /** True once in `times`. */
  oneIn(times: number): boolean;
  pick<T>(choices: readonly T[]): T;
}

/** Mixes two numbers so that neighbouring seeds give unrelated sequences (the finalizer of MurmurHash3). */
export function mixSeeds(a: number, b: number): number {
  let h = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x27d4eb2f);
  return (h ^ (h >>> 15)) >>> 0;
}

export function makeRandom(seed: number): Random {
  let state = seed === 0 ? 1 : seed | 0;
  const word = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const below = (limit: number) => Math.floor((word() / 0x1_0000_0000) * limit);
  return { word, below, oneIn: (times) => below(times) === 0, pick: (choices) => choices[below(choices.length)] };
}
