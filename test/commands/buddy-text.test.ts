import { describe, expect, it } from "vitest";
import { poolStateText } from "../../src/commands/buddy-text.ts";

describe("the state of a buddy allocator", () => {
  it("has a line for each size of block, in the largest unit that fits", () => {
    const bins = [
      { blockSizeBytes: 32, areaCount: 3, freeBlockCount: 40 },
      { blockSizeBytes: 4096, areaCount: 1, freeBlockCount: 12345 },
      { blockSizeBytes: 8 << 20, areaCount: 0, freeBlockCount: 0 },
    ];
    expect(poolStateText("VAPOOL", bins, 1500, 1536)).toBe(
      "VAPOOL State\n" +
        "  [BLOCK   32B]:     3 area(s),    40 free block(s)\n" +
        "  [BLOCK    4K]:     1 area(s), 12345 free block(s)\n" +
        "  [BLOCK    8M]:     0 area(s),     0 free block(s)\n" +
        "VAPOOL House-Keeping State\n  Buddy Areas: 1500 free out of 1536\n",
    );
  });
});
