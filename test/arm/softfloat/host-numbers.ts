/** Words and host numbers of tests: what a bit pattern means, and random patterns of every kind. */
import { makeRandom, mixSeeds } from "../fuzz/random.ts";
import { doubleWords, singleWord } from "../fuzz/vfp-values.ts";

const view = new DataView(new ArrayBuffer(8));

export const singleOf = (word: number): number => {
  view.setUint32(0, word >>> 0);
  return view.getFloat32(0);
};

export const wordOfSingle = (x: number): number => {
  view.setFloat32(0, x);
  return view.getUint32(0);
};

export const doubleOf = (high: number, low: number): number => {
  view.setUint32(0, high >>> 0);
  view.setUint32(4, low >>> 0);
  return view.getFloat64(0);
};

export const wordsOfDouble = (x: number): [high: number, low: number] => {
  view.setFloat64(0, x);
  return [view.getUint32(0), view.getUint32(4)];
};

/** `count` pairs of singles. */
export function singlePairs(seed: number, count: number): [number, number][] {
  return Array.from({ length: count }, (_, number) => {
    const random = makeRandom(mixSeeds(seed, number));
    const style = { random, center: random.below(200) - 100 };
    return [singleWord(style), singleWord(style)];
  });
}

/** `count` pairs of doubles. */
export function doublePairs(seed: number, count: number): [[number, number], [number, number]][] {
  return Array.from({ length: count }, (_, number) => {
    const random = makeRandom(mixSeeds(seed, number));
    const style = { random, center: random.below(1600) - 800 };
    return [doubleWords(style), doubleWords(style)];
  });
}
