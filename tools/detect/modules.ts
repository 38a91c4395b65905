/**
 * Builds the test subjects as modules of one guest's kernel: a kernel tree with that guest's configuration is unpacked and
 * prepared (a minute), the modules are compiled in it, and they alone are kept, by the content of all that went in.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultCacheFolder } from "../../src/base/index.ts";
import { type Guest, GuestFile } from "../../src/guest/index.ts";

/** Where Debian's package linux-source-6.1 puts it. */
export const SOURCE_ARCHIVE = "/usr/src/linux-source-6.1.tar.xz";
const SOURCE_FOLDER = "linux-source-6.1";
const MAKE = ["ARCH=arm", "CROSS_COMPILE=arm-linux-gnueabi-"];
/** What no module of ours is compiled from; Kconfig and Make files stay, because the configuration is read again. */
const LEFT_OUT = ["*.rst", "*.yaml", "drivers/*.c", "sound/*.c", "net/*.c", "fs/*.c", "tools/testing", "arch/*.dts*"];

export type Say = (text: string) => void;

const SOURCES = /\.(?:c|h)$|^Kbuild$/;

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8", maxBuffer: 1 << 28 });
  if (error !== undefined) throw error;
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")} failed:\n${stdout.slice(-2000)}${stderr.slice(-2000)}`);
}

/** Of the kernel's configuration and the subjects' sources. */
export function hashOf(guest: Guest, sources: string): string {
  const hash = createHash("sha256").update(readFileSync(join(guest.folder, GuestFile.kernelConfig)));
  hash.update(guest.manifest.hash);
  for (const name of readdirSync(sources).sort())
    if (SOURCES.test(name)) hash.update(readFileSync(join(sources, name)));
  return hash.digest("hex").slice(0, 12);
}

function compile(guest: Guest, sources: string, work: string): void {
  const tree = join(work, "tree");
  const objects = join(work, "objects");
  const modules = join(work, "modules");
  for (const folder of [tree, objects, modules]) mkdirSync(folder);
  const excluded = LEFT_OUT.map((pattern) => `--exclude=${SOURCE_FOLDER}/${pattern}`);
  run("tar", ["--extract", "--no-same-owner", `--file=${SOURCE_ARCHIVE}`, ...excluded], tree);
  copyFileSync(join(guest.folder, GuestFile.kernelConfig), join(objects, ".config"));
  for (const name of readdirSync(sources)) if (SOURCES.test(name)) cpSync(join(sources, name), join(modules, name));
  const make = (...words: string[]): void =>
    run("make", [...MAKE, `O=${objects}`, ...words], join(tree, SOURCE_FOLDER));
  make("olddefconfig");
  make("-j2", "modules_prepare");
  // The kernel's own list of exports was not built; whether a name exists is seen when the module is loaded.
  make(`M=${modules}`, "KBUILD_MODPOST_WARN=1", "-j2", "modules");
}

/** The folder with the compiled modules; made when the cache does not have it. */
export function buildModules(guest: Guest, sources: string, say: Say): string {
  const cache = join(defaultCacheFolder(), "tamper");
  const folder = join(cache, hashOf(guest, sources));
  if (existsSync(folder)) return folder;
  say("building the test subjects for this kernel, about a minute");
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), "komainu-tamper-"));
  try {
    compile(guest, sources, work);
    const result = mkdtempSync(join(cache, ".new-"));
    for (const name of readdirSync(join(work, "modules"))) {
      if (name.endsWith(".ko")) copyFileSync(join(work, "modules", name), join(result, name));
    }
    // Somebody else may have been faster.
    if (existsSync(folder)) rmSync(result, { recursive: true });
    else renameSync(result, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}
