import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Guest } from "../../src/guest/cache.ts";
import { fetchGuest } from "../../src/guest/fetch.ts";
import type { ProgressEvent } from "../../src/guest/progress.ts";
import { cachedRootfs, fetchRootfs, type InstallJob, type RootfsOptions } from "../../src/guest/rootfs.ts";
import { listRootfs, rootfsFolder } from "../../src/guest/rootfs-cache.ts";
import { type FakeTools, makeFakeTools } from "./fake-tools.ts";

const FINISHED = "komainu: root file system finished";

/** A guest that installs nothing, and says `lines`. */
const guestThatSays =
  (...lines: readonly string[]) =>
  async ({ onLine }: InstallJob): Promise<void> => {
    for (const line of lines) if (onLine(line)) return;
  };

async function given() {
  const fake: FakeTools = makeFakeTools();
  const common = {
    board: "raspberrypi",
    env: fake.env,
    cacheDir: fake.cacheDir,
    boardsFolder: fake.boardsFolder,
    imageSizeBytes: 16 << 20,
  };
  const guest: Guest = await fetchGuest(common);
  const jobs: InstallJob[] = [];
  const fetch = (install: RootfsOptions["install"] = guestThatSays(FINISHED), more: Partial<RootfsOptions> = {}) =>
    fetchRootfs({
      ...common,
      rootfs: "debian",
      guest,
      install: (job) => {
        jobs.push(job);
        return install(job);
      },
      ...more,
    });
  return { fake, common, guest, jobs, fetch };
}

/** What e2fsprogs finds in an image. */
const debugfs = (image: string, request: string, ...options: readonly string[]): string =>
  execFileSync("debugfs", [...options, "-R", request, image], {
    encoding: "utf8",
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    stdio: ["ignore", "pipe", "ignore"],
  });

describe("a root file system of packages", () => {
  it("is a file system with the packages unpacked and kept, the kernel's modules, and its first process", async () => {
    const { fake, guest, jobs, fetch, common } = await given();
    let before = "";
    const rootfs = await fetch(async ({ card, init, onLine }) => {
      before = debugfs(card, "ls -p /");
      expect(debugfs(card, `cat ${init}`)).toBe("#!/bin/sh\n");
      onLine(FINISHED);
    });
    expect(jobs).toMatchObject([{ board: "raspberrypi", rootfs: "debian", init: "/second-stage" }]);
    expect(before).toContain("/second-stage/");
    expect(debugfs(rootfs.image, "stat /bin")).toContain('Fast link dest: "usr/bin"');
    expect(debugfs(rootfs.image, "ls -p /usr/bin")).toContain("/busybox/");
    expect(debugfs(rootfs.image, "cat /var/cache/apt/archives/base-files_12.4_armel.deb")).toBe(
      "base-files_12.4_armel\n",
    );
    expect(debugfs(rootfs.image, `ls -p /usr/lib/modules/${guest.kernelVersion}/kernel/drivers/usb`)).toContain(
      "/other.ko/",
    );
    expect(debugfs(rootfs.image, "stat /")).toMatch(/User: +0 +Group: +0/);
    expect(rootfs).toMatchObject({ name: "debian", board: "raspberrypi", packageCount: 3 });
    // Nobody writes to it by mistake.
    expect(statSync(rootfs.image).mode & 0o222).toBe(0);
    expect(listRootfs(fake.cacheDir)).toEqual([rootfs]);
    expect(cachedRootfs({ ...common, rootfs: "debian", guest })).toEqual(rootfs);
    expect(readdirSync(rootfsFolder(fake.cacheDir))).toEqual([`debian-raspberrypi-${rootfs.hash}`]);
  });

  it("tells how far it is", async () => {
    const { fetch } = await given();
    const events: ProgressEvent[] = [];
    const lines = ["Unpacking a (1) ...", "Setting up a (1) ...", "Processing triggers", FINISHED];
    await fetch(guestThatSays(...lines), { onProgress: (event) => events.push(event) });
    expect([...new Set(events.map(({ step }) => step))]).toEqual([
      "tools",
      "download",
      "unpack",
      "image",
      "install",
      "save",
    ]);
    const fractions = events.filter(({ step }) => step === "install").map(({ fraction }) => fraction);
    expect(fractions).toEqual([0, 1 / 6, 2 / 6, 1]);
  });

  it("goes on with the file system that was made when the guest was interrupted", async () => {
    const { fake, jobs, fetch } = await given();
    const abort = new AbortController();
    const interrupted = fetch(async () => abort.abort(), { signal: abort.signal });
    await expect(interrupted).rejects.toMatchObject({ code: "guest-build-interrupted" });
    const [{ card }] = jobs;
    debugfs(card, "mkdir /mark", "-w");
    const rootfs = await fetch();
    expect(jobs[1].card).toBe(card);
    expect(debugfs(rootfs.image, "ls -p /")).toContain("/mark/");
    expect(fake.calls().filter((call) => call.startsWith("fetched"))).toHaveLength(3);
    await fetch();
    expect(jobs).toHaveLength(2);
  });

  it.each([
    ["a step in it failed", ["komainu: step own", "komainu: root file system failed: own"], "failed: own"],
    [
      "the initrd did not find it",
      ["komainu: no root file system on /dev/mmcblk0; here is a shell"],
      "no root file system",
    ],
    ["the guest died", ["Kernel panic - not syncing"], "the guest ended before it was finished"],
  ])("is not there when %s", async (_what, lines, reason) => {
    const { fake, fetch } = await given();
    await expect(fetch(guestThatSays(...lines))).rejects.toMatchObject({
      code: "guest-build-failed",
      message: expect.stringContaining(reason),
      facts: { tail: lines },
    });
    expect(listRootfs(fake.cacheDir)).toEqual([]);
  });

  it("is checked: one that is no clean file system is refused", async () => {
    const { fake, fetch } = await given();
    const spoiled = fetch(async ({ card, onLine }) => {
      writeFileSync(card, "not a file system");
      onLine(FINISHED);
    });
    await expect(spoiled).rejects.toMatchObject({
      code: "guest-build-failed",
      message: expect.stringContaining("e2fsck"),
    });
    expect(listRootfs(fake.cacheDir)).toEqual([]);
  });

  it("is unknown by another name", async () => {
    const { fetch, common, guest } = await given();
    await expect(fetch(undefined, { rootfs: "arch" })).rejects.toMatchObject({ code: "rootfs-unknown" });
    expect(() => cachedRootfs({ ...common, rootfs: "arch", guest })).toThrow(/debian.*arch/);
  });

  it("is another one for another second stage, and the older one goes when the newer is there", async () => {
    const { fake, common, guest, fetch } = await given();
    const first = await fetch();
    writeFileSync(join(fake.boardsFolder, "debian.second-stage"), "#!/bin/sh\n# newer\n");
    expect(cachedRootfs({ ...common, rootfs: "debian", guest })).toBeUndefined();
    const second = await fetch();
    expect(second.hash).not.toBe(first.hash);
    expect(existsSync(first.image)).toBe(false);
    expect(cachedRootfs({ ...common, rootfs: "debian", guest })).toEqual(second);
  });
});
