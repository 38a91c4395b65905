import { describe, expect, it } from "vitest";
import { RegionPlan } from "../../../src/arm/jit/region-plan.ts";
import { BL, BX_LR, branch, CODE, findRegion, NOP } from "./given-code.ts";

const BNE = 0x1a000000;

function planOf(words: readonly number[]): RegionPlan {
  const region = findRegion({ words });
  if (region === undefined) throw new Error("the first instruction can be compiled");
  return new RegionPlan(region);
}

describe("the plan of a region", () => {
  it("numbers blocks by address and counts instructions", () => {
    const plan = planOf([NOP, branch(1, 3, BNE), NOP, BX_LR]);
    expect([...plan.indexOf]).toEqual([
      [CODE, 0],
      [CODE + 8, 1],
      [CODE + 12, 2],
    ]);
    expect(plan.totalInstructions).toBe(4);
    expect(plan.successors).toEqual([[2, 1], [2], []]);
    expect([...plan.forwardTargets].sort()).toEqual([1, 2]);
  });

  it("makes a backward branch to the entry a clean loop, dispatched at the entry alone", () => {
    const plan = planOf([NOP, branch(1, 0, BNE), BX_LR]);
    expect(plan.loops).toEqual([{ first: 0, last: 0 }]);
    expect([...plan.dispatched]).toEqual([0]);
    expect([...plan.entries]).toEqual([[CODE, 0]]);
  });

  it("enters where calls return to", () => {
    const plan = planOf([branch(0, 2, BL), BX_LR, NOP, BX_LR]);
    expect(plan.returns).toEqual([plan.indexOf.get(CODE + 4)]);
    expect(plan.dispatched.has(plan.indexOf.get(CODE + 4) ?? -1)).toBe(true);
  });

  it("sends one of two crossing loops through the table", () => {
    const plan = planOf([NOP, NOP, branch(2, 0, BNE), NOP, branch(4, 1, BNE), BX_LR]);
    expect(plan.loops).toHaveLength(1);
    expect(plan.dispatched.has(0)).toBe(true);
  });

  it("knows where a constant branch that chooses the state stays in the region's own", () => {
    const plan = planOf([BX_LR]);
    expect(plan.localTarget(0x8001, true)).toBeUndefined();
    expect(plan.localTarget(0x8002, true)).toBe(0x8000);
    expect(plan.localTarget(0x8002, false)).toBe(0x8002);
  });
});
