import { describe, expect, it } from "vitest";
import { findTimerBases, walkTimers } from "../../src/linux/timer-wheel.ts";
import { CodeBench, loadLiteral, TEXT } from "./code-bench.ts";

const BASES = 0xc0200000;
const VECTORS = 0x60;
const SLOTS = 576;
/** Rounded up to a line of the cache. */
const BASE_BYTES = 0x980;
const TIMERS = 0xc0210000;
const CALLBACK = TEXT + 0x1000;

/** A function that loads the address of the bases, and timers in some slots of some bases. */
function givenWheel(...timers: [base: number, slot: number][]): CodeBench {
  const bench = new CodeBench();
  bench.define("run_timer_softirq", TEXT + 0x200);
  bench.words(TEXT + 0x200, loadLiteral(TEXT + 0x200, 0, TEXT + 0x208), 0xe12fff1e, BASES);
  bench.define("behind", TEXT + 0x300);
  for (const [index, [base, slot]] of timers.entries()) add(bench, TIMERS + index * 0x40, base, slot);
  return bench;
}

const headOf = (base: number, slot: number): number => BASES + base * BASE_BYTES + VECTORS + slot * 4;

/** Puts a timer at the front of its slot, as enqueue_timer does. */
function add(bench: CodeBench, timer: number, base: number, slot: number): void {
  const head = headOf(base, slot);
  const next = bench.space.readU32(head) ?? 0;
  bench.words(timer, next, head, 1000 + slot, CALLBACK + slot * 4);
  if (next !== 0) bench.words(next + 4, timer);
  bench.words(head, timer);
  const word = headOf(base, 0) - SLOTS / 8 + (slot >>> 5) * 4;
  bench.words(word, (bench.space.readU32(word) ?? 0) | (1 << (slot & 31)));
}

function walk(bench: CodeBench) {
  const bases = findTimerBases(bench);
  if (!bases.known) throw new Error(bases.reason);
  return walkTimers(bench, bases.value);
}

describe("the wheel of timers", () => {
  it("is found by its bits and slots alone, and gives every timer", () => {
    const bench = givenWheel([0, 3], [0, 3], [0, 63], [0, 575]);
    const { timers, brokenAt, inUpdate } = walk(bench);
    expect(timers.map(({ callback, expires }) => [callback - CALLBACK, expires])).toEqual([
      [12, 1003],
      [12, 1003],
      [252, 1063],
      [2300, 1575],
    ]);
    expect([brokenAt, inUpdate]).toEqual([undefined, false]);
  });

  it.each([
    ["behind", [0, 1, 1, 1, 2]],
    ["before", [2, 2, 2, 0]],
  ])("has the bases %s the one that proves itself, also of one timer, with an empty one between", (_what, bases) => {
    const bench = givenWheel(...bases.map((base, index): [number, number] => [base, index * 7]));
    expect(walk(bench).timers).toHaveLength(bases.length);
  });

  it("is not guessed where there are too few timers, or another use of the words", () => {
    expect(findTimerBases(givenWheel([0, 1], [0, 2]))).toMatchObject({ known: false });
    const bench = givenWheel([0, 1], [0, 2], [0, 5]);
    bench.words(headOf(0, 9), 1);
    expect(findTimerBases(bench)).toMatchObject({ known: false });
    expect(findTimerBases(new CodeBench())).toMatchObject({ known: false });
  });

  it("says where a link is broken, and when the kernel was stopped in the middle of a change", () => {
    const bench = givenWheel([0, 1], [0, 1], [0, 2], [0, 5]);
    const bases = findTimerBases(bench);
    if (!bases.known) throw new Error(bases.reason);
    bench.words(headOf(0, 100), TIMERS);
    expect(walkTimers(bench, bases.value)).toMatchObject({ inUpdate: true, brokenAt: headOf(0, 100) });
    bench.words(headOf(0, 100), 0);
    // A list that leads back into itself ends where the way back is another.
    bench.words(TIMERS, TIMERS + 0x40);
    const { timers, brokenAt } = walkTimers(bench, bases.value);
    expect([timers.length, brokenAt]).toEqual([4, TIMERS]);
    bench.words(headOf(0, 2), 0x1234);
    expect(walkTimers(bench, bases.value).timers.length).toBeLessThan(5);
  });
});
