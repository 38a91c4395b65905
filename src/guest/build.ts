/** Builds a board's guest into the cache: kernel from Debian's source, root file system from Debian's busybox. */
import { copyFileSync, mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defaultCacheFolder } from "../base/index.ts";
import {
  cachedGuests,
  damagedFiles,
  type Guest,
  GuestFile,
  lockPathOf,
  removeAbandonedWork,
  removeOutdatedGuests,
  saveGuest,
  undamagedGuest,
  workFolder,
} from "./cache.ts";
import { executableFromPackage, fetchPackage, packageDateS, packageVersion } from "./debian.ts";
import { diskTooSmall } from "./errors.ts";
import { type BuiltInputs, type GuestInputs, kernelHash, recipeInputs, sha256, sha256OfFile } from "./inputs.ts";
import {
  collectKernel,
  compiledFraction,
  compileKernel,
  configureKernel,
  isDone,
  type KernelBuild,
  kernelEnvironment,
  kernelOutputs,
  markDone,
  unpackSource,
} from "./kernel.ts";
import { takeLock } from "./lock.ts";
import { type ToolContext, toolOutput } from "./process.ts";
import { type OnProgress, Steps } from "./progress.ts";
import { type GuestRecipe, installedBoardsFolder, type RecipeFiles, recipeFilesWith, recipeOf } from "./recipe.ts";
import { initramfs } from "./root-file-system.ts";
import { checkTools } from "./tools.ts";

/** Source tree and objects, at their largest. */
const WORK_SIZE_BYTES = 2_200_000_000;
const PACKAGES_LOG = "packages.log";
const BUSYBOX_PATHS = ["bin/busybox", "usr/bin/busybox"];

export interface BuildOptions {
  board: string;
  cacheDir?: string;
  onProgress?: OnProgress;
  /** Each line that a tool prints, for `--verbose`. */
  onOutput?: (line: string) => void;
  /** Ends the running tool and rejects with `guest-build-interrupted`; what is done is kept. */
  signal?: AbortSignal;
  /** A clock for the durations in the manifest; without it there are none. */
  nowMs?: () => number;
  /** Download the packages again, to see whether there are newer ones. */
  refresh?: boolean;
  jobs?: number;
  /** A kernel configuration fragment beyond the board's own: a guest of its own comes of it. */
  configFile?: string;
  boardsFolder?: string;
  /** In place of the archive that the recipe's source package installs. */
  sourceArchive?: string;
  env?: NodeJS.ProcessEnv;
}

/** What all steps share. */
interface Session {
  options: BuildOptions;
  recipe: GuestRecipe;
  files: RecipeFiles;
  cacheDir: string;
  sourceArchive: string;
  steps: Steps;
}

const contextOf = (session: Session, logPath: string, env: NodeJS.ProcessEnv): ToolContext => ({
  step: session.steps.current,
  logPath,
  env,
  signal: session.options.signal,
  onLine: session.options.onOutput,
});

interface Busybox {
  version: string;
  program: Uint8Array;
}

async function getBusybox(session: Session): Promise<Busybox> {
  const { recipe, cacheDir, options } = session;
  const folder = join(cacheDir, "packages");
  mkdirSync(folder, { recursive: true });
  rmSync(join(folder, PACKAGES_LOG), { force: true });
  const env = { ...(options.env ?? process.env), LC_ALL: "C" };
  const context = contextOf(session, join(folder, PACKAGES_LOG), env);
  const wanted = { name: recipe.busyboxPackage, architecture: recipe.architecture };
  const deb = await fetchPackage(context, wanted, folder, options.refresh ?? false);
  return {
    version: await packageVersion(context, deb),
    program: await executableFromPackage(context, deb, BUSYBOX_PATHS),
  };
}

async function collectInputs(session: Session, busybox: Busybox): Promise<BuiltInputs> {
  const { recipe, files, sourceArchive, cacheDir, options } = session;
  const env = { ...(options.env ?? process.env), LC_ALL: "C" };
  const context = contextOf(session, join(cacheDir, "packages", PACKAGES_LOG), env);
  const firstLine = async (tool: string): Promise<string> =>
    (await toolOutput(context, `${recipe.crossCompile}${tool}`, ["--version"])).split("\n")[0];
  const { initSha256, filesSha256, ...ofKernel } = recipeInputs(recipe, files);
  return {
    board: recipe.board,
    kernel: {
      ...ofKernel,
      sourceSha256: await sha256OfFile(sourceArchive),
      sourceDateS: packageDateS(join("/usr/share/doc", recipe.sourcePackage), sourceArchive),
      compiler: await firstLine("gcc"),
      linker: await firstLine("ld"),
    },
    root: { busyboxVersion: busybox.version, busyboxSha256: sha256(busybox.program), initSha256, filesSha256 },
  };
}

