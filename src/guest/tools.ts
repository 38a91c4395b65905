/** The outside tools a guest build needs, and the one line that installs what is missing. */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fetchUnavailable, toolMissing } from "./errors.ts";

/** Command, and the Debian packages that bring it. */
const TOOLS: readonly (readonly [command: string, ...packages: string[]])[] = [
  ["apt-get", "apt"],
  ["dpkg-deb", "dpkg"],
  ["tar", "tar"],
  ["xz", "xz-utils"],
  ["gzip", "gzip"],
  ["make", "make"],
  ["gcc", "gcc", "libc6-dev"],
  ["arm-linux-gnueabi-gcc", "gcc-arm-linux-gnueabi"],
  ["arm-linux-gnueabi-ld", "binutils-arm-linux-gnueabi"],
  ["bc", "bc"],
  ["bison", "bison"],
  ["flex", "flex"],
  ["perl", "perl"],
];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Where `command` is in the search path, or `undefined`. */
export const findTool = (command: string, searchPath: string): string | undefined =>
  searchPath
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, command))
    .find(isExecutable);

export interface RequiredSource {
  /** The archive that the Debian package `packageName` installs. */
  archivePath: string;
  packageName: string;
}

/** Throws `tool-missing`, naming everything that is missing at once. */
export function checkTools(searchPath: string, source: RequiredSource): void {
  const missing: string[] = [];
  const packages = new Set<string>();
  for (const [command, ...from] of TOOLS) {
    if (findTool(command, searchPath) !== undefined) continue;
    missing.push(command);
    for (const name of from) packages.add(name);
  }
  if (statSync(source.archivePath, { throwIfNoEntry: false })?.isFile() !== true) {
    missing.push(source.archivePath);
    packages.add(source.packageName);
  }
  if (missing.length > 0) throw toolMissing(missing, [...packages].sort());
}

/** Where administration tools are, which are not in everybody's search path. */
const SYSTEM_FOLDERS = ["/usr/sbin", "/sbin"];

export const withSystemFolders = (searchPath: string): string => [searchPath, ...SYSTEM_FOLDERS].join(delimiter);

/** Those that make a root file system; throws `tool-missing` or `guest-fetch-unavailable`. */
export function checkRootfsTools(searchPath: string): void {
  checkFetchTools(searchPath);
  const missing = ["mke2fs", "e2fsck"].filter((command) => findTool(command, searchPath) === undefined);
  if (missing.length > 0) throw toolMissing(missing, ["e2fsprogs"]);
}

/** Those that unpack Debian's packages; throws `guest-fetch-unavailable` when there is no Debian here. */
export function checkFetchTools(searchPath: string): void {
  const missing = ["apt-get", "dpkg-deb"].filter((command) => findTool(command, searchPath) === undefined);
  if (missing.length > 0) throw fetchUnavailable(missing);
}
