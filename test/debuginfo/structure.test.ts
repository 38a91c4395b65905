import { describe, expect, it } from "vitest";
import type { RawStructure } from "../../src/debuginfo/structure.ts";
import { flatten } from "../../src/debuginfo/structure.ts";

describe("flatten", () => {
  it("takes members of nameless parts for its own and names those of others by both", () => {
    const types: RawStructure[] = [
      {
        sizeBytes: 8,
        members: [
          { name: "low", offset: 0, type: undefined },
          { name: "high", offset: 4, type: undefined },
        ],
      },
    ];
    const raw = {
      sizeBytes: 24,
      members: [
        { name: "first", offset: 0, type: undefined },
        { name: undefined, offset: 8, type: 0 },
        { name: "pair", offset: 16, type: 0 },
      ],
    };
    expect(Object.fromEntries(flatten(raw, (type) => types[type]).members)).toEqual({
      first: 0,
      low: 8,
      high: 12,
      pair: 16,
      "pair.low": 16,
      "pair.high": 20,
    });
  });

  it("ends on a structure that contains itself", () => {
    const raw: RawStructure = {
      sizeBytes: 4,
      members: [
        { name: undefined, offset: 4, type: 0 },
        { name: "x", offset: 0, type: 0 },
      ],
    };
    expect(flatten(raw, () => raw).members.get("x")).toBe(4 * 8);
  });
});
