import { describe, expect, it } from "vitest";
import { findHrTimerBases, walkHrTimers } from "../../src/linux/hrtimers.ts";
import { CodeBench, loadLiteral, TEXT } from "./code-bench.ts";

const CPU_BASE = 0xc0200000;
const CLOCKS = 0x80;
const STRIDE = 0x40;
/** cpu_base, index, clockid, sequence counter, running timer, root, leftmost, the clock's function. */
const ROOT = 20;
const GET_TIME = TEXT + 0x100;
const NODES = 0xc0210000;

function givenClocks(): CodeBench {
  const bench = new CodeBench();
  bench.define("ktime_get", GET_TIME);
  bench.define("hrtimer_interrupt", TEXT + 0x200);
  bench.words(TEXT + 0x200, loadLiteral(TEXT + 0x200, 0, TEXT + 0x208), 0xe12fff1e, CPU_BASE);
  bench.define("behind", TEXT + 0x300);
  for (let clock = 0; clock < 8; clock++) {
    bench.words(CPU_BASE + CLOCKS + clock * STRIDE, CPU_BASE, clock, clock % 4, 0, 0, 0, 0, GET_TIME);
  }
  return bench;
}

const clockAt = (clock: number): number => CPU_BASE + CLOCKS + clock * STRIDE;
const nodeAt = (index: number): number => NODES + index * 0x40;

interface Node {
  readonly left?: number;
  readonly right?: number;
  readonly expires: bigint;
}

/** A tree whose root is the first node; 0 is no child, as no node has the root for one. */
function plant(bench: CodeBench, clock: number, nodes: readonly Node[]): void {
  bench.words(clockAt(clock) + ROOT, nodeAt(0));
  for (const [index, { left = 0, right = 0, expires }] of nodes.entries()) {
    const child = (of: number): number => (of === 0 ? 0 : nodeAt(of));
    bench.words(nodeAt(index), 1, child(right), child(left), 0, Number(expires & 0xffffffffn), Number(expires >> 32n));
    bench.words(nodeAt(index) + 32, TEXT + 0x1000 + index * 4, clockAt(clock));
  }
}

function basesOf(bench: CodeBench) {
  const bases = findHrTimerBases(bench);
  if (!bases.known) throw new Error(bases.reason);
  return bases.value;
}

describe("timers of high resolution", () => {
  it("are found by clocks that point back and count, each with its function", () => {
    const bases = basesOf(givenClocks());
    expect(bases).toEqual({ first: clockAt(0), strideBytes: STRIDE, count: 8, root: ROOT });
  });

  it("come in the order in which they are due, also behind 2^32 nanoseconds", () => {
    const bench = givenClocks();
    const late = 3n * 2n ** 32n + 5n;
    plant(bench, 2, [
      { left: 1, right: 2, expires: 50n },
      { right: 3, expires: 10n },
      { expires: late },
      { expires: 20n },
    ]);
    const { timers, brokenAt } = walkHrTimers(bench, basesOf(bench));
    expect(timers.map(({ expiresNs, clock }) => [expiresNs, clock])).toEqual([
      [10, 2],
      [20, 2],
      [50, 2],
      [Number(late), 2],
    ]);
    expect(timers[0].callback).toBe(TEXT + 0x1004);
    expect(brokenAt).toBeUndefined();
  });

  it("end in a tree that leads back into itself, or to something else", () => {
    const bench = givenClocks();
    plant(bench, 0, [{ left: 1, right: 2, expires: 5n }, { expires: 1n }, { expires: 9n }]);
    bench.words(nodeAt(1) + 8, nodeAt(0));
    bench.words(nodeAt(2) + 36, clockAt(1));
    const { timers, brokenAt } = walkHrTimers(bench, basesOf(bench));
    expect([timers.length, brokenAt]).toEqual([2, nodeAt(0)]);
  });

  it("are not guessed", () => {
    const bench = givenClocks();
    bench.words(clockAt(3) + 4, 7);
    bench.words(clockAt(7) + 4, 3);
    expect(findHrTimerBases(bench)).toMatchObject({ known: false });
    const other = givenClocks();
    for (let clock = 0; clock < 8; clock++) other.words(clockAt(clock) + ROOT + 8, 0xbf000000);
    expect(findHrTimerBases(other)).toMatchObject({ known: false });
  });
});
