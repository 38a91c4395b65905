import { describe, expect, it } from "vitest";
import { CAN_READ, CAN_WRITE, StopPoints, WatchKind } from "../../../src/arm/core/index.ts";

const write = { kind: WatchKind.write, address: 0xc0001000, sizeBytes: 4 };

describe("places", () => {
  it("stop before their instruction, and at no other with the same low bits", () => {
    const points = new StopPoints();
    points.addPlace(0xc0008000);
    expect(points.stopsAt(0xc0018000 | 0, 5)).toBe(false);
    expect(points.stopsAt(0xc0028000 | 0, 5)).toBe(false);
    expect(points.hit).toBeUndefined();
    expect(points.stopsAt(0xc0008000 | 0, 6)).toBe(true);
    expect(points.hit).toEqual({ instruction: 6 });
  });

  it("do not stop again at the instruction that is gone on from, and do at the next time", () => {
    const points = new StopPoints();
    points.addPlace(0x8000);
    points.stopsAt(0x8000, 6);
    expect(points.pass()).toEqual({ instruction: 6 });
    expect(points.stopsAt(0x8000, 6)).toBe(false);
    expect(points.stopsAt(0x8000, 7)).toBe(true);
  });

  it("that are removed leave others with the same low bits", () => {
    const points = new StopPoints();
    points.addPlace(0x8000);
    points.addPlace(0x28000);
    points.removePlace(0x8000);
    expect(points.stopsAt(0x8000, 1)).toBe(false);
    expect(points.stopsAt(0x28000, 1)).toBe(true);
    points.removePlace(0x28000);
    expect(points.isEmpty).toBe(true);
  });
});

describe("watched ranges", () => {
  it("withhold accesses of their kind that touch them with any byte", () => {
    const points = new StopPoints();
    points.watch(write);
    const access = { need: CAN_WRITE, instruction: 3 };
    expect(points.withholds(0xc0000ffc | 0, 4, access)).toBe(false);
    expect(points.withholds(0xc0001004 | 0, 4, access)).toBe(false);
    expect(points.withholds(0xc0001002 | 0, 1, { ...access, need: CAN_READ })).toBe(false);
    expect(points.withholds(0xc0000ffe | 0, 4, access)).toBe(true);
    expect(points.hit).toEqual({ instruction: 3, watch: write });
  });

  it("keep the TLB away from their pages alone", () => {
    const points = new StopPoints();
    points.watch({ ...write, address: 0xc0001ffe });
    const pages = [0xc0000000, 0xc0001000, 0xc0002000, 0xc0003000];
    expect(pages.map((page) => points.watchesPage(page + 0x123))).toEqual([false, true, true, false]);
  });

  it("are passed by the instruction that was stopped, not by a place stopped at before it", () => {
    const points = new StopPoints();
    points.watch(write);
    points.addPlace(0x8000);
    points.stopsAt(0x8000, 9);
    points.pass();
    const access = { need: CAN_WRITE, instruction: 9 };
    expect(points.withholds(0xc0001000 | 0, 4, access)).toBe(true);
    points.pass();
    expect(points.withholds(0xc0001000 | 0, 4, access)).toBe(false);
    points.forgetStop();
    expect(points.withholds(0xc0001000 | 0, 4, access)).toBe(true);
  });

  it("are taken back one for each that was set", () => {
    const points = new StopPoints();
    points.watch(write);
    points.watch({ ...write });
    points.unwatch(write);
    expect(points.isEmpty).toBe(false);
    points.unwatch({ ...write });
    points.unwatch({ ...write });
    expect(points.isEmpty).toBe(true);
  });
});
