import { describe, expect, it } from "vitest";
import { KeptRecords, MAX_KEPT_RECORDS } from "../../../src/arm/jit/kept-records.ts";

const TEMPLATES = 0x1234567;
const FRAME = 40;
const WORDS_OF_PAGE = 1024;

/** Records of instructions by index and word; a record is made of its word here. */
const entries = (...pairs: readonly (readonly [number, number])[]): Int32Array =>
  Int32Array.from(pairs.flatMap(([index, word]) => [index, word, word + 1, word + 2, word + 3]));

function offered(kept: KeptRecords, frame: number, words: Record<number, number>): number[][] {
  const memory = new Int32Array((frame + 1) * WORDS_OF_PAGE);
  for (const [index, word] of Object.entries(words)) memory[frame * WORDS_OF_PAGE + Number(index)] = word;
  const taken: number[][] = [];
  const write = (of: number, ...record: number[]): void => {
    expect(of).toBe(frame);
    taken.push(record);
  };
  kept.offer(frame, { words: memory, first: frame * WORDS_OF_PAGE }, { write });
  return taken;
}

describe("records kept from run to run", () => {
  it("are offered where memory has their words, and nowhere else", () => {
    const kept = new KeptRecords(TEMPLATES);
    kept.keep(FRAME, entries([3, 0x100], [1023, 0x200]));
    expect(offered(kept, FRAME, { 3: 0x100, 1023: 0x200 })).toEqual([
      [12, 0x101, 0x102, 0x103],
      [4092, 0x201, 0x202, 0x203],
    ]);
    expect(offered(kept, FRAME, { 3: 0x101, 1023: 0x200 })).toEqual([[4092, 0x201, 0x202, 0x203]]);
    expect(offered(kept, FRAME + 1, { 3: 0x100 })).toEqual([]);
  });

  it("of several programs in one frame are all kept", () => {
    const kept = new KeptRecords(TEMPLATES);
    kept.keep(FRAME, entries([3, 0x100]));
    kept.keep(FRAME, entries([3, 0x500], [4, 0x600]));
    expect(kept.size).toBe(3);
    expect([kept.has(FRAME, 3, 0x500), kept.has(FRAME, 4, 0x500), kept.has(FRAME + 1, 3, 0x500)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(offered(kept, FRAME, { 3: 0x500, 4: 0x601 })).toEqual([[12, 0x501, 0x502, 0x503]]);
  });

  it("come back from what was encoded", () => {
    const kept = new KeptRecords(TEMPLATES);
    kept.keep(FRAME, entries([3, 0x100], [7, -1]));
    kept.keep(FRAME, entries([3, 0x500]));
    kept.keep(9, entries([0, 0x700]));
    const read = KeptRecords.decode(kept.encode());
    expect(read).toEqual(kept);
    expect(KeptRecords.decode(new KeptRecords(TEMPLATES).encode()).size).toBe(0);
  });

  it("are refused when their words are cut or changed in length, place or number", () => {
    const kept = new KeptRecords(TEMPLATES);
    kept.keep(FRAME, entries([3, 0x100], [7, 0x200]));
    const words = kept.encode();
    for (let length = 0; length < words.length; length++)
      expect(() => KeptRecords.decode(words.subarray(0, length)), `${length}`).toThrow(RangeError);
    // Number of lists, frame, count.
    for (const [at, value] of [
      [1, -1],
      [1, 2],
      [1, 0x7fffffff],
      [2, -1],
      [3, 0],
      [3, 0x7fffffff],
    ]) {
      const changed = Int32Array.from(words);
      changed[at] = value;
      expect(() => KeptRecords.decode(changed), `word ${at} is ${value}`).toThrow(RangeError);
    }
  });

  it("are none outside of their frame", () => {
    const kept = new KeptRecords(TEMPLATES);
    kept.keep(0, entries([1, 0x100], [2, 0x200], [3, 0x300]));
    const words = kept.encode();
    words[4] = 1024;
    words[9] = -1;
    const memory = { 1: 0x100, 2: 0x200, 3: 0x300, 1024: 0x100 };
    expect(offered(KeptRecords.decode(words), 0, memory)).toEqual([[12, 0x301, 0x302, 0x303]]);
  });

  it("are bounded", () => {
    const kept = new KeptRecords(TEMPLATES);
    const page = entries(...Array.from({ length: 1000 }, (_, index) => [index, index] as const));
    for (let frame = 0; frame < 500; frame++) kept.keep(frame, page);
    expect(kept.size).toBe(MAX_KEPT_RECORDS);
  });
});
