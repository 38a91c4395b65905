import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { defaultCacheFolder } from "../../src/base/index.ts";

describe("defaultCacheFolder", () => {
  it("follows XDG_CACHE_HOME when it is an absolute path", () => {
    expect(defaultCacheFolder({ XDG_CACHE_HOME: "/var/x" })).toBe("/var/x/komainu");
    for (const value of [undefined, "", "relative"]) {
      expect(defaultCacheFolder({ XDG_CACHE_HOME: value })).toBe(join(homedir(), ".cache", "komainu"));
    }
  });
});
