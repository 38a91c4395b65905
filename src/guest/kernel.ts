/** Unpacks, configures and compiles the guest's kernel (Linux, Documentation/kbuild and process/ for the variables). */
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GuestFile } from "./cache.ts";
import { guestBuildFailed } from "./errors.ts";
import type { KernelInputs } from "./inputs.ts";
import { runTool, type ToolContext, toolOutput } from "./process.ts";
import type { GuestRecipe } from "./recipe.ts";

export interface KernelBuild {
  recipe: GuestRecipe;
  inputs: KernelInputs;
  fragment: Uint8Array;
  /** Holds the source tree and the stamps. */
  work: string;
  jobs: number;
  sourceArchive: string;
}

/** Told how far a step is, 0 to 1. */
export type OnFraction = (fraction: number) => void;

const TAR_RECORD_BYTES = 10_240;
const CHECKPOINT_RECORDS = 2_000;
const COMPILE_LINE = /^ {2}(?:HOST)?(?:CC|AS|AR|LD)\s/;

const treeOf = ({ work, recipe }: KernelBuild): string => join(work, recipe.sourceFolder);
const stampOf = ({ work }: KernelBuild, step: string): string => join(work, `${step}.done`);

/** Whether an earlier run has finished a step. */
export const isDone = (build: KernelBuild, step: string): boolean => existsSync(stampOf(build, step));
export const markDone = (build: KernelBuild, step: string): void => writeFileSync(stampOf(build, step), "");

/** As `date -u` prints it: the form that the kernel's banner has. */
export function bannerDate(seconds: number): string {
  const [day, date, month, year, time] = new Date(seconds * 1000).toUTCString().replace(",", "").split(" ");
  return `${day} ${month} ${date.replace(/^0/, " ")} ${time} UTC ${year}`;
}

/** The environment of every tool: nothing of the caller's can reach the kernel's build, and nothing of this machine the kernel. */
export const kernelEnvironment = (inputs: { sourceDateS: number }, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  PATH: env.PATH,
  HOME: env.HOME,
  TMPDIR: env.TMPDIR,
  LC_ALL: "C",
  TZ: "UTC",
  KBUILD_BUILD_TIMESTAMP: bannerDate(inputs.sourceDateS),
  KBUILD_BUILD_USER: "komainu",
  KBUILD_BUILD_HOST: "board",
  KBUILD_BUILD_VERSION: "1",
  SOURCE_DATE_EPOCH: String(inputs.sourceDateS),
  // Set, though empty: else a git checkout around the cache adds a "+" to the version.
  LOCALVERSION: "",
});

/** The size of an .xz file's content in bytes, from its index; `undefined` when xz does not say. */
async function unpackedBytes(context: ToolContext, archive: string): Promise<number | undefined> {
  const listing = await toolOutput(context, "xz", ["--robot", "--list", archive]);
  const size = Number(/^totals\t(?:[^\t]*\t){3}(\d+)/m.exec(listing)?.[1]);
  return Number.isFinite(size) && size > 0 ? size : undefined;
}

/** Unpacks the source afresh: a half-unpacked tree is not trusted. */
export async function unpackSource(context: ToolContext, build: KernelBuild, onFraction: OnFraction): Promise<void> {
  rmSync(treeOf(build), { recursive: true, force: true });
  const totalBytes = await unpackedBytes(context, build.sourceArchive);
  const onLine = (line: string): void => {
    const records = Number(/\bkomainu-record (\d+)$/.exec(line)?.[1]);
    if (!Number.isNaN(records) && totalBytes !== undefined) onFraction((records * TAR_RECORD_BYTES) / totalBytes);
    else context.onLine?.(line);
  };
  const args = [
    "--extract",
    "--xz",
    "--no-same-owner",
    `--file=${build.sourceArchive}`,
    `--checkpoint=${CHECKPOINT_RECORDS}`,
    "--checkpoint-action=echo=komainu-record %u",
  ];
  await runTool({ ...context, onLine }, "tar", args, build.work);
}