function checkDisk(folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < WORK_SIZE_BYTES) throw diskTooSmall(folder, WORK_SIZE_BYTES, bavail * bsize);
}

/** Compiles the kernel in the work folder, step by step, and puts the results into `result`; returns its version. */
async function buildKernel(session: Session, build: KernelBuild, result: string): Promise<string> {
  const { steps, options, recipe } = session;
  const logPath = join(build.work, "build.log");
  const env = kernelEnvironment(build.inputs, options.env ?? process.env);
  const context = (): ToolContext => contextOf(session, logPath, env);
  if (!isDone(build, "unpack")) {
    checkDisk(build.work);
    await steps.run("unpack", async (onFraction) => {
      await unpackSource(context(), build, onFraction);
      markDone(build, "unpack");
    });
  }
  if (!isDone(build, "configure")) {
    await steps.run("configure", async () => {
      await configureKernel(context(), build);
      markDone(build, "configure");
    });
  }
  const leftFraction = 1 - compiledFraction(logPath, recipe);
  const expectedSeconds = Math.round((leftFraction * recipe.compileCoreSeconds) / build.jobs);
  await steps.run("compile", (onFraction) => compileKernel(context(), build, onFraction), { expectedSeconds });
  return collectKernel({ ...context(), step: "compile" }, build, result);
}

/** Copies the kernel of a cached guest that has the same kernel inputs and is undamaged; returns its version. */
async function reuseKernel(session: Session, inputs: GuestInputs, result: string): Promise<string | undefined> {
  const wanted = kernelHash(inputs);
  for (const guest of cachedGuests(inputs.board, session.cacheDir)) {
    if (kernelHash(guest.manifest.inputs) !== wanted || (await damagedFiles(guest)).length > 0) continue;
    mkdirSync(result, { recursive: true });
    for (const name of Object.keys(kernelOutputs(session.recipe)))
      copyFileSync(join(guest.folder, name), join(result, name));
    return guest.kernelVersion;
  }
  return undefined;
}

async function assemble(session: Session, inputs: BuiltInputs, busybox: Busybox, work: string): Promise<Guest> {
  const { steps, recipe, files, cacheDir, options, sourceArchive } = session;
  const result = join(work, "result");
  rmSync(result, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const jobs = options.jobs ?? availableParallelism();
  const build = { recipe, inputs: inputs.kernel, fragment: files.fragment, work, jobs, sourceArchive };
  const kernelVersion = (await reuseKernel(session, inputs, result)) ?? (await buildKernel(session, build, result));
  return await steps.run("save", async () => {
    const parts = { busybox: busybox.program, init: files.init };
    writeFileSync(join(result, GuestFile.initrd), initramfs(parts, inputs.kernel.sourceDateS));
    return saveGuest({ result, kernelVersion, inputs, stepsMs: steps.durationsMs }, cacheDir);
  });
}

/**
 * The guest of `board`, built when the cache does not have one of exactly these inputs. An interrupted or failed build
 * goes on where it was when it is asked for again.
 */
export async function buildGuest(options: BuildOptions): Promise<Guest> {
  const recipe = recipeOf(options.board);
  const session: Session = {
    options,
    recipe,
    files: recipeFilesWith(recipe, options.boardsFolder ?? installedBoardsFolder(), options.configFile),
    cacheDir: options.cacheDir ?? defaultCacheFolder(options.env),
    sourceArchive: options.sourceArchive ?? recipe.sourceArchive,
    steps: new Steps(options.onProgress, options.nowMs),
  };
  const { steps, cacheDir, sourceArchive } = session;
  await steps.run("tools", async () => {
    const searchPath = (options.env ?? process.env).PATH ?? "";
    checkTools(searchPath, { archivePath: sourceArchive, packageName: recipe.sourcePackage });
  });
  const { busybox, inputs } = await steps.run("packages", async () => {
    const busybox = await getBusybox(session);
    return { busybox, inputs: await collectInputs(session, busybox) };
  });
  const cached = await undamagedGuest(cacheDir, inputs);
  if (cached !== undefined) return cached;
  const work = workFolder(cacheDir, inputs);
  const release = takeLock(lockPathOf(work));
  try {
    // Another process may have finished it before this one got the lock.
    const guest = (await undamagedGuest(cacheDir, inputs)) ?? (await assemble(session, inputs, busybox, work));
    rmSync(work, { recursive: true, force: true });
    removeAbandonedWork(options.board, cacheDir);
    // A guest with other options than the recipe's makes none of the recipe's out of date.
    if (options.configFile === undefined) removeOutdatedGuests(guest, cacheDir);
    return guest;
  } finally {
    release();
  }
}
