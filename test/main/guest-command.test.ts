import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { guestBuild, guestFetch, guestList } from "../../src/main/guest-command.ts";
import { recordedIo } from "./recorded-io.ts";

describe("the guest commands", () => {
  const cache = mkdtempSync(join(tmpdir(), "komainu-cache-"));
  afterAll(() => rmSync(cache, { recursive: true }));

  it("list a guest that has to be built", () => {
    const io = recordedIo({ XDG_CACHE_HOME: cache });
    expect(guestList(io)).toBe(0);
    expect(io.stdout).toBe("versatilepb    missing\n");
    const json = recordedIo({ XDG_CACHE_HOME: cache });
    guestList(json, { json: true });
    expect(JSON.parse(json.stdout)).toEqual({ board: "versatilepb", state: "missing" });
  });

  it("name every missing tool and the line that installs it", async () => {
    const io = recordedIo({ XDG_CACHE_HOME: cache, PATH: "/nonexistent" });
    await expect(guestBuild(io, "versatilepb")).rejects.toMatchObject({
      code: "tool-missing",
      exitCode: 3,
      hint: expect.stringMatching(/apt-get install .*gcc-arm-linux-gnueabi/),
    });
    expect(process.listenerCount("SIGHUP")).toBe(0);
  });

  it("refuse a board without a guest", async () => {
    await expect(guestBuild(recordedIo({ XDG_CACHE_HOME: cache }), "zx81")).rejects.toMatchObject({
      code: "guest-board-unknown",
    });
  });

  it("say that this guest is built and not fetched", () => {
    expect(() => guestFetch("versatilepb")).toThrow(expect.objectContaining({ code: "guest-not-fetched" }));
    expect(() => guestFetch("zx81")).toThrow(expect.objectContaining({ code: "guest-board-unknown" }));
  });
});
