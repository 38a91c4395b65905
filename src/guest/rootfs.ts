/**
 * Makes a board's root file system of a distribution's packages, as an ext4 image for its SD card.
 *
 * As debootstrap with `--foreign` does: the packages are unpacked here, which needs neither root nor a processor of that
 * architecture; their scripts run on the machine they are for, in its first boot.
 */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { defaultCacheFolder } from "../base/index.ts";
import { type Guest, lockPathOf } from "./cache.ts";
import { writePlainPackage } from "./deb-archive.ts";
import { extractPackage, fetchClosure, unpackPackage, withPackages } from "./debian.ts";
import { guestBuildFailed, guestBuildInterrupted, rootfsKernelUnknown, rootfsUnknown } from "./errors.ts";
import type { FetchOptions } from "./fetch.ts";
import { sha256OfFile } from "./inputs.ts";
import { takeLock } from "./lock.ts";
import { runTool, type ToolContext } from "./process.ts";
import { ROOTFS_STEPS, Steps } from "./progress.ts";
import { installedBoardsFolder, readRecipeFile } from "./recipe.ts";
import {
  exactRootfs,
  findRootfs,
  kernelPackageOf,
  type Rootfs,
  type RootfsInputs,
  removeAbandonedRootfsWork,
  rootfsRecipeInputs,
  rootfsWorkFolder,
  saveRootfs,
} from "./rootfs-cache.ts";
import { type RootfsRecipe, rootfsNames, rootfsRecipeOf } from "./rootfs-recipe.ts";
import { checkRootfsTools, withSystemFolders } from "./tools.ts";

/** Files of the work folder: the image while it is made, when its first boot can begin, and when that is over. */
const PARTIAL = "partial.ext4";
const UNINSTALLED = "uninstalled.ext4";
const INSTALLED = "installed.ext4";
const SECOND_STAGE = "second-stage";
/** Inside the file system: the packages as they were fetched, and without compression for the second stage alone. */
const KEPT_PACKAGES = "var/cache/apt/archives";
const PLAIN_PACKAGES = "second-stage-packages";
/** What the second stage says at its end, or the initrd where there is none to go on with. */
const END_LINE = /komainu: (?:root file system )?(finished|failed: .*|no root file system .*)/;

/** What the caller's machine does: boots `board` to its `rootfs` on `card` with `init` as the first process there. */
export interface InstallJob {
  readonly board: string;
  readonly rootfs: string;
  readonly card: string;
  readonly init: string;
  /** Takes each line of the guest's console; true: it was the last one that matters. */
  readonly onLine: (line: string) => boolean;
  readonly signal: AbortSignal | undefined;
}

export interface RootfsOptions extends FetchOptions {
  /** Such as `debian`. */
  rootfs: string;
  /** The board's guest, whose kernel it is for. */
  guest: Guest;
  /** In place of the recipe's. */
  imageSizeBytes?: number;
  install: (job: InstallJob) => Promise<void>;
}

interface Session {
  readonly options: RootfsOptions;
  readonly recipe: RootfsRecipe;
  readonly secondStage: Uint8Array;
  readonly packagesFolder: string;
  readonly archives: string;
  readonly env: NodeJS.ProcessEnv;
  readonly steps: Steps;
}

const contextOf = ({ options, archives, steps, env }: Session): ToolContext => ({
  step: steps.current,
  logPath: join(archives, "rootfs.log"),
  env,
  signal: options.signal,
  onLine: options.onOutput,
});

/** Links of the folders that are one with those of /usr since Debian 12; packages unpack through them. */
function makeMergedFolders(root: string): void {
  for (const name of ["bin", "sbin", "lib"]) {
    mkdirSync(join(root, "usr", name), { recursive: true });
    symlinkSync(`usr/${name}`, join(root, name));
  }
}

