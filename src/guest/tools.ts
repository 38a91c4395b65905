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

/** Those that unpack Debian's packages; throws `guest-fetch-unavailable` when there is no Debian here. */
export function checkFetchTools(searchPath: string): void {
  const missing = ["apt-get", "dpkg-deb"].filter((command) => findTool(command, searchPath) === undefined);
  if (missing.length > 0) throw fetchUnavailable(missing);
}
