import { describe, expect, it } from "vitest";
import { ContentHistory } from "../../src/gdb/content-history.ts";

/** Units of one byte. */
function given(content: string) {
  const units = [...content].map((c) => c.charCodeAt(0));
  const watched: number[] = [];
  const history = new ContentHistory({
    unitSizeBytes: 1,
    read: (unit) => Uint8Array.of(units[unit]),
    write: (unit, bytes) => {
      units[unit] = bytes?.[0] ?? "?".charCodeAt(0);
    },
    watch: (unit) => watched.push(unit),
  });
  const set = (unit: number, c: string) => {
    units[unit] = c.charCodeAt(0);
  };
  return { history, watched, set, text: () => String.fromCharCode(...units) };
}

describe("the content of something at several moments", () => {
  it("knows of the first moment what was there before the first change, and nothing else", () => {
    const { history, set, text } = given("abc");
    history.begin([]);
    for (const c of "xyz") {
      history.willChange(1);
      set(1, c);
    }
    expect(history.sizeBytes).toBe(1);
    history.insert(1);
    history.willChange(1);
    set(1, "w");
    history.restore(1);
    expect(text()).toBe("azc");
    history.restore(0);
    expect(text()).toBe("abc");
    history.restore(1);
    expect(text()).toBe("azc");
  });

  it("puts back as unknown what changed without having been told of before", () => {
    const { history, set, text, watched } = given("abc");
    history.begin([0], [2]);
    history.changed(0);
    history.changed(1);
    set(0, "x");
    history.restore(0);
    expect(text()).toBe("a??");
    expect(watched).toEqual([0, 1]);
  });

  it("keeps of the first moment what changed later, when the rest is forgotten", () => {
    const { history, set, text } = given("abc");
    history.begin([0, 1, 2]);
    history.willChange(1);
    set(1, "x");
    history.insert(1);
    history.willChange(2);
    set(2, "y");
    history.forgetUnchanged();
    // Unit 0 never changed; unit 1 has two contents, unit 2 the one from before.
    expect(history.sizeBytes).toBe(3);
    history.restore(0);
    expect(text()).toBe("abc");
  });
});