/** The modules of the guest's kernel: the package itself wants a boot loader's and an initramfs's packages, too. */
async function addKernelModules(session: Session, work: string, root: string): Promise<void> {
  const { recipe, packagesFolder, options } = session;
  const kernel = kernelPackageOf(options.guest);
  if (kernel === undefined) throw rootfsKernelUnknown(recipe.board);
  const store = { folder: packagesFolder, architecture: recipe.architecture, refresh: false };
  const path = await withPackages(contextOf(session), store, (get) => get(kernel.name, kernel.version));
  const unpacked = join(work, "kernel");
  mkdirSync(unpacked, { recursive: true });
  await extractPackage(contextOf(session), path, unpacked);
  const folder = ["lib/modules", "usr/lib/modules"].map((name) => join(unpacked, name)).find(existsSync);
  const { cp } = await import("node:fs/promises");
  if (folder !== undefined) await cp(folder, join(root, "usr/lib/modules"), { recursive: true });
  rmSync(unpacked, { recursive: true, force: true });
}

/** The file tree that becomes the image. */
async function unpack(session: Session, work: string, files: readonly string[]): Promise<string> {
  const { archives, secondStage, steps } = session;
  const root = join(work, "root");
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  await steps.run("unpack", async (onFraction) => {
    makeMergedFolders(root);
    const [kept, plain] = [KEPT_PACKAGES, PLAIN_PACKAGES].map((folder) => join(root, folder));
    for (const folder of [kept, plain]) mkdirSync(folder, { recursive: true });
    for (const [index, file] of files.entries()) {
      copyFileSync(join(archives, file), join(kept, file));
      await writePlainPackage(contextOf(session), join(archives, file), join(plain, file));
      await unpackPackage(contextOf(session), join(plain, file), root);
      onFraction((index + 1) / (files.length + 1));
    }
    await addKernelModules(session, work, root);
    mkdirSync(join(root, "var/lib/dpkg/info"), { recursive: true });
    for (const name of ["status", "available"]) writeFileSync(join(root, "var/lib/dpkg", name), "");
    writeFileSync(join(root, SECOND_STAGE), secondStage, { mode: 0o755 });
  });
  return root;
}

async function makeImage(session: Session, work: string, root: string): Promise<void> {
  const { recipe, steps } = session;
  const partial = join(work, PARTIAL);
  rmSync(partial, { force: true });
  await steps.run("image", async () => {
    const format = ["-q", "-t", "ext4", "-E", "root_owner=0:0", "-L", recipe.name, "-d", root];
    await runTool(contextOf(session), "mke2fs", [...format, partial, `${recipe.sizeBytes / 1024}k`], work);
    rmSync(root, { recursive: true, force: true });
    renameSync(partial, join(work, UNINSTALLED));
  });
}

/** The first boot. dpkg unpacks each package once more, then its scripts set it up: two lines a package. */
async function install(session: Session, work: string, packageCount: number): Promise<void> {
  const { recipe, steps, options } = session;
  const card = join(work, UNINSTALLED);
  await steps.run("install", async (onFraction) => {
    let lines = 0;
    let end: string | undefined;
    const tail: string[] = [];
    const { logPath } = contextOf(session);
    const onLine = (line: string): boolean => {
      options.onOutput?.(line);
      appendFileSync(logPath, `${line}\n`);
      if (tail.push(line) > 30) tail.shift();
      if (/^(Unpacking|Setting up) /.test(line)) onFraction(Math.min(++lines / (2 * packageCount), 0.99));
      end = END_LINE.exec(line)?.[1] ?? end;
      return end !== undefined;
    };
    const { board, name: rootfs } = recipe;
    await options.install({ board, rootfs, card, init: `/${SECOND_STAGE}`, onLine, signal: options.signal });
    if (options.signal?.aborted === true) throw guestBuildInterrupted(steps.current);
    if (end !== "finished") {
      // It would fail at the same place again.
      rmSync(card, { force: true });
      const reason = end ?? "the guest ended before it was finished";
      throw guestBuildFailed({ step: "install", reason, logPath, tail });
    }
    renameSync(card, join(work, INSTALLED));
  });
}

