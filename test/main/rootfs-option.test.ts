import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { loadBoard } from "../../src/board/index.ts";
import type { Guest } from "../../src/guest/index.ts";
import { requireRootfs, withRootfs } from "../../src/main/rootfs-option.ts";

describe("--rootfs", () => {
  it("changes the command line and what is waited for, and nothing else", () => {
    const { boot } = loadBoard("raspberrypi").profile;
    const { commandLine, readyPattern, login, shellPrompt, ...rest } = withRootfs(boot, "debian", "raspberrypi");
    expect(commandLine).toBe(`${boot.commandLine} root=/dev/mmcblk0 rw`);
    expect("Debian GNU/Linux 12 komainu ttyAMA0\r\n\r\nkomainu login: ").toMatch(new RegExp(readyPattern));
    expect("root@komainu:~# ").toMatch(new RegExp(shellPrompt));
    expect(login).toBe("root");
    expect(boot).toMatchObject(rest);
  });

  it.each(["raspberrypi", "raspberrypi-zero"])("has debian for %s", (name) => {
    expect(Object.keys(loadBoard(name).profile.boot.rootfs)).toEqual(["debian"]);
  });

  it("names those of the board when it is another one", () => {
    const { boot } = loadBoard("raspberrypi").profile;
    expect(() => withRootfs(boot, "dibian", "raspberrypi")).toThrow(
      expect.objectContaining({ code: "rootfs-unknown", message: expect.stringContaining("(debian)"), exitCode: 2 }),
    );
    expect(() => withRootfs(loadBoard("versatilepb").profile.boot, "debian", "versatilepb")).toThrow(/it has none/);
    expect(() => withRootfs(boot, "constructor", "raspberrypi")).toThrow(/rootfs/);
  });

  it("says how to make one that is not in the cache", () => {
    const cache = mkdtempSync(join(tmpdir(), "komainu-rootfs-"));
    onTestFinished(() => rmSync(cache, { recursive: true }));
    const guest = { board: "raspberrypi", manifest: { inputs: { kernel: {} } } } as unknown as Guest;
    expect(() => requireRootfs("debian", guest, { XDG_CACHE_HOME: cache })).toThrow(
      expect.objectContaining({
        code: "rootfs-missing",
        exitCode: 3,
        hint: expect.stringContaining("komainu guest fetch raspberrypi --rootfs debian"),
      }),
    );
  });
});
