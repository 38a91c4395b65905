import { describe, expect, it } from "vitest";
import { parseEscape } from "../../src/terminal/escape-option.ts";

describe("--escape", () => {
  it("is a control key or none", () => {
    expect([parseEscape("ctrl-a"), parseEscape("^T"), parseEscape("Ctrl-Z"), parseEscape("none")]).toEqual([
      1,
      20,
      26,
      undefined,
    ]);
    for (const text of ["", "a", "ctrl-", "ctrl-1", "alt-x"]) {
      expect(() => parseEscape(text)).toThrow(expect.objectContaining({ code: "escape-invalid" }));
    }
  });
});
