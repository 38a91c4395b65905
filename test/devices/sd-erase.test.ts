import { describe, expect, it } from "vitest";
import { HvError } from "../../src/base/index.ts";
import { SdErase } from "../../src/devices/sd-erase.ts";
import { pattern, SparseBlock } from "./sd-bench.ts";
import { bench, copyState } from "./test-context.ts";

const ERASE_SEQ_ERROR = 1 << 28;
const ERASE_PARAM = 1 << 27;

function givenErase(sectorCount = 10_000) {
  const block = new SparseBlock(sectorCount);
  const around = bench({ block });
  const ends: boolean[] = [];
  return { ...around, block, ends, erase: new SdErase(around.context, (isGood) => ends.push(isGood)) };
}

describe("erasing of an SD card", () => {
  it("wants the first sector, then the last, and a range that exists", () => {
    const { erase } = givenErase();
    expect(erase.setLast(3)).toBe(ERASE_SEQ_ERROR);
    expect(erase.start()).toBe(ERASE_SEQ_ERROR);
    erase.setFirst(5);
    expect([erase.setLast(3), erase.start()]).toEqual([0, ERASE_PARAM]);
    erase.setFirst(5);
    expect([erase.setLast(10_000), erase.start()]).toEqual([0, ERASE_PARAM]);
    expect(erase.isActive).toBe(false);
  });

  it("writes zeros in pieces, so that no event does much", () => {
    const { erase, block, clock, ends } = givenErase();
    erase.setFirst(0);
    erase.setLast(4999);
    expect(erase.start()).toBe(0);
    const steps: number[] = [];
    while (erase.isActive) {
      const before = block.writes.length;
      clock.advance(250_000);
      steps.push(block.writes.length - before);
    }
    expect(Math.max(...steps)).toBe(512);
    expect([block.writes.length, ends]).toEqual([5000, [true]]);
  });

  it("ends with an error when the medium shrinks under it, or fails", () => {
    const shrinking = givenErase();
    shrinking.erase.setFirst(0);
    shrinking.erase.setLast(4999);
    shrinking.erase.start();
    shrinking.block.exchange(100);
    shrinking.clock.advance(1_000_000);
    expect([shrinking.ends, shrinking.block.writes.length]).toEqual([[false], 0]);
    const failing = givenErase();
    failing.block.write = () => {
      throw new HvError({ code: "disk-full", message: "expected space, found none" });
    };
    failing.erase.setFirst(0);
    failing.erase.setLast(1);
    failing.erase.start();
    failing.clock.advance(1_000_000);
    expect(failing.ends).toEqual([false]);
  });

  it("goes on after a restore where it was", () => {
    const { erase, block, clock, context, ends } = givenErase();
    block.write(4999, pattern(1));
    erase.setFirst(0);
    erase.setLast(4999);
    erase.start();
    clock.advance(600_000);
    const state = copyState(erase.save());
    erase.cancel();
    const copy = new SdErase(context, (isGood) => ends.push(isGood));
    copy.restore(state);
    clock.advance(10_000_000);
    expect([block.sectors.size, block.sectors.get(4999), ends]).toEqual([5000, new Uint8Array(512), [true]]);
  });
});