const makeArguments = ({ recipe }: KernelBuild): string[] => ["ARCH=arm", `CROSS_COMPILE=${recipe.crossCompile}`];

/** The fragment's lines that do not hold in a configuration; an option that is absent there is off. */
export function unmetOptions(fragment: string, configuration: string): string[] {
  const lines = new Set(configuration.split("\n"));
  return fragment.split("\n").filter((line) => {
    const off = /^# (CONFIG_\w+) is not set$/.exec(line)?.[1];
    if (off !== undefined) return configuration.includes(`\n${off}=`);
    return line.startsWith("CONFIG_") && !lines.has(line);
  });
}

/** Writes `.config` from the defconfig and the fragment, and checks that Kconfig has taken every line of it. */
export async function configureKernel(context: ToolContext, build: KernelBuild): Promise<void> {
  const tree = treeOf(build);
  const make = (target: string): Promise<void> => runTool(context, "make", [...makeArguments(build), target], tree);
  await make(build.recipe.defconfig);
  // The last value of an option wins, as in scripts/kconfig/merge_config.sh.
  appendFileSync(join(tree, ".config"), build.fragment);
  await make("olddefconfig");
  const fragment = Buffer.from(build.fragment).toString("utf8");
  const unmet = unmetOptions(fragment, readFileSync(join(tree, ".config"), "utf8"));
  if (unmet.length === 0) return;
  const reason = "the kernel's configuration did not take these lines of the fragment";
  throw guestBuildFailed({ step: context.step, reason, logPath: context.logPath, tail: unmet });
}

/** Compile lines that earlier, interrupted runs have logged already. */
const linesBefore = (logPath: string): number =>
  existsSync(logPath)
    ? readFileSync(logPath, "utf8")
        .split("\n")
        .filter((line) => COMPILE_LINE.test(line)).length
    : 0;

/** A guess, never quite 1: make alone knows what is left. */
const fractionOf = (lines: number, recipe: GuestRecipe): number => Math.min(lines / recipe.expectedCompileLines, 0.99);

/** How much earlier runs have compiled, by their log. */
export const compiledFraction = (logPath: string, recipe: GuestRecipe): number =>
  fractionOf(linesBefore(logPath), recipe);

/** Compiles what is not compiled yet: make itself knows where an interrupted run was. */
export async function compileKernel(context: ToolContext, build: KernelBuild, onFraction: OnFraction): Promise<void> {
  let count = linesBefore(context.logPath);
  const onLine = (line: string): void => {
    if (COMPILE_LINE.test(line)) onFraction(fractionOf(++count, build.recipe));
    context.onLine?.(line);
  };
  const targets = ["zImage", build.recipe.deviceTree];
  await runTool(
    { ...context, onLine },
    "make",
    [...makeArguments(build), `-j${build.jobs}`, ...targets],
    treeOf(build),
  );
}

/** Where the build leaves each file of a guest. */
export const kernelOutputs = (recipe: GuestRecipe): Record<string, string> => ({
  [GuestFile.kernelImage]: "arch/arm/boot/Image",
  [GuestFile.zImage]: "arch/arm/boot/zImage",
  [recipe.deviceTree]: `arch/arm/boot/dts/${recipe.deviceTree}`,
  [GuestFile.vmlinux]: "vmlinux",
  [GuestFile.systemMap]: "System.map",
  [GuestFile.kernelConfig]: ".config",
});

/** Copies the results into `folder` and returns the kernel's version, such as `6.1.158`. */
export function collectKernel(context: ToolContext, build: KernelBuild, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const { step, logPath } = context;
  for (const [name, inside] of Object.entries(kernelOutputs(build.recipe))) {
    const path = join(treeOf(build), inside);
    if (!existsSync(path)) {
      throw guestBuildFailed({ step, reason: `expected ${inside} from the build, found none`, logPath, tail: [] });
    }
    copyFileSync(path, join(folder, name));
  }
  return readFileSync(join(treeOf(build), "include/config/kernel.release"), "utf8").trim();
}
