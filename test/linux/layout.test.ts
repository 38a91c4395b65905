import { describe, expect, it } from "vitest";
import { judged, lengthBound, offsetsWhere } from "../../src/linux/layout.ts";

describe("judged", () => {
  it("takes for proved what data alone fits once, and what data and code agree on", () => {
    expect(judged({ data: [8], dataEvidence: "a" })).toMatchObject({ known: true, value: 8, confidence: "proved" });
    const both = judged({ data: [8, 12], dataEvidence: "a", code: [12, 40], codeEvidence: "b" });
    expect(both).toMatchObject({ known: true, value: 12, confidence: "proved", evidence: "a; b" });
  });

  it("takes for likely what only code says", () => {
    expect(judged({ code: [4, 4], codeEvidence: "b" })).toMatchObject({ value: 4, confidence: "likely" });
  });

  it("does not know what fits twice, never, or where data and code contradict", () => {
    for (const witnesses of [
      { data: [8, 12] },
      { data: [] },
      { data: [8], code: [12] },
      { data: [], code: [12] },
      { code: [] },
      { code: [1, 2] },
    ]) {
      expect(judged(witnesses).known, JSON.stringify(witnesses)).toBe(false);
    }
  });
});

describe("lengthBound", () => {
  it("is the least distance of two structures, for none reaches into the next", () => {
    expect(lengthBound([0xc0000300, 0xc0000000, 0xc00000a0, 0xc00000a0], 0x100)).toBe(0xa0);
    expect(lengthBound([0xc0000000, 0xc0001000], 0x100)).toBe(0x100);
    expect(lengthBound([0xc0000000], 0x100)).toBe(0x100);
    expect(lengthBound([], 0x100)).toBe(0x100);
  });
});

describe("offsetsWhere", () => {
  it("asks at every word below the end", () => {
    expect(offsetsWhere(16, (offset) => offset !== 4)).toEqual([0, 8, 12]);
  });
});
