import { describe, expect, it } from "vitest";
import { Bcm2835Rng } from "../../src/devices/bcm2835-rng.ts";
import { readWord, restored } from "./device-checks.ts";
import { bench } from "./test-context.ts";

const CTRL = 0x0;
const STATUS = 0x4;
const DATA = 0x8;
const RBGEN = 1;
const RBG2X = 2;
const WARM_UP = 0x40000;
const BIT_NS = 1000;
const WORD_NS = 32 * BIT_NS;

function given({ warmUp = 0, control = RBGEN } = {}) {
  const board = bench();
  const rng = new Bcm2835Rng(board.context);
  rng.reset();
  rng.write(STATUS, warmUp, 4);
  rng.write(CTRL, control, 4);
  const count = () => readWord(rng, STATUS) >>> 24;
  return { ...board, rng, count };
}

describe("Bcm2835Rng", () => {
  it("has nothing until the warm-up count has passed, then a word every 32 bits", () => {
    const { clock, count, rng } = given({ warmUp: WARM_UP });
    expect(readWord(rng, STATUS)).toBe(WARM_UP);
    clock.advance(WARM_UP * BIT_NS + WORD_NS - 1);
    expect(count()).toBe(0);
    clock.advance(1);
    expect(count()).toBe(1);
    clock.advance(3 * WORD_NS);
    expect(count()).toBe(4);
  });

  it("holds sixteen words and goes on filling as they are taken", () => {
    const { clock, count, rng } = given();
    clock.advance(1000 * WORD_NS);
    expect(count()).toBe(16);
    rng.read(DATA, 4);
    rng.read(DATA, 4);
    expect(count()).toBe(14);
    clock.advance(WORD_NS);
    expect(count()).toBe(15);
    clock.advance(5 * WORD_NS);
    expect(count()).toBe(16);
  });

  it("gives the entropy back end's bytes in their order, and zero from an empty FIFO", () => {
    const { clock, rng, count } = given();
    const expected = new Uint8Array(8);
    bench().context.entropy.fill(expected);
    clock.advance(2 * WORD_NS);
    const view = new DataView(expected.buffer);
    expect([readWord(rng, DATA), readWord(rng, DATA)]).toEqual([view.getUint32(0, true), view.getUint32(4, true)]);
    expect([readWord(rng, DATA), count()]).toEqual([0, 0]);
  });

  it("is twice as fast when told so, and silent when off", () => {
    const fast = given({ control: RBGEN | RBG2X });
    fast.clock.advance(WORD_NS);
    expect(fast.count()).toBe(2);
    fast.rng.write(CTRL, 0, 4);
    expect([fast.count(), readWord(fast.rng, DATA)]).toEqual([0, 0]);
    const off = given({ control: 0 });
    off.clock.advance(1000 * WORD_NS);
    expect(off.count()).toBe(0);
  });

  it("goes on after a restore, also in the middle of the warm-up", () => {
    const first = given({ warmUp: 1000 });
    first.clock.advance(700 * BIT_NS);
    const copy = restored(first.rng, bench({ clock: first.clock }).context, Bcm2835Rng);
    first.clock.advance(300 * BIT_NS + 2 * WORD_NS - 1);
    expect(readWord(copy, STATUS) >>> 24).toBe(1);
    first.clock.advance(1);
    expect([readWord(copy, STATUS) >>> 24, first.count()]).toEqual([2, 2]);
    expect(readWord(copy, DATA)).toBe(readWord(first.rng, DATA));
  });
});
