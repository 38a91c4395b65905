import { describe, expect, it } from "vitest";
import { nearestLine } from "../../src/scenario/nearest-line.ts";

const lines = (...texts: string[]) => texts.map((text) => ({ text }));

describe("nearestLine", () => {
  it("finds the line with a misspelt word, wherever in the line it stands", () => {
    const found = nearestLine("login succeeded", lines("boot", "May 1 getty: login suceeded (root)", "prompt"));
    expect(found?.text).toContain("suceeded");
  });

  it("reads a regular expression by what it says literally", () => {
    expect(nearestLine("/eth\\d+: link (is )?up$/", lines("usb up", "eth0: link is down"))?.text).toBe(
      "eth0: link is down",
    );
  });

  it("says nothing when no line is like it", () => {
    expect(nearestLine("kernel panic", lines("/ # ", "0123456789"))).toBeUndefined();
    expect(nearestLine("x", lines("x"))).toBeUndefined();
  });
});
