import { describe, expect, it } from "vitest";
import { assert, ExitCode, HvError } from "../../src/base/index.ts";

describe("an error of bad input", () => {
  it("explains itself with message, code and hint", () => {
    const error = new HvError({ code: "image-missing", message: "expected a kernel, found none", hint: "build one" });
    expect(error.explain()).toBe("expected a kernel, found none [image-missing]\n  build one");
    expect([error.exitCode, error.facts]).toEqual([ExitCode.usage, {}]);
  });

  it("keeps facts, exit code and cause", () => {
    const cause = new Error("ENOENT");
    const error = new HvError({ code: "x", message: "m", facts: { path: "p" }, exitCode: ExitCode.environment, cause });
    expect([error.explain(), error.facts, error.exitCode, error.cause]).toEqual(["m [x]", { path: "p" }, 3, cause]);
  });

  it("is told from a bug, which an assertion makes", () => {
    expect(() => assert(false, "the list is sorted")).toThrow("assertion failed: the list is sorted");
    expect(() => assert(true, "")).not.toThrow();
    try {
      assert(0, "zero");
    } catch (error) {
      expect(error).not.toBeInstanceOf(HvError);
    }
  });
});
