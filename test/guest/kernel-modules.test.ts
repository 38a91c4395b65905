import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { moduleEntries, moduleIndexes, moduleInfo, selectModules } from "../../src/guest/kernel-modules.ts";
import { findTool } from "../../src/guest/tools.ts";
import { armElf, givenFolder, moduleElf } from "./fake-tools.ts";

const VERSION = "6.1.0-9-rpi";

/** A modules folder like that of a package; returns it, and the root that it is below. */
function givenModules(): { root: string; folder: string } {
  const root = givenFolder();
  const folder = join(root, "lib/modules", VERSION);
  const put = (path: string, data: Uint8Array | string): void => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), data);
  };
  put("kernel/fs/ext4/ext4.ko", moduleElf(["alias=fs-ext4", "softdep=pre: crypto-crc32c", "depends=jbd2,mbcache"]));
  put("kernel/fs/jbd2/jbd2.ko", moduleElf(["depends=mbcache"]));
  put("kernel/fs/mbcache.ko", moduleElf(["depends="]));
  put("kernel/drivers/char/virtio-rng.ko.gz", gzipSync(moduleElf(["alias=virtio:d00000004v*", "depends=virtio"])));
  put("kernel/drivers/virtio/virtio.ko", moduleElf(["depends="]));
  put("kernel/drivers/virtio/unwanted.ko", moduleElf(["depends=virtio"]));
  put("modules.builtin", "kernel/drivers/mmc/host/bcm2835-sdhost.ko\n");
  put("modules.order", "");
  return { root, folder };
}

describe("selectModules", () => {
  it("takes what was asked for with all it depends on, whatever way the names are spelt", () => {
    const { modules, absent } = selectModules(givenModules().folder, ["virtio_rng", "ext4"]);
    expect(modules.map(({ name }) => name)).toEqual(["virtio_rng", "virtio", "ext4", "jbd2", "mbcache"]);
    expect(absent).toEqual([]);
  });

  it("passes over what the kernel has built in, and names what it does not have at all", () => {
    const { modules, absent } = selectModules(givenModules().folder, ["bcm2835-sdhost", "warp_drive", "mbcache"]);
    expect(modules.map(({ name }) => name)).toEqual(["mbcache"]);
    expect(absent).toEqual(["warp_drive"]);
  });

  it("unpacks compressed modules", () => {
    const [module] = selectModules(givenModules().folder, ["virtio-rng"]).modules;
    expect(module.path).toBe("kernel/drivers/char/virtio-rng.ko");
    expect([...module.data.subarray(0, 4)]).toEqual([0x7f, 0x45, 0x4c, 0x46]);
  });

  it("refuses a file that is no ARM module", () => {
    const { folder } = givenModules();
    for (const data of [new Uint8Array(10), armElf().subarray(0, 52).fill(0xff, 0x20, 0x24)]) {
      writeFileSync(join(folder, "kernel/fs/mbcache.ko"), data);
      expect(() => selectModules(folder, ["mbcache"])).toThrow(
        expect.objectContaining({ code: "guest-module-invalid" }),
      );
    }
  });
});

describe("moduleInfo", () => {
  it("is what the module says of itself", () => {
    const data = moduleElf(["license=GPL", "alias=a:b*", "alias=c", "depends=x,y-z", "softdep=pre: w"]);
    expect(moduleInfo("m", data)).toEqual({
      depends: ["x", "y-z"],
      aliases: ["a:b*", "c"],
      softDependencies: ["pre: w"],
    });
  });
});

describe("moduleIndexes", () => {
  const searchPath = `${process.env.PATH}:/usr/sbin:/sbin`;
  const depmod = findTool("depmod", searchPath);
  const assembler = findTool("arm-linux-gnueabi-as", searchPath);

  /** An object that says `info` of itself, gives a symbol of its name to others, and uses those of `uses`. */
  function assemble(path: string, name: string, info: readonly string[], uses: readonly string[]): void {
    const lines = [
      '.section .modinfo,"a"',
      ...[...info, `depends=${uses.join(",")}`].map((text) => `.asciz "${text}"`),
      '.section __ksymtab_strings,"a"',
      `.asciz "${name}_symbol"`,
      ".data",
      ...uses.map((used) => `.word ${used}_symbol`),
    ];
    mkdirSync(join(path, ".."), { recursive: true });
    execFileSync(assembler ?? "", ["-o", path, "-"], { input: `${lines.join("\n")}\n` });
  }

  // depmod takes the dependencies from the symbols, not from what the modules say, so these have both.
  it.skipIf(depmod === undefined || assembler === undefined)("are those that depmod makes of the same modules", () => {
    const root = givenFolder();
    const folder = join(root, "lib/modules", VERSION);
    const put = (path: string, name: string, info: readonly string[], uses: readonly string[]): void =>
      assemble(join(folder, "kernel", path), name, info, uses);
    put("fs/ext4.ko", "ext4", ["alias=fs-ext4", "alias=ext3", "softdep=pre: crypto-crc32c"], ["jbd2", "mbcache"]);
    put("fs/jbd2.ko", "jbd2", [], ["crc16"]);
    put("fs/mbcache.ko", "mbcache", [], []);
    put("lib/crc16.ko", "crc16", [], []);
    put("drivers/virtio-rng.ko", "rng", ["alias=virtio:d00000004v*"], ["virtio"]);
    put("drivers/virtio.ko", "virtio", [], []);
    for (const name of ["modules.builtin", "modules.order"]) writeFileSync(join(folder, name), "");
    execFileSync(depmod ?? "", ["--basedir", root, VERSION], { stdio: "ignore" });
    const linesOf = (text: string): string[] =>
      text
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("#"))
        // The order among what one module needs is free, as long as each comes before what it needs itself.
        .map((line) => line.split(" ").sort().join(" "))
        .sort();
    const { modules } = selectModules(folder, ["virtio-rng", "ext4"]);
    for (const [name, text] of Object.entries(moduleIndexes(modules))) {
      expect(linesOf(text), name).toEqual(linesOf(readFileSync(join(folder, name), "utf8")));
    }
  });

  it("name what a module needs before what that needs", () => {
    const { modules } = selectModules(givenModules().folder, ["ext4"]);
    expect(moduleIndexes(modules)["modules.dep"].split("\n")[0]).toBe(
      "kernel/fs/ext4/ext4.ko: kernel/fs/jbd2/jbd2.ko kernel/fs/mbcache.ko",
    );
  });
});

describe("moduleEntries", () => {
  it("has a folder for each file's parent, and the indexes beside the modules", () => {
    const { folder } = givenModules();
    const entries = moduleEntries(folder, VERSION, selectModules(folder, ["ext4"]));
    const folders = entries.filter(({ kind }) => kind === "directory").map(({ path }) => path);
    const files = entries.filter(({ kind }) => kind === "file").map(({ path }) => path);
    for (const path of files) expect(folders).toContain(path.replace(/\/[^/]*$/, ""));
    expect(files).toContain(`lib/modules/${VERSION}/modules.dep`);
    expect(files).toContain(`lib/modules/${VERSION}/modules.builtin`);
    expect(files).toContain(`lib/modules/${VERSION}/kernel/fs/ext4/ext4.ko`);
  });
});
