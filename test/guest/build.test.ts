import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type BuildOptions, buildGuest } from "../../src/guest/build.ts";
import { findGuest, type Guest, guestsFolder, listGuests } from "../../src/guest/cache.ts";
import { readCpio } from "../../src/guest/cpio.ts";
import { type FakeTools, makeFakeTools } from "./fake-tools.ts";

const build = (fake: FakeTools, more: Partial<BuildOptions> = {}): Promise<Guest> =>
  buildGuest({
    board: "versatilepb",
    env: fake.env,
    cacheDir: fake.cacheDir,
    boardsFolder: fake.boardsFolder,
    sourceArchive: fake.sourceArchive,
    jobs: 2,
    ...more,
  });

const kernelMakes = (fake: FakeTools): string[] => fake.calls().filter((call) => call === "make versatile-pb.dtb");

describe("buildGuest", () => {
  it("makes a complete guest, keeps only the results, and is found again without any tool", async () => {
    const fake = makeFakeTools();
    const guest = await build(fake, { nowMs: () => 5 });
    expect(readdirSync(guestsFolder(fake.cacheDir))).toEqual([`versatilepb-${guest.hash}`]);
    expect(guest.kernelVersion).toBe("6.1.99");
    expect(readFileSync(guest.kernelImage ?? "", "utf8")).toMatch(
      /^image by komainu@board \w{3} \w{3} [ \d]\d .* UTC \d{4}\n$/,
    );
    for (const path of [guest.zImage, guest.systemMap, guest.vmlinux, guest.dtb, guest.kernelConfig]) {
      expect(existsSync(path ?? ""), path).toBe(true);
    }
    const entries = readCpio(new Uint8Array(gunzipSync(readFileSync(guest.initrd))));
    const init = entries.find((entry) => entry.path === "init");
    expect(init?.kind === "file" && Buffer.from(init.data).toString()).toBe("#!/bin/busybox sh\n");
    expect(Object.keys(guest.manifest.stepsMs)).toEqual(["tools", "packages", "unpack", "configure", "compile"]);
    const found = findGuest("versatilepb", { cacheDir: fake.cacheDir, boardsFolder: fake.boardsFolder });
    expect(found).toEqual(guest);
  });

  it("takes the cached guest the second time", async () => {
    const fake = makeFakeTools();
    const first = await build(fake);
    expect(await build(fake)).toEqual(first);
    expect(kernelMakes(fake)).toHaveLength(1);
  });

  it("builds again when a cached file was damaged", async () => {
    const fake = makeFakeTools();
    const first = await build(fake);
    writeFileSync(first.systemMap ?? "", "d0008000 T _stext\n");
    const second = await build(fake);
    expect(second.hash).toBe(first.hash);
    expect(readFileSync(second.systemMap ?? "", "utf8")).toBe("c0008000 T _stext\n");
  });

  it("does not compile the kernel again for another init script, and does for another fragment", async () => {
    const fake = makeFakeTools();
    const first = await build(fake);
    writeFileSync(join(fake.boardsFolder, "versatilepb.init"), "#!/bin/busybox sh\n# changed\n");
    const second = await build(fake);
    expect(second.hash).not.toBe(first.hash);
    expect(kernelMakes(fake)).toHaveLength(1);
    writeFileSync(join(fake.boardsFolder, "versatilepb.config"), "# CONFIG_USB is not set\n");
    const third = await build(fake);
    expect(kernelMakes(fake)).toHaveLength(2);
    const rows = listGuests({ cacheDir: fake.cacheDir, boardsFolder: fake.boardsFolder });
    expect(rows.filter(({ state }) => state === "ready").map(({ hash }) => hash)).toEqual([third.hash]);
    // The one before it stays, those before that go.
    expect(rows.filter(({ state }) => state === "outdated").map(({ hash }) => hash)).toEqual([second.hash]);
  });

  it("shows the end of the log when the compilation fails, and goes on there the next time", async () => {
    const fake = makeFakeTools();
    fake.setMake("bad");
    const error = await build(fake).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "guest-build-failed", facts: { step: "compile" } });
    expect((error as Error).message).toContain("fs/open.c:12: error: expected ';'");
    expect((error as Error).message).not.toContain("line 1\n");
    expect(findGuest("versatilepb", { cacheDir: fake.cacheDir, boardsFolder: fake.boardsFolder })).toBeUndefined();
    fake.setMake("good");
    const steps: string[] = [];
    await build(fake, { onProgress: ({ step, fraction }) => fraction === 0 && steps.push(step) });
    expect(steps).toEqual(["tools", "packages", "compile", "save"]);
  });

  it("ends the compilation on abort, keeps its work, and goes on there the next time", async () => {
    const fake = makeFakeTools();
    fake.setMake("hang");
    const abort = new AbortController();
    const running = build(fake, { signal: abort.signal, onOutput: (line) => line.startsWith("  CC") && abort.abort() });
    await expect(running).rejects.toMatchObject({ code: "guest-build-interrupted", exitCode: 130 });
    expect(readdirSync(guestsFolder(fake.cacheDir)).filter((name) => name.endsWith(".lock"))).toEqual([]);
    fake.setMake("good");
    await build(fake);
    expect(fake.calls().filter((call) => call === "make olddefconfig")).toHaveLength(1);
  });

  it("unpacks afresh when an earlier run ended in the middle of it", async () => {
    const fake = makeFakeTools();
    fake.setMake("bad");
    await build(fake).catch(() => {});
    const work = readdirSync(guestsFolder(fake.cacheDir)).find((name) => name.startsWith(".work-")) ?? "";
    const folder = join(guestsFolder(fake.cacheDir), work);
    writeFileSync(join(folder, "linux-source-6.1", "half-a-file"), "");
    rmSync(join(folder, "unpack.done"));
    await build(fake).catch(() => {});
    expect(existsSync(join(folder, "linux-source-6.1", "half-a-file"))).toBe(false);
  });

  it("refuses a fragment line that the configuration did not take", async () => {
    const fake = makeFakeTools();
    const path = join(fake.env.PATH ?? "", "make");
    const script = readFileSync(path, "utf8").replace("olddefconfig) :", "olddefconfig) echo > .config");
    writeFileSync(path, script);
    await expect(build(fake)).rejects.toMatchObject({
      code: "guest-build-failed",
      facts: { step: "configure", tail: ["CONFIG_VIRTIO_MMIO=y"] },
    });
  });

  it("names a missing tool before it does anything", async () => {
    const fake = makeFakeTools();
    fake.remove("flex");
    await expect(build(fake)).rejects.toMatchObject({ code: "tool-missing", exitCode: 3 });
    expect(existsSync(fake.cacheDir)).toBe(false);
    expect(fake.calls()).toEqual([]);
  });

  it("refuses to build what another build is at", async () => {
    const fake = makeFakeTools();
    fake.setMake("hang");
    const abort = new AbortController();
    let second: Promise<unknown> = Promise.resolve();
    const onOutput = (line: string): void => {
      if (!line.startsWith("  CC")) return;
      second = build(fake)
        .catch((reason: unknown) => reason)
        .finally(() => abort.abort());
    };
    await build(fake, { signal: abort.signal, onOutput }).catch(() => {});
    expect(await second).toMatchObject({ code: "guest-build-busy", facts: { pid: process.pid } });
  });

  it("removes what an earlier recipe's unfinished build left", async () => {
    const fake = makeFakeTools();
    fake.setMake("bad");
    await build(fake).catch(() => {});
    writeFileSync(join(fake.boardsFolder, "versatilepb.config"), "# CONFIG_USB is not set\n");
    fake.setMake("good");
    const guest = await build(fake);
    expect(readdirSync(guestsFolder(fake.cacheDir))).toEqual([`versatilepb-${guest.hash}`]);
  });
});
