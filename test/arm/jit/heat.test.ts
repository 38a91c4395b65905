import { describe, expect, it } from "vitest";
import { Heat } from "../../../src/arm/jit/heat.ts";
import { HostMemory } from "../../../src/memory/index.ts";

const PC = 0xc0008100 | 0;
const given = (limit = 100) => new Heat(new HostMemory(0), limit);

describe("the heat of places", () => {
  it("grows by jumps until a place is hot, for privileged and user code apart", () => {
    const heat = given();
    const place = heat.placeOf(PC, true);
    expect(heat.placeOf(PC, false)).not.toBe(place);
    for (let jump = 0; jump < 99; jump++) heat.count(place);
    expect(heat.isHot(place)).toBe(false);
    heat.count(place);
    expect(heat.isHot(place)).toBe(true);
    expect(heat.isHot(heat.placeOf(PC, false))).toBe(false);
  });

  it("is taken back by some jumps, and never below none", () => {
    const heat = given();
    const place = heat.placeOf(PC, true);
    heat.makeHot(place);
    heat.postpone(place, 3);
    for (let jump = 0; jump < 3; jump++) {
      expect(heat.isHot(place)).toBe(false);
      heat.count(place);
    }
    expect(heat.isHot(place)).toBe(true);
    heat.postpone(place, 1_000);
    for (let jump = 0; jump < 100; jump++) heat.count(place);
    expect(heat.isHot(place)).toBe(true);
  });

  it("grows faster by a program's jumps than by the kernel's", () => {
    const heat = given();
    heat.select(false);
    const place = heat.placeOf(PC, false);
    for (let jump = 0; jump < 40; jump++) heat.count(place);
    expect(heat.isHot(place)).toBe(true);
  });

  it("halves after many instructions, but where a place is hot", () => {
    const heat = given();
    const [hot, warm] = [heat.placeOf(PC, true), heat.placeOf(PC + 4, true)];
    heat.makeHot(hot);
    for (let jump = 0; jump < 80; jump++) heat.count(warm);
    heat.cool(1e6);
    heat.cool(1e9);
    // Not again so soon.
    heat.cool(1e9 + 1);
    expect(heat.isHot(hot)).toBe(true);
    for (let jump = 0; jump < 59; jump++) heat.count(warm);
    expect(heat.isHot(warm)).toBe(false);
    heat.count(warm);
    expect(heat.isHot(warm)).toBe(true);
    heat.clear();
    expect(heat.isHot(hot)).toBe(false);
  });
});
