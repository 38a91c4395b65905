import { describe, expect, it } from "vitest";
import { History } from "../../src/shell/history.ts";

const given = (...lines: string[]): History => {
  const history = new History(3);
  for (const line of lines) history.enter(line);
  return history;
};

describe("the history", () => {
  it("keeps neither empty lines nor a line that repeats the one before", () => {
    expect(given("a", "", "  ", "a", "b", "a").entries).toEqual(["a", "b", "a"]);
  });

  it("forgets the oldest line above its capacity", () => {
    expect(given("a", "b", "c", "d").entries).toEqual(["b", "c", "d"]);
  });

  it("goes back to the oldest line and forward to the one being typed", () => {
    const history = given("a", "b");
    expect([history.browse(-1, "new"), history.browse(-1, "b"), history.browse(-1, "a")]).toEqual([
      "b",
      "a",
      undefined,
    ]);
    expect([history.browse(1, "a"), history.browse(1, "b"), history.browse(1, "new")]).toEqual(["b", "new", undefined]);
  });

  it("keeps edits of old lines until Enter, and then forgets them", () => {
    const history = given("a", "b");
    history.browse(-1, "");
    history.browse(-1, "b changed");
    expect(history.browse(1, "a")).toBe("b changed");
    history.enter("c");
    expect(history.entries).toEqual(["a", "b", "c"]);
    expect([history.browse(-1, ""), history.browse(-1, "c")]).toEqual(["c", "b"]);
  });
});
