import { describe, expect, it } from "vitest";
import { Fifo } from "../../src/base/index.ts";

describe("a FIFO", () => {
  it("gives back what it took, in order, and refuses what it has no space for", () => {
    const fifo = new Fifo(2);
    expect([fifo.push(1), fifo.push(2), fifo.push(3)]).toEqual([true, true, false]);
    expect([fifo.isFull, fifo.length, fifo.peek()]).toEqual([true, 2, 1]);
    expect([fifo.shift(), fifo.shift(), fifo.shift()]).toEqual([1, 2, undefined]);
    expect([fifo.isEmpty, fifo.peek()]).toEqual([true, undefined]);
  });

  it("is copied by its values, and keeps to its own capacity", () => {
    const fifo = new Fifo(3);
    fifo.assign([1, 2, 3, 4]);
    const copy = fifo.toArray();
    fifo.clear();
    expect([copy, fifo.length]).toEqual([[1, 2, 3], 0]);
  });
});
