/** Fetches a board's guest where Debian ships its kernel ready made: packages by apt, the initramfs from them. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { defaultCacheFolder, HvError } from "../base/index.ts";
import { identifyKernel, unpackKernel } from "../board/index.ts";
import {
  type Guest,
  GuestFile,
  lockPathOf,
  removeAbandonedWork,
  removeOutdatedGuests,
  saveGuest,
  undamagedGuest,
  workFolder,
} from "./cache.ts";
import {
  executableFromPackage,
  extractPackage,
  type GetPackage,
  packageDateS,
  packageField,
  packageVersion,
  withPackages,
} from "./debian.ts";
import { guestBoardUnknown, packageContentUnknown, packageUnavailable } from "./errors.ts";
import { type GuestInputs, packageRecipeInputs, sha256, sha256OfFile } from "./inputs.ts";
import { moduleEntries, selectModules } from "./kernel-modules.ts";
import { takeLock } from "./lock.ts";
import { fetchedBoards, type PackageRecipe, packageRecipeOf } from "./package-recipe.ts";
import type { ToolContext } from "./process.ts";
import { FETCH_STEPS, type OnProgress, Steps } from "./progress.ts";
import { installedBoardsFolder, readRecipeFile } from "./recipe.ts";
import { initramfs } from "./root-file-system.ts";
import { checkFetchTools } from "./tools.ts";

const BUSYBOX_PATHS = ["bin/busybox", "usr/bin/busybox"];
const PACKAGES_LOG = "fetch.log";
const MAX_KERNEL_BYTES = 128 * 2 ** 20;

export interface FetchOptions {
  board: string;
  cacheDir?: string;
  onProgress?: OnProgress;
  /** Each line that a tool prints, for `--verbose`. */
  onOutput?: (line: string) => void;
  /** Ends the running tool and rejects with `guest-build-interrupted`. */
  signal?: AbortSignal;
  /** A clock for the durations in the manifest; without it there are none. */
  nowMs?: () => number;
  /** Ask the package sources for newer packages than the kept ones. */
  refresh?: boolean;
  /** A suite of Debian's whose kernel is wanted in place of the system's release's; the guest is kept beside the other. */
  suite?: string;
  boardsFolder?: string;
  env?: NodeJS.ProcessEnv;
}

interface Packages {
  kernel: { name: string; version: string; path: string };
  busybox: { version: string; path: string };
}

interface Session {
  options: FetchOptions;
  recipe: PackageRecipe;
  init: Uint8Array;
  cacheDir: string;
  /** Where packages are kept. */
  packagesFolder: string;
  steps: Steps;
}

const contextOf = ({ options, packagesFolder, steps }: Session): ToolContext => ({
  step: steps.current,
  logPath: join(packagesFolder, PACKAGES_LOG),
  env: { ...(options.env ?? process.env), LC_ALL: "C" },
  signal: options.signal,
  onLine: options.onOutput,
});

/** The kernel's package that a metapackage depends on, `linux-image-6.1.0-13-rpi (= 6.1.55-1)` among others. */
export function kernelDependency(
  depends: string,
  pattern: RegExp,
): { name: string; version: string | undefined } | undefined {
  for (const alternative of depends.split(/[,|]/)) {
    const [, name = "", version] = /^\s*(\S+)(?:\s*\(=\s*([^\s)]+)\))?/.exec(alternative) ?? [];
    if (pattern.test(name)) return { name, version };
  }
  return undefined;
}

async function getPackages(session: Session, get: GetPackage): Promise<Packages> {
  const { recipe } = session;
  const context = contextOf(session);
  const metapackage = await get(recipe.kernelMetapackage);
  const depends = await packageField(context, metapackage, "Depends");
  const wanted = kernelDependency(depends, recipe.kernelPackage);
  if (wanted === undefined) throw packageUnavailable(recipe.kernelMetapackage, `it depends on no kernel: ${depends}`);
  const kernel = await get(wanted.name, wanted.version);
  const busybox = await get(recipe.busyboxPackage);
  return {
    kernel: { name: wanted.name, version: await packageVersion(context, kernel), path: kernel },
    busybox: { version: await packageVersion(context, busybox), path: busybox },
  };
}

/** Kernels that were newest once; each is as large as the rest of the cache. */
function removeOtherKernels({ packagesFolder, recipe }: Session, { kernel }: Packages): void {
  for (const file of readdirSync(packagesFolder)) {
    const isKernel = recipe.kernelPackage.test(file.split("_")[0]) && file.endsWith(".deb");
    if (isKernel && file !== basename(kernel.path)) rmSync(join(packagesFolder, file), { force: true });
  }
}

interface Fetched {
  inputs: GuestInputs;
  packages: Packages;
  busybox: Uint8Array;
}

async function fetchInputs(session: Session): Promise<Fetched> {
  const { recipe, init, options, packagesFolder } = session;
  mkdirSync(packagesFolder, { recursive: true });
  rmSync(join(packagesFolder, PACKAGES_LOG), { force: true });
  const context = contextOf(session);
  const { suite, refresh = false } = options;
  const store = { folder: packagesFolder, architecture: recipe.architecture, refresh, suite };
  const packages = await withPackages(context, store, (get) => getPackages(session, get));
  const busybox = await executableFromPackage(context, packages.busybox.path, BUSYBOX_PATHS);
  const { initSha256, filesSha256, ...ofKernel } = packageRecipeInputs(recipe, init, suite);
  const inputs: GuestInputs = {
    board: recipe.board,
    kernel: {
      ...ofKernel,
      package: packages.kernel.name,
      packageVersion: packages.kernel.version,
      packageSha256: await sha256OfFile(packages.kernel.path),
    },
    root: { busyboxVersion: packages.busybox.version, busyboxSha256: sha256(busybox), initSha256, filesSha256 },
  };
  return { inputs, packages, busybox };
}

