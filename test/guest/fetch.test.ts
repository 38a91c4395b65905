import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { findGuest, type Guest, guestsFolder } from "../../src/guest/cache.ts";
import { readCpio } from "../../src/guest/cpio.ts";
import { type FetchOptions, fetchGuest, findKernelFiles, kernelDependency } from "../../src/guest/fetch.ts";
import { packageRecipeOf } from "../../src/guest/package-recipe.ts";
import { type FakeTools, makeFakeTools } from "./fake-tools.ts";

const fetchWith = (fake: FakeTools, more: Partial<FetchOptions> = {}): Promise<Guest> =>
  fetchGuest({
    board: "raspberrypi",
    env: fake.env,
    cacheDir: fake.cacheDir,
    boardsFolder: fake.boardsFolder,
    ...more,
  });

const aptCalls = (fake: FakeTools): string[] => fake.calls().filter((call) => call.startsWith("apt-get"));

describe("fetchGuest", () => {
  it("follows the metapackage to the kernel, and makes a complete guest that is found again", async () => {
    const fake = makeFakeTools();
    const guest = await fetchWith(fake);
    expect(aptCalls(fake)).toEqual([
      "apt-get update",
      "apt-get linux-image-rpi",
      "apt-get linux-image-6.1.0-9-rpi=1:6.1.99-1",
      "apt-get busybox-static",
    ]);
    expect(guest.kernelVersion).toBe("6.1.0-9-rpi");
    expect(readFileSync(guest.zImage, "utf8")).toBe("zimage");
    expect(readFileSync(guest.dtb, "utf8")).toBe("tree of b-plus");
    expect(readFileSync(join(guest.folder, "bcm2835-rpi-zero-w.dtb"), "utf8")).toBe("tree of zero-w");
    expect(guest.systemMap).toBeUndefined();
    expect(readdirSync(guestsFolder(fake.cacheDir))).toEqual([`raspberrypi-${guest.hash}`]);
    for (const board of ["raspberrypi", "raspberrypi-zero"]) {
      expect(findGuest(board, { cacheDir: fake.cacheDir, boardsFolder: fake.boardsFolder })).toEqual(guest);
    }
  });

  it("puts the kernel's modules into the initramfs, with what they need and without others", async () => {
    const guest = await fetchWith(makeFakeTools());
    const paths = readCpio(new Uint8Array(gunzipSync(readFileSync(guest.initrd)))).map(({ path }) => path);
    const modules = paths.filter((path) => path.endsWith(".ko")).map((path) => path.replace(/^.*\//, ""));
    expect(modules).toEqual(["virtio.ko", "virtio_mmio.ko"]);
    expect(paths).toContain("lib/modules/6.1.0-9-rpi/modules.dep");
    expect(paths).toContain("init");
  });

  it("takes the kernel of another suite beside that of the board, each found by what was asked for", async () => {
    const fake = makeFakeTools();
    const own = await fetchWith(fake);
    writeFileSync(join(fake.root, "metapackage"), "linux-image-6.1.0-9-rpi (= 1:6.1.99-2)\n");
    const other = await fetchWith(fake, { suite: "bookworm-backports" });
    expect(readFileSync(join(fake.root, "source"), "utf8").trim()).toBe(
      "source http://archive.example/debian/ bookworm-backports main",
    );
    expect(aptCalls(fake).slice(4, 7)).toEqual(["apt-get update", "apt-get indextargets", "apt-get update"]);
    expect(other.hash).not.toBe(own.hash);
    const options = { cacheDir: fake.cacheDir, boardsFolder: fake.boardsFolder };
    expect(findGuest("raspberrypi", options)).toEqual(own);
    expect(findGuest("raspberrypi", { ...options, suite: "bookworm-backports" })).toEqual(other);
    expect(findGuest("raspberrypi", { ...options, suite: "trixie" })).toBeUndefined();
    expect(readdirSync(join(fake.cacheDir, "packages/bookworm-backports"))).toContain(
      "linux-image-rpi_6.1.99-1_armel.deb",
    );
  });

  it("asks the package sources again only to refresh", async () => {
    const fake = makeFakeTools();
    const first = await fetchWith(fake);
    expect(await fetchWith(fake)).toEqual(first);
    expect(aptCalls(fake)).toHaveLength(4);
    await fetchWith(fake, { refresh: true });
    expect(aptCalls(fake)).toHaveLength(8);
  });

  it("takes a newer kernel when there is one, and keeps the packages of the newest only", async () => {
    const fake = makeFakeTools();
    const first = await fetchWith(fake);
    const package_ = join(fake.root, "kernel-package");
    renameSync(join(package_, "boot/vmlinuz-6.1.0-9-rpi"), join(package_, "boot/vmlinuz-6.12.3-rpi"));
    renameSync(join(package_, "lib/modules/6.1.0-9-rpi"), join(package_, "lib/modules/6.12.3-rpi"));
    mkdirSync(join(package_, "usr/lib/linux-image-6.12.3-rpi"), { recursive: true });
    for (const name of readdirSync(join(package_, "usr/lib/linux-image-6.1.0-9-rpi")))
      renameSync(
        join(package_, "usr/lib/linux-image-6.1.0-9-rpi", name),
        join(package_, "usr/lib/linux-image-6.12.3-rpi", name),
      );
    writeFileSync(join(fake.root, "metapackage"), "linux-image-6.12.3-rpi (= 1:6.1.99-1)\n");
    const second = await fetchWith(fake, { refresh: true });
    expect(second.kernelVersion).toBe("6.12.3-rpi");
    expect(second.hash).not.toBe(first.hash);
    const kernels = readdirSync(join(fake.cacheDir, "packages")).filter((name) => /^linux-image-6/.test(name));
    expect(kernels).toEqual(["linux-image-6.12.3-rpi_1%3a6.1.99-1_armel.deb"]);
  });

  it("makes the guest anew when a cached file was damaged", async () => {
    const fake = makeFakeTools();
    const first = await fetchWith(fake);
    writeFileSync(first.zImage, "ZIMAGE");
    const second = await fetchWith(fake);
    expect(second.hash).toBe(first.hash);
    expect(readFileSync(second.zImage, "utf8")).toBe("zimage");
  });

  it("says what to give instead on a machine without apt, before it does anything", async () => {
    const fake = makeFakeTools();
    fake.remove("apt-get");
    await expect(fetchWith(fake)).rejects.toMatchObject({
      code: "guest-fetch-unavailable",
      exitCode: 3,
      hint: expect.stringContaining("--kernel FILE --dtb FILE --initrd FILE"),
    });
    expect(existsSync(fake.cacheDir)).toBe(false);
  });

  it("refuses a metapackage that names no kernel, and a package without one", async () => {
    const fake = makeFakeTools();
    writeFileSync(join(fake.root, "metapackage"), "linux-base\n");
    await expect(fetchWith(fake)).rejects.toMatchObject({ code: "guest-package-unavailable" });
    const other = makeFakeTools();
    rmSync(join(other.root, "kernel-package/boot"), { recursive: true });
    await expect(fetchWith(other)).rejects.toMatchObject({
      code: "guest-package-unknown",
      message: expect.stringContaining("vmlinuz"),
    });
    expect(readdirSync(guestsFolder(other.cacheDir)).filter((name) => name.endsWith(".lock"))).toEqual([]);
  });

  it("refuses a board whose guest is not fetched", async () => {
    await expect(fetchWith(makeFakeTools(), { board: "versatilepb" })).rejects.toMatchObject({
      code: "guest-board-unknown",
    });
  });
});

describe("findKernelFiles", () => {
  it("finds modules below /usr/lib too, where newer releases have them", () => {
    const fake = makeFakeTools();
    const root = join(fake.root, "kernel-package");
    renameSync(join(root, "lib"), join(root, "usr/lib-before"));
    renameSync(join(root, "usr/lib-before/modules"), join(root, "usr/lib/modules"));
    const recipe = packageRecipeOf("raspberrypi");
    if (recipe === undefined) throw new Error("the recipe is gone");
    const files = findKernelFiles(root, "linux-image-6.1.0-9-rpi", recipe);
    expect(files.modulesFolder).toBe(join(root, "usr/lib/modules/6.1.0-9-rpi"));
    expect(files.version).toBe("6.1.0-9-rpi");
  });
});

describe("kernelDependency", () => {
  const pattern = /^linux-image-[0-9]\S*-rpi$/;

  it("is the kernel among the dependencies, with its version where one is given", () => {
    expect(kernelDependency("linux-image-6.1.0-50-rpi (= 6.1.176-1)", pattern)).toEqual({
      name: "linux-image-6.1.0-50-rpi",
      version: "6.1.176-1",
    });
    expect(kernelDependency("kmod, linux-image-6.12-rpi | linux-image-generic", pattern)).toEqual({
      name: "linux-image-6.12-rpi",
      version: undefined,
    });
    expect(kernelDependency("kmod, linux-image-marvell (= 1)", pattern)).toBeUndefined();
  });
});
