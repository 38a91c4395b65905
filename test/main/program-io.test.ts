import { describe, expect, it } from "vitest";
import { wantsColor } from "../../src/main/program-io.ts";
import { recordedIo } from "./recorded-io.ts";

describe("colours", () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ TERM: "dumb" }, true, false],
    [{ NO_COLOR: "1" }, true, false],
    [{ NO_COLOR: "" }, true, true],
    [{ FORCE_COLOR: "1" }, false, true],
    [{ FORCE_COLOR: "0" }, true, false],
    [{ FORCE_COLOR: "1", NO_COLOR: "1" }, true, false],
  ])("with %j and a terminal: %s, are %s", (env, isTerminal, wanted) => {
    expect(wantsColor(recordedIo(env, isTerminal))).toBe(wanted);
  });
});
