import { describe, expect, it } from "vitest";
import { OutputBuffer } from "../../src/board/output-buffer.ts";

describe("OutputBuffer", () => {
  it("repeats what was written, overlapping too", () => {
    const out = new OutputBuffer(100);
    out.append(Uint8Array.of(1, 2, 3));
    out.copyBack(3, 2);
    out.copyBack(1, 4);
    out.push(9);
    expect([...out.finish()]).toEqual([1, 2, 3, 1, 2, 2, 2, 2, 2, 9]);
  });

  it("grows to its limit and no further", () => {
    const out = new OutputBuffer(200_000);
    out.push(5);
    out.copyBack(1, 199_999);
    expect(Buffer.alloc(200_000, 5).equals(out.finish())).toBe(true);
    expect(() => out.push(1)).toThrow("more than 200000 bytes of content");
    expect(() => out.copyBack(1, 1)).toThrow("more than 200000 bytes of content");
  });
});