/** What the kernel's package brought, unpacked. */
interface KernelFiles {
  zImage: string;
  config: string | undefined;
  deviceTrees: string[];
  version: string;
  modulesFolder: string;
  dateS: number;
}

/** Finds the kernel's parts by their kind: versions, and whether /lib is /usr/lib, differ from release to release. */
export function findKernelFiles(root: string, name: string, recipe: PackageRecipe): KernelFiles {
  const list = (folder: string): string[] => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : []);
  const one = (what: string, paths: readonly string[]): string => {
    if (paths.length === 0) throw packageContentUnknown(name, what);
    return paths[0];
  };
  const boot = (start: string): string[] => list("boot").filter((file) => file.startsWith(start));
  const kernel = one("a kernel boot/vmlinuz-*", boot("vmlinuz-"));
  const version = kernel.slice("vmlinuz-".length);
  const config = boot("config-")[0];
  const modules = ["lib/modules", "usr/lib/modules"].filter((folder) => list(folder).includes(version));
  const trees = [`usr/lib/${name}`, `usr/lib/linux-image-${version}`];
  const treeOf = (file: string): string =>
    join(
      root,
      one(
        `the device tree ${file}`,
        trees.map((folder) => join(folder, file)).filter((path) => existsSync(join(root, path))),
      ),
    );
  return {
    zImage: join(root, "boot", kernel),
    config: config === undefined ? undefined : join(root, "boot", config),
    deviceTrees: recipe.deviceTrees.map(treeOf),
    version,
    modulesFolder: join(root, one(`modules of ${version}`, modules), version),
    dateS: packageDateS(join(root, "usr/share/doc", name), join(root, "boot", kernel)),
  };
}

/**
 * The kernel in a zImage, so that no start has to unpack it; `undefined` when only the guest itself can. What is wrong with
 * a kernel the loader says, whoever it comes from.
 */
function unpackedImage(path: string): Uint8Array | undefined {
  try {
    const kernel = identifyKernel(readFileSync(path));
    return kernel.kind === "zImage" ? unpackKernel(kernel, MAX_KERNEL_BYTES)?.image : undefined;
  } catch (error) {
    if (error instanceof HvError) return undefined;
    throw error;
  }
}

async function assemble(session: Session, { inputs, packages, busybox }: Fetched, work: string): Promise<Guest> {
  const { recipe, init, steps, cacheDir } = session;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const unpacked = mkdtempSync(join(work, "package-"));
  const files = await steps.run("unpack", async () => {
    await extractPackage(contextOf(session), packages.kernel.path, unpacked);
    return findKernelFiles(unpacked, packages.kernel.name, recipe);
  });
  return await steps.run("save", async () => {
    const result = join(work, "result");
    mkdirSync(result);
    copyFileSync(files.zImage, join(result, GuestFile.zImage));
    const image = unpackedImage(files.zImage);
    if (image !== undefined) writeFileSync(join(result, GuestFile.kernelImage), image);
    if (files.config !== undefined) copyFileSync(files.config, join(result, GuestFile.kernelConfig));
    for (const path of files.deviceTrees) copyFileSync(path, join(result, basename(path)));
    const modules = selectModules(files.modulesFolder, recipe.modules);
    const extra = moduleEntries(files.modulesFolder, files.version, modules);
    for (const name of modules.absent) session.options.onOutput?.(`no module ${name} in this kernel`);
    writeFileSync(join(result, GuestFile.initrd), initramfs({ busybox, init, extra }, files.dateS));
    return saveGuest({ result, kernelVersion: files.version, inputs, stepsMs: steps.durationsMs }, cacheDir);
  });
}

/** The guest of `board` from the newest packages; nothing is unpacked when the cache has one of exactly these. */
export async function fetchGuest(options: FetchOptions): Promise<Guest> {
  const recipe = packageRecipeOf(options.board);
  if (recipe === undefined) throw guestBoardUnknown(options.board, fetchedBoards());
  const cacheDir = options.cacheDir ?? defaultCacheFolder(options.env);
  const session: Session = {
    options,
    recipe,
    init: readRecipeFile(options.boardsFolder ?? installedBoardsFolder(), recipe.initFile),
    cacheDir,
    packagesFolder: join(cacheDir, "packages", options.suite ?? ""),
    steps: new Steps(options.onProgress, options.nowMs, FETCH_STEPS),
  };
  const { steps } = session;
  await steps.run("tools", async () => checkFetchTools((options.env ?? process.env).PATH ?? ""));
  const fetched = await steps.run("packages", () => fetchInputs(session));
  const { inputs } = fetched;
  const work = workFolder(cacheDir, inputs);
  const release = takeLock(lockPathOf(work));
  try {
    const guest = (await undamagedGuest(cacheDir, inputs)) ?? (await assemble(session, fetched, work));
    rmSync(work, { recursive: true, force: true });
    removeOtherKernels(session, fetched.packages);
    removeAbandonedWork(recipe.board, cacheDir);
    // One of another suite makes none of the board's own out of date.
    if (options.suite === undefined) removeOutdatedGuests(guest, cacheDir);
    return guest;
  } finally {
    release();
  }
}
