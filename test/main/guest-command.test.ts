import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { guestBuild, guestFetch, guestList } from "../../src/main/guest-command.ts";
import { recordedIo } from "./recorded-io.ts";

describe("the guest commands", () => {
  const cache = mkdtempSync(join(tmpdir(), "komainu-cache-"));
  afterAll(() => rmSync(cache, { recursive: true }));

  it("list the guests that have to be fetched or built", () => {
    const io = recordedIo({ XDG_CACHE_HOME: cache });
    expect(guestList(io)).toBe(0);
    expect(io.stdout).toBe("raspberrypi    missing\nversatilepb    missing\n");
    const json = recordedIo({ XDG_CACHE_HOME: cache });
    guestList(json, { json: true });
    const rows = json.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rows).toEqual(["raspberrypi", "versatilepb"].map((board) => ({ board, state: "missing" })));
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

  it("say that a guest is built and not fetched, or fetched and not built", async () => {
    const io = recordedIo({ XDG_CACHE_HOME: cache });
    await expect(guestFetch(io, "versatilepb")).rejects.toMatchObject({ code: "guest-not-fetched" });
    await expect(guestFetch(io, "zx81")).rejects.toMatchObject({ code: "guest-board-unknown" });
    await expect(guestBuild(io, "raspberrypi")).rejects.toMatchObject({
      code: "guest-not-built",
      hint: expect.stringContaining("komainu guest fetch raspberrypi"),
    });
  });

  it("name the root file systems that there are, before anything is fetched", async () => {
    const io = recordedIo({ XDG_CACHE_HOME: cache, PATH: "/nonexistent" });
    await expect(guestFetch(io, "raspberrypi-zero", { rootfs: "dibian" })).rejects.toMatchObject({
      code: "rootfs-unknown",
      exitCode: 2,
      message: expect.stringContaining("(debian)"),
    });
  });

  it("say what to give in place of a guest that cannot be fetched without apt", async () => {
    const io = recordedIo({ XDG_CACHE_HOME: cache, PATH: "/nonexistent" });
    await expect(guestFetch(io, "raspberrypi")).rejects.toMatchObject({
      code: "guest-fetch-unavailable",
      exitCode: 3,
      message: expect.stringContaining("apt-get, dpkg-deb"),
      hint: expect.stringMatching(/--kernel FILE --dtb FILE --initrd FILE/),
    });
    expect(process.listenerCount("SIGHUP")).toBe(0);
  });
});
