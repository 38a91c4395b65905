import { describe, expect, it } from "vitest";
import { FrameBitmap } from "../../src/vm/frame-bitmap.ts";

describe("a bitmap of frames", () => {
  it("counts and shows what is in use", () => {
    const frames = new FrameBitmap(20);
    frames.take(3, 10);
    frames.release(5, 2);
    expect([frames.freeCount, frames.text(0, 20), frames.text(16, 100)]).toEqual([12, "00011001111110000000", "0000"]);
    expect([frames.isUsed(4), frames.isUsed(5)]).toEqual([true, false]);
  });

  it("knows which runs are free and inside", () => {
    const frames = new FrameBitmap(16);
    frames.take(8, 1);
    const runs = [frames.isRunFree(0, 8), frames.isRunFree(0, 9), frames.isRunFree(9, 7), frames.isRunFree(9, 8)];
    expect(runs).toEqual([true, false, true, false]);
    expect([frames.isRunFree(-1, 1), frames.isRunFree(0, -1)]).toEqual([false, false]);
  });

  it("finds the lowest run that fits its alignment from the origin", () => {
    const frames = new FrameBitmap(64);
    frames.take(1, 3);
    expect(frames.findRun(1, 1, 0)).toBe(0);
    expect(frames.findRun(2, 1, 0)).toBe(4);
    expect(frames.findRun(2, 8, 0)).toBe(8);
    // With the range at frame 3 of memory, aligned frames are 5, 13, ...
    expect(frames.findRun(2, 8, 3)).toBe(5);
    expect(frames.findRun(64, 1, 0)).toBe(-1);
  });

  it("takes no frame twice and gives none back twice", () => {
    const frames = new FrameBitmap(8);
    frames.take(2, 2);
    expect(() => frames.take(3, 2)).toThrow("assertion failed");
    expect(() => frames.release(1, 2)).toThrow("assertion failed");
  });

  it("does the same with long runs as frame by frame", () => {
    const frames = new FrameBitmap(200);
    const model = new Array<boolean>(200).fill(false);
    for (const [first, count] of [
      [3, 61],
      [64, 32],
      [97, 70],
      [190, 10],
    ]) {
      frames.take(first, count);
      model.fill(true, first, first + count);
    }
    frames.release(31, 34);
    model.fill(false, 31, 65);
    expect(frames.text(0, 200)).toBe(model.map((isUsed) => (isUsed ? "1" : "0")).join(""));
    for (const [first, count] of [
      [31, 34],
      [31, 35],
      [30, 34],
      [167, 23],
      [160, 32],
    ]) {
      const isFree = model.slice(first, first + count).every((isUsed) => !isUsed);
      expect([first, count, frames.isRunFree(first, count)]).toEqual([first, count, isFree]);
    }
    expect([frames.findRun(34, 1, 0), frames.findRun(35, 1, 0)]).toEqual([31, -1]);
    expect(() => frames.release(96, 32)).toThrow("frame 96 is in use");
  });
});
