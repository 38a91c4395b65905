/** The guests that are on disk: `guests/BOARD-HASH/` below the cache folder, each with a manifest. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { defaultCacheFolder } from "../base/index.ts";
import { guestBuildFailed } from "./errors.ts";
import {
  digestOf,
  type GuestInputs,
  guestHash,
  kernelHash,
  madeBy,
  packageRecipeInputs,
  recipeInputs,
  sha256OfFile,
} from "./inputs.ts";
import { isLocked } from "./lock.ts";
import { fetchedBoards, packageRecipeOf } from "./package-recipe.ts";
import { guestBoards, installedBoardsFolder, readRecipeFile, recipeFilesWith, recipeOf } from "./recipe.ts";

const MANIFEST_FORMAT = 1;
const LOCK_SUFFIX = ".lock";
const MANIFEST_NAME = "manifest.json";

/** Names of a guest's files; a board profile names them too. */
export const GuestFile = {
  kernelImage: "Image",
  zImage: "zImage",
  vmlinux: "vmlinux",
  systemMap: "System.map",
  kernelConfig: "kernel.config",
  initrd: "initrd.cpio.gz",
} as const;

export interface FileFacts {
  sizeBytes: number;
  sha256: string;
}

export interface GuestManifest {
  format: typeof MANIFEST_FORMAT;
  board: string;
  hash: string;
  kernelVersion: string;
  inputs: GuestInputs;
  files: Record<string, FileFacts>;
  /** How long each step took; steps that an earlier run had done are left out. */
  stepsMs: Record<string, number>;
}

/** A complete guest. */
export interface Guest {
  board: string;
  hash: string;
  kernelVersion: string;
  folder: string;
  /** The kernel with its own decompressor. */
  zImage: string;
  /** These come with kernels that were built here: the uncompressed kernel, its symbols, and its ELF file without debug information. */
  kernelImage: string | undefined;
  systemMap: string | undefined;
  vmlinux: string | undefined;
  kernelConfig: string;
  dtb: string;
  initrd: string;
  sizeBytes: number;
  manifest: GuestManifest;
}

export const guestsFolder = (cacheDir: string): string => join(cacheDir, "guests");
export const guestFolder = (cacheDir: string, inputs: GuestInputs): string =>
  join(guestsFolder(cacheDir), `${inputs.board}-${guestHash(inputs)}`);

const workName = (board: string, hash: string): string => `.work-${board}-${hash}`;

/** Where a kernel is built; named by its inputs, so that an interrupted build is found again. */
export const workFolder = (cacheDir: string, inputs: GuestInputs): string =>
  join(guestsFolder(cacheDir), workName(inputs.board, kernelHash(inputs)));
export const lockPathOf = (work: string): string => work + LOCK_SUFFIX;

export function writeManifest(folder: string, manifest: GuestManifest): void {
  writeFileSync(
    join(folder, MANIFEST_NAME),
    `${JSON.stringify({ ...manifest, digest: digestOf(manifest) }, undefined, 2)}\n`,
  );
}

