/** The root file systems that are on disk: `rootfs/NAME-BOARD-HASH/` below the cache folder, each with a manifest. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Guest, lockPathOf, publish } from "./cache.ts";
import { digestOf, sha256, sha256OfFile } from "./inputs.ts";
import { isLocked } from "./lock.ts";
import { readRecipeFile } from "./recipe.ts";
import type { RootfsRecipe } from "./rootfs-recipe.ts";

const MANIFEST_FORMAT = 1;
const MANIFEST_NAME = "manifest.json";
/** Raise it when the steps change what they produce. */
const ROOTFS_VERSION = 1;
const HASH_DIGITS = 12;

/** The inputs that come with Komainu and with the board's guest; known without any tool. */
export interface RootfsRecipeInputs {
  rootfsVersion: number;
  name: string;
  board: string;
  wanted: string;
  secondStageSha256: string;
  imageSizeBytes: number;
  /** Of the package whose modules are in it. */
  kernelSha256: string;
}

export interface RootfsInputs extends RootfsRecipeInputs {
  /** Each package's file and its SHA-256. */
  packages: Readonly<Record<string, string>>;
}

interface RootfsManifest {
  format: typeof MANIFEST_FORMAT;
  inputs: RootfsInputs;
  image: { sizeBytes: number; sha256: string };
}

/** A complete root file system. */
export interface Rootfs {
  name: string;
  board: string;
  hash: string;
  folder: string;
  /** An ext4 file system; nobody writes to it. */
  image: string;
  /** SHA-256 of the image when it was made. */
  imageSha256: string;
  packageCount: number;
}

export const rootfsFolder = (cacheDir: string): string => join(cacheDir, "rootfs");
export const rootfsHash = (inputs: RootfsInputs): string => digestOf(inputs).slice(0, HASH_DIGITS);

const placeOf = (cacheDir: string, { name, board, ...rest }: RootfsInputs): string =>
  join(rootfsFolder(cacheDir), `${name}-${board}-${rootfsHash({ name, board, ...rest })}`);

const workStart = ({ name, board }: RootfsInputs): string => `.work-${name}-${board}-`;

/** Where it is made; named by its inputs, so that what was interrupted is found again. */
export const rootfsWorkFolder = (cacheDir: string, inputs: RootfsInputs): string =>
  join(rootfsFolder(cacheDir), workStart(inputs) + rootfsHash(inputs));

/** Removes the work folders that no living process holds: left over from inputs that have changed since. */
export function removeAbandonedRootfsWork(cacheDir: string, inputs: RootfsInputs): void {
  for (const name of readdirSync(rootfsFolder(cacheDir))) {
    const path = join(rootfsFolder(cacheDir), name);
    const isHeld = isLocked(name.endsWith(".lock") ? path : lockPathOf(path));
    if (name.startsWith(workStart(inputs)) && !isHeld) rmSync(path, { recursive: true, force: true });
  }
}

export const imageName = (name: string): string => `${name}.ext4`;

/** The package of the guest's kernel; a guest that was built here has none. */
export const kernelPackageOf = ({ manifest }: Guest): { name: string; version: string; sha256: string } | undefined => {
  const { kernel } = manifest.inputs;
  if (!("packageSha256" in kernel)) return undefined;
  return { name: kernel.package, version: kernel.packageVersion, sha256: kernel.packageSha256 };
};

export const rootfsRecipeInputs = (recipe: RootfsRecipe, guest: Guest, boardsFolder: string): RootfsRecipeInputs => ({
  rootfsVersion: ROOTFS_VERSION,
  name: recipe.name,
  board: recipe.board,
  wanted: recipe.packages.join(" "),
  secondStageSha256: sha256(readRecipeFile(boardsFolder, recipe.secondStageFile)),
  imageSizeBytes: recipe.sizeBytes,
  kernelSha256: kernelPackageOf(guest)?.sha256 ?? "",
});

function readManifest(folder: string): RootfsManifest | undefined {
  try {
    const { digest, ...manifest } = JSON.parse(readFileSync(join(folder, MANIFEST_NAME), "utf8")) as RootfsManifest & {
      digest: string;
    };
    return manifest.format === MANIFEST_FORMAT && digest === digestOf(manifest) ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** What is in `folder`, or `undefined` when its image is missing or has another size than the manifest says. */
function openRootfs(folder: string): { rootfs: Rootfs; inputs: RootfsInputs } | undefined {
  const manifest = readManifest(folder);
  if (manifest === undefined) return undefined;
  const { inputs, image: facts } = manifest;
  const image = join(folder, imageName(inputs.name));
  if (statSync(image, { throwIfNoEntry: false })?.size !== facts.sizeBytes) return undefined;
  const { name, board, packages } = inputs;
  const packageCount = Object.keys(packages).length;
  const rootfs = { name, board, hash: rootfsHash(inputs), folder, image, imageSha256: facts.sha256, packageCount };
  return { rootfs, inputs };
}

/** Every complete one, newest first. */
function allRootfs(cacheDir: string): { rootfs: Rootfs; inputs: RootfsInputs }[] {
  const folder = rootfsFolder(cacheDir);
  if (!existsSync(folder)) return [];
  const time = ({ rootfs }: { rootfs: Rootfs }): number => statSync(join(rootfs.folder, MANIFEST_NAME)).mtimeMs;
  return readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) => openRootfs(join(folder, name)) ?? [])
    .sort((a, b) => time(b) - time(a));
}

export const listRootfs = (cacheDir: string): Rootfs[] => allRootfs(cacheDir).map(({ rootfs }) => rootfs);

/** The newest one with these inputs, whatever the versions of its packages. */
export const findRootfs = (cacheDir: string, wanted: RootfsRecipeInputs): Rootfs | undefined =>
  allRootfs(cacheDir).find(({ inputs }) =>
    Object.entries(wanted).every(([key, value]) => inputs[key as keyof RootfsInputs] === value),
  )?.rootfs;

/** The one of exactly these inputs. */
export const exactRootfs = (cacheDir: string, inputs: RootfsInputs): Rootfs | undefined =>
  openRootfs(placeOf(cacheDir, inputs))?.rootfs;

/** Gives a finished image its manifest and its place; older ones of the same name and board are removed. */
export async function saveRootfs(
  cacheDir: string,
  inputs: RootfsInputs,
  finished: string,
): Promise<Rootfs | undefined> {
  const result = join(finished, "..", "result");
  rmSync(result, { recursive: true, force: true });
  mkdirSync(result);
  const facts = { sizeBytes: statSync(finished).size, sha256: await sha256OfFile(finished) };
  const manifest: RootfsManifest = { format: MANIFEST_FORMAT, inputs, image: facts };
  writeFileSync(
    join(result, MANIFEST_NAME),
    `${JSON.stringify({ ...manifest, digest: digestOf(manifest) }, undefined, 2)}\n`,
  );
  chmodSync(finished, 0o444);
  publish(finished, join(result, imageName(inputs.name)));
  const folder = placeOf(cacheDir, inputs);
  publish(result, folder);
  for (const other of listRootfs(cacheDir)) {
    const isOlder = other.name === inputs.name && other.board === inputs.board && other.folder !== folder;
    if (isOlder) rmSync(other.folder, { recursive: true, force: true });
  }
  return openRootfs(folder)?.rootfs;
}
