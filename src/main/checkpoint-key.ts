/**
 * What a boot with virtual time depends on, as one digest: the program itself, the board's profile, the content of the
 * guest's images, and whatever the command line put in place of them.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Images, Profile } from "../board/index.ts";

const digestOf = (data: Uint8Array | string): string => createHash("sha256").update(data).digest("hex");

/** The files below `folder` with that extension, in the order of their names. */
function filesBelow(folder: string, extension: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && extname(entry.name) === extension);
  return files.map((entry) => join(entry.parentPath, entry.name)).sort();
}

/** The program's own files: the bundle and what lies beside it, or the whole source where it runs from that. */
function ownFiles(ownPath: string): string[] {
  const folder = dirname(ownPath);
  if (ownPath.endsWith(".ts")) return filesBelow(dirname(folder), ".ts");
  const names = readdirSync(folder).filter((name) => extname(name) === extname(ownPath));
  return names.sort().map((name) => join(folder, name));
}

/** Digest of the program's text: another build may execute other instructions or save other states. */
export function programDigest(ownPath = fileURLToPath(import.meta.url)): string {
  return digestOf(JSON.stringify(ownFiles(ownPath).map((path) => [basename(path), digestOf(readFileSync(path))])));
}

export interface BootInputs {
  readonly profile: Profile;
  readonly images: Images;
  /** Digest of a disk that nobody writes to, where there is one. */
  readonly disk?: string;
  /** Of the program; by default of the one that runs. */
  readonly program?: string;
}

/** Equal exactly when the same program boots the same board with the same images; where these lie does not count. */
export function checkpointKey({ profile, images, disk, program = programDigest() }: BootInputs): string {
  const { kernel, deviceTree, initrd, overlays } = images;
  const { images: _names, ...boot } = profile.boot;
  const content = [kernel, deviceTree, ...overlays].map(digestOf);
  return digestOf(
    JSON.stringify([
      program,
      { ...profile, boot },
      content,
      initrd === undefined ? null : digestOf(initrd),
      disk ?? null,
    ]),
  );
}
