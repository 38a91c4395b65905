/** The guests that are on disk: `guests/BOARD-HASH/` below the cache folder, each with a manifest. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { digestOf, type GuestInputs, guestHash, kernelHash, madeBy, recipeInputs, sha256OfFile } from "./inputs.ts";
import { isLocked } from "./lock.ts";
import { guestBoards, installedBoardsFolder, readRecipeFiles, recipeOf } from "./recipe.ts";

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
  /** The uncompressed kernel. */
  kernelImage: string;
  /** The kernel with its own decompressor. */
  zImage: string;
  systemMap: string;
  /** ELF, without debug information. */
  vmlinux: string;
  kernelConfig: string;
  dtb: string;
  initrd: string;
  sizeBytes: number;
  manifest: GuestManifest;
}

/** Where Komainu caches: `$XDG_CACHE_HOME/komainu`, else `~/.cache/komainu` (XDG Base Directory Specification). */
export function defaultCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.XDG_CACHE_HOME;
  // The specification says that a relative path is to be ignored.
  return base !== undefined && isAbsolute(base) ? join(base, "komainu") : join(homedir(), ".cache", "komainu");
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
  const { board, hash, kernelVersion } = manifest;
  return {
    board,
    hash,
    kernelVersion,
    folder,
    kernelImage: path(GuestFile.kernelImage),
    zImage: path(GuestFile.zImage),
    systemMap: path(GuestFile.systemMap),
    vmlinux: path(GuestFile.vmlinux),
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
}

/**
 * The newest cached guest that the present recipe of `board` made, whatever the versions of the compiler and packages
 * were; needs no tool and reads no large file. `undefined`: it has to be built.
 */
export function findGuest(board: string, options: FindOptions = {}): Guest | undefined {
  const recipe = recipeOf(board);
  const wanted = recipeInputs(recipe, readRecipeFiles(recipe, options.boardsFolder ?? installedBoardsFolder()));
  const guests = cachedGuests(board, options.cacheDir ?? defaultCacheFolder());
  return guests.find(({ manifest }) => madeBy(manifest.inputs, wanted));
}

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
  return guestBoards().flatMap((board) => {
    const current = findGuest(board, options);
    const rows = cachedGuests(board, options.cacheDir ?? defaultCacheFolder()).map((guest): GuestRow => {
      const { hash, kernelVersion, sizeBytes, folder } = guest;
      return { board, state: hash === current?.hash ? "ready" : "outdated", hash, kernelVersion, sizeBytes, folder };
    });
    return current === undefined ? [{ board, state: "missing" }, ...rows] : rows;
  });
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
  const outdated = cachedGuests(current.board, cacheDir).filter(({ hash }) => hash !== current.hash);
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
