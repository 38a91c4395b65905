import { describe, expect, it } from "vitest";
import { characterWidth, textWidth } from "../../src/shell/cell-width.ts";

describe("the width of characters", () => {
  it.each([
    ["a", 1],
    ["é", 1],
    ["─", 1],
    ["狛", 2],
    ["あ", 2],
    ["한", 2],
    ["Ａ", 2],
    ["🐕", 2],
    ["\u0301", 0],
    ["\u200d", 0],
    ["\ufe0f", 0],
    ["", 1],
  ])("of %j is %i", (character, width) => {
    expect(characterWidth(character)).toBe(width);
  });

  it("adds up over text, surrogate pairs and combining marks included", () => {
    expect(textWidth("komainu 狛犬")).toBe(12);
    expect(textWidth("e\u0301🐕")).toBe(3);
    expect(textWidth("")).toBe(0);
  });
});
