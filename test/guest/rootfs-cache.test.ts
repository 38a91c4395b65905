import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  exactRootfs,
  findRootfs,
  listRootfs,
  type RootfsInputs,
  removeAbandonedRootfsWork,
  rootfsWorkFolder,
  saveRootfs,
} from "../../src/guest/rootfs-cache.ts";
import { givenFolder } from "./fake-tools.ts";

const inputs: RootfsInputs = {
  rootfsVersion: 1,
  name: "debian",
  board: "raspberrypi",
  wanted: "apt",
  secondStageSha256: "00",
  imageSizeBytes: 5,
  kernelSha256: "11",
  packages: { "apt_1_armel.deb": "22" },
};

async function given() {
  const cacheDir = givenFolder();
  const work = rootfsWorkFolder(cacheDir, inputs);
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, "image"), "image");
  const rootfs = await saveRootfs(cacheDir, inputs, join(work, "image"));
  if (rootfs === undefined) throw new Error("expected a root file system");
  return { cacheDir, work, rootfs };
}

describe("the cache of root file systems", () => {
  it("finds one by its recipe, whatever the versions of its packages, or by all of its inputs", async () => {
    const { cacheDir, rootfs } = await given();
    const { packages: _packages, ...wanted } = inputs;
    expect(readFileSync(rootfs.image, "utf8")).toBe("image");
    expect(findRootfs(cacheDir, wanted)).toEqual(rootfs);
    expect(findRootfs(cacheDir, { ...wanted, kernelSha256: "12" })).toBeUndefined();
    expect(exactRootfs(cacheDir, inputs)).toEqual(rootfs);
    expect(exactRootfs(cacheDir, { ...inputs, packages: {} })).toBeUndefined();
  });

  it("does not have one whose image was cut or is larger, or whose manifest was changed", async () => {
    const { cacheDir, rootfs } = await given();
    chmodSync(rootfs.image, 0o644);
    appendFileSync(rootfs.image, "x");
    expect(listRootfs(cacheDir)).toEqual([]);
    writeFileSync(rootfs.image, "image");
    expect(listRootfs(cacheDir)).toHaveLength(1);
    const manifest = join(rootfs.folder, "manifest.json");
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace("apt_1", "apt_2"));
    expect(listRootfs(cacheDir)).toEqual([]);
    writeFileSync(manifest, "{");
    expect(listRootfs(cacheDir)).toEqual([]);
  });

  it("forgets what is left of work that nobody does", async () => {
    const { cacheDir, work, rootfs } = await given();
    mkdirSync(work, { recursive: true });
    writeFileSync(`${work}.lock`, "999999999 1\n");
    removeAbandonedRootfsWork(cacheDir, inputs);
    expect(listRootfs(cacheDir)).toEqual([rootfs]);
    expect(() => readFileSync(`${work}.lock`)).toThrow(/ENOENT/);
  });
});
