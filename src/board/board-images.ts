/** Where a board's guest images are, and their bytes. */
import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { imageMissing, imageUnreadable } from "./errors.ts";
import type { Board } from "./profile.ts";

export interface ImagePaths {
  kernel: string;
  deviceTree: string;
  initrd: string | undefined;
  overlays: string[];
}

export interface Images {
  kernel: Uint8Array;
  deviceTree: Uint8Array;
  initrd: Uint8Array | undefined;
  overlays: Uint8Array[];
}

/** A plain name is a file of the board's guest in the cache; anything with a slash is a path. */
export const isCacheName = (name: string): boolean => !isAbsolute(name) && !name.includes("/");

/** A plain name is a file of `imageFolder`; anything with a slash is a path from the profile's folder. */
export function imagePaths({ path, profile }: Board, imageFolder: string): ImagePaths {
  const locate = (name: string): string => {
    if (isAbsolute(name)) return name;
    return isCacheName(name) ? join(imageFolder, name) : resolve(dirname(path), name);
  };
  const { kernel, deviceTree, initrd, overlays = [] } = profile.boot.images;
  return {
    kernel: locate(kernel),
    deviceTree: locate(deviceTree),
    initrd: initrd === undefined ? undefined : locate(initrd),
    overlays: overlays.map(locate),
  };
}

function readImage(what: string, path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw imageMissing(what, path);
    throw imageUnreadable(what, path, error);
  }
}

/** Reads the images; throws `image-missing` with the path that was sought. */
export function readImages(board: Board, imageFolder: string): Images {
  const paths = imagePaths(board, imageFolder);
  return {
    kernel: readImage("kernel", paths.kernel),
    deviceTree: readImage("device tree", paths.deviceTree),
    initrd: paths.initrd === undefined ? undefined : readImage("initrd", paths.initrd),
    overlays: paths.overlays.map((path) => readImage("device tree overlay", path)),
  };
}
