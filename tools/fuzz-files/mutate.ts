/** Random damage to a file, the same for the same seed: what discs, editors, transfers and enemies do to one. */
import { randomNumbers } from "../../src/scenario/index.ts";

const WORDS = [
  "",
  "-1",
  "0",
  "null",
  "true",
  "[]",
  "{}",
  '""',
  "1e999",
  "NaN",
  "4294967296",
  "../..",
  "\\u0000",
  "&a *a",
  "!!js",
  "- - -",
  "__proto__",
];

export class Mutator {
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = randomNumbers(seed);
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  /** One to three damages; never the same bytes again. */
  mutate(file: Uint8Array): Buffer {
    const before = Buffer.from(file);
    for (;;) {
      let after: Buffer = before;
      for (let count = 1 + this.below(3); count > 0; count--) after = this.damage(after);
      if (!after.equals(before)) return after;
    }
  }

  private damage(file: Buffer): Buffer {
    const at = this.below(file.length + 1);
    const length = 1 + this.below(this.pick([1, 4, 40, 4_000]));
    const cut = (start: number, end: number): Buffer => file.subarray(start, end);
    switch (this.below(6)) {
      case 0:
        return this.flip(file);
      case 1:
        return Buffer.concat([cut(0, at), cut(at + length, file.length)]);
      case 2:
        return Buffer.concat([cut(0, at + length), cut(at, file.length)]);
      case 3:
        return Buffer.concat([
          cut(0, at),
          Buffer.from(Array.from({ length }, () => this.below(256))),
          cut(at, file.length),
        ]);
      case 4:
        return Buffer.from(cut(0, at));
      default:
        return this.replaceWord(file);
    }
  }

  private flip(file: Buffer): Buffer {
    const after = Buffer.from(file);
    if (after.length > 0) after[this.below(after.length)] ^= 1 << this.below(8);
    return after;
  }

  /** A number or word of a text becomes one that is hard to digest. */
  private replaceWord(file: Buffer): Buffer {
    // Of a large binary file the text at its begin.
    const text = file.toString("latin1", 0, 200_000);
    const words = [...text.matchAll(/[\w.-]+/g)];
    if (words.length === 0) return this.flip(file);
    const word = this.pick(words);
    const other = Buffer.from(this.pick(WORDS), "latin1");
    return Buffer.concat([file.subarray(0, word.index), other, file.subarray(word.index + word[0].length)]);
  }
}