/** What was deleted in the guest becomes a hole in the file; a file system that is not clean fails. */
async function checkImage(session: Session, image: string): Promise<void> {
  await runTool(contextOf(session), "e2fsck", ["-f", "-p", "-E", "discard", image], join(image, ".."));
}

async function make(session: Session, work: string, inputs: RootfsInputs, cacheDir: string): Promise<Rootfs> {
  const { steps } = session;
  const files = Object.keys(inputs.packages);
  mkdirSync(work, { recursive: true });
  if (!existsSync(join(work, INSTALLED))) {
    if (!existsSync(join(work, UNINSTALLED))) await makeImage(session, work, await unpack(session, work, files));
    await install(session, work, files.length);
  }
  return await steps.run("save", async () => {
    const image = join(work, INSTALLED);
    await checkImage(session, image);
    const rootfs = await saveRootfs(cacheDir, inputs, image);
    if (rootfs !== undefined) return rootfs;
    throw guestBuildFailed({ step: "save", reason: "it could not be read back", logPath: work, tail: [] });
  });
}

async function download(session: Session): Promise<Record<string, string>> {
  const { recipe, archives, steps, options } = session;
  const store = { folder: archives, architecture: recipe.architecture, refresh: options.refresh ?? false };
  return await steps.run("download", async (onFraction) => {
    const files = await fetchClosure(contextOf(session), store, { packages: recipe.packages, onFraction });
    const packages: Record<string, string> = {};
    for (const file of files) packages[file] = await sha256OfFile(join(archives, file));
    return packages;
  });
}

type FindOptions = Pick<
  RootfsOptions,
  "board" | "rootfs" | "guest" | "imageSizeBytes" | "cacheDir" | "boardsFolder" | "env"
>;

/** The recipe of these options, and what of the inputs is known without any tool. */
function wanted({ board, rootfs: name, guest, imageSizeBytes, boardsFolder }: FindOptions) {
  const found = rootfsRecipeOf(board, name);
  if (found === undefined) throw rootfsUnknown(board, name, rootfsNames(board));
  const recipe = { ...found, sizeBytes: imageSizeBytes ?? found.sizeBytes };
  return { recipe, inputs: rootfsRecipeInputs(recipe, guest, boardsFolder ?? installedBoardsFolder()) };
}

const cacheFolderOf = ({ cacheDir, env }: FindOptions): string => cacheDir ?? defaultCacheFolder(env);

/** The root file system of these options when the cache has one for this guest; asks no tool. */
export const cachedRootfs = (options: FindOptions): Rootfs | undefined =>
  findRootfs(cacheFolderOf(options), wanted(options).inputs);

/** A root file system of the newest packages; an interrupted one goes on after the last step that was done. */
export async function fetchRootfs(options: RootfsOptions): Promise<Rootfs> {
  const { recipe, inputs: known } = wanted(options);
  const cacheDir = cacheFolderOf(options);
  const env = options.env ?? process.env;
  const searchPath = withSystemFolders(env.PATH ?? "");
  const packagesFolder = join(cacheDir, "packages");
  const session: Session = {
    options,
    recipe,
    secondStage: readRecipeFile(options.boardsFolder ?? installedBoardsFolder(), recipe.secondStageFile),
    packagesFolder,
    archives: join(packagesFolder, `${recipe.name}-${recipe.architecture}`),
    env: { ...env, PATH: searchPath, LC_ALL: "C" },
    steps: new Steps(options.onProgress, options.nowMs, ROOTFS_STEPS),
  };
  await session.steps.run("tools", async () => checkRootfsTools(searchPath));
  const packages = await download(session);
  const inputs: RootfsInputs = { ...known, packages };
  const work = rootfsWorkFolder(cacheDir, inputs);
  const release = takeLock(lockPathOf(work));
  try {
    const rootfs = exactRootfs(cacheDir, inputs) ?? (await make(session, work, inputs, cacheDir));
    rmSync(work, { recursive: true, force: true });
    removeAbandonedRootfsWork(cacheDir, inputs);
    return rootfs;
  } finally {
    release();
  }
}