/** The manifest of a folder, or `undefined` when it is missing, of another format, or does not match its own digest. */
function readManifest(folder: string): GuestManifest | undefined {
  try {
    const { digest, ...manifest } = JSON.parse(readFileSync(join(folder, MANIFEST_NAME), "utf8")) as GuestManifest & {
      digest: string;
    };
    return manifest.format === MANIFEST_FORMAT && digest === digestOf(manifest) ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** The guest in `folder`, or `undefined` when a file is missing or has another size than the manifest says. */
export function openGuest(folder: string): Guest | undefined {
  const manifest = readManifest(folder);
  if (manifest === undefined) return undefined;
  let sizeBytes = 0;
  for (const [name, facts] of Object.entries(manifest.files)) {
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    if (found?.size !== facts.sizeBytes) return undefined;
    sizeBytes += facts.sizeBytes;
  }
  const path = (name: string): string => join(folder, name);
  const pathOf = (name: string): string | undefined => (Object.hasOwn(manifest.files, name) ? path(name) : undefined);
  const { board, hash, kernelVersion } = manifest;
  return {
    board,
    hash,
    kernelVersion,
    folder,
    kernelImage: pathOf(GuestFile.kernelImage),
    zImage: path(GuestFile.zImage),
    systemMap: pathOf(GuestFile.systemMap),
    vmlinux: pathOf(GuestFile.vmlinux),
    kernelConfig: path(GuestFile.kernelConfig),
    dtb: path(manifest.inputs.kernel.deviceTree),
    initrd: path(GuestFile.initrd),
    sizeBytes,
    manifest,
  };
}

/** The files whose content is not what the manifest says; reads all of them. */
export async function damagedFiles(guest: Guest): Promise<string[]> {
  const damaged: string[] = [];
  for (const [name, facts] of Object.entries(guest.manifest.files)) {
    if ((await sha256OfFile(join(guest.folder, name))) !== facts.sha256) damaged.push(name);
  }
  return damaged;
}

/** The guest of exactly these inputs, every byte of it checked. */
export async function undamagedGuest(cacheDir: string, inputs: GuestInputs): Promise<Guest | undefined> {
  const guest = openGuest(guestFolder(cacheDir, inputs));
  return guest === undefined || (await damagedFiles(guest)).length > 0 ? undefined : guest;
}

/** Every complete guest of a board, newest first. */
export function cachedGuests(board: string, cacheDir: string): Guest[] {
  const folder = guestsFolder(cacheDir);
  if (!existsSync(folder)) return [];
  const time = (guest: Guest): number => statSync(join(guest.folder, MANIFEST_NAME)).mtimeMs;
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${board}-`))
    .flatMap((name) => openGuest(join(folder, name)) ?? [])
    .filter((guest) => guest.board === board)
    .sort((a, b) => time(b) - time(a));
}

export interface FindOptions {
  cacheDir?: string;
  boardsFolder?: string;
  /** The guest that was built with these lines of kernel configuration beyond the board's own. */
  configFile?: string;
  /** The guest that was fetched from this suite. */
  suite?: string;
}

/**
 * The newest cached guest that the present recipe of `board` made, whatever the versions of the compiler and packages
 * were; needs no tool and reads no large file. `undefined`: it has to be built.
 */
export function findGuest(board: string, options: FindOptions = {}): Guest | undefined {
  const boardsFolder = options.boardsFolder ?? installedBoardsFolder();
  const cacheDir = options.cacheDir ?? defaultCacheFolder();
  const packages = packageRecipeOf(board);
  if (packages !== undefined) {
    const wanted = packageRecipeInputs(packages, readRecipeFile(boardsFolder, packages.initFile), options.suite);
    return cachedGuests(packages.board, cacheDir).find(({ manifest }) => madeBy(manifest.inputs, wanted));
  }
  const recipe = recipeOf(board);
  const wanted = recipeInputs(recipe, recipeFilesWith(recipe, boardsFolder, options.configFile));
  return cachedGuests(board, cacheDir).find(({ manifest }) => madeBy(manifest.inputs, wanted));
}

/** The suite of Debian's that a fetched guest was asked of. */
const suiteOf = ({ manifest }: Guest): string | undefined =>
  "suite" in manifest.inputs.kernel ? manifest.inputs.kernel.suite : undefined;

export interface GuestRow {
  board: string;
  state: "ready" | "outdated" | "missing";
  hash?: string;
  kernelVersion?: string;
  sizeBytes?: number;
  folder?: string;
}

/** A row for each cached guest of each board, and one `missing` row for a board that has none of the present recipe. */
export function listGuests(options: FindOptions = {}): GuestRow[] {
  return [...fetchedBoards(), ...guestBoards()].flatMap((board) => {
    const current = findGuest(board, options);
    const rows = cachedGuests(board, options.cacheDir ?? defaultCacheFolder()).map((guest): GuestRow => {
      const { hash, kernelVersion, sizeBytes, folder } = guest;
      const suite = suiteOf(guest);
      const wanted = suite === undefined ? current : findGuest(board, { ...options, suite });
      return { board, state: hash === wanted?.hash ? "ready" : "outdated", hash, kernelVersion, sizeBytes, folder };
    });
    return current === undefined ? [{ board, state: "missing" }, ...rows] : rows;
  });
}

/** Size and hash of each file in a finished folder, made readable for everybody. */
async function fileFacts(folder: string): Promise<Record<string, FileFacts>> {
  const facts: Record<string, FileFacts> = {};
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    chmodSync(path, 0o644);
    facts[name] = { sizeBytes: statSync(path).size, sha256: await sha256OfFile(path) };
  }
  return facts;
}

export interface FinishedGuest {
  /** The folder with its files. */
  result: string;
  kernelVersion: string;
  inputs: GuestInputs;
  stepsMs: Record<string, number>;
}

/** Gives a finished folder its manifest and its place in the cache. */
export async function saveGuest(
  { result, kernelVersion, inputs, stepsMs }: FinishedGuest,
  cacheDir: string,
): Promise<Guest> {
  const { board } = inputs;
  const files = await fileFacts(result);
  const hash = guestHash(inputs);
  writeManifest(result, { format: MANIFEST_FORMAT, board, hash, kernelVersion, inputs, files, stepsMs });
  const folder = guestFolder(cacheDir, inputs);
  publish(result, folder);
  const guest = openGuest(folder);
  if (guest !== undefined) return guest;
  const reason = "the finished guest could not be read back";
  throw guestBuildFailed({ step: "save", reason, logPath: folder, tail: [] });
}

/** Moves a finished folder to its place; from then on it is a guest. */
export function publish(finished: string, target: string): void {
  mkdirSync(join(target, ".."), { recursive: true });
  rmSync(target, { recursive: true, force: true });
  renameSync(finished, target);
}

/** Outdated guests that stay, for who goes back to the recipe before. */
const KEPT_OUTDATED = 1;

/** Removes the guests of `current`'s board that older recipes made, but for the newest of them. */
export function removeOutdatedGuests(current: Guest, cacheDir: string): void {
  const outdated = cachedGuests(current.board, cacheDir).filter((guest) => {
    return guest.hash !== current.hash && suiteOf(guest) === undefined;
  });
  for (const { folder } of outdated.slice(KEPT_OUTDATED)) rmSync(folder, { recursive: true, force: true });
}

/** Removes a board's work folders that no living build holds: left over from recipes that have changed since. */
export function removeAbandonedWork(board: string, cacheDir: string): void {
  const folder = guestsFolder(cacheDir);
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (!name.startsWith(workName(board, ""))) continue;
    const path = join(folder, name);
    if (!isLocked(name.endsWith(LOCK_SUFFIX) ? path : lockPathOf(path))) rmSync(path, { recursive: true, force: true });
  }
}
