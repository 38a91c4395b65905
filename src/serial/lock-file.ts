/**
 * Lock files of serial devices as UUCP has them and minicom still makes: `/var/lock/LCK..ttyUSB0` with the owner's
 * process id. They keep programs apart that know nothing of flock(2).
 */
import { readFileSync, realpathSync, unlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { portBusy } from "./errors.ts";
import type { PortHolder } from "./port-holders.ts";

export const LOCK_FOLDER = "/var/lock";
/** The id is a line of text, in old locks four bytes. */
const BINARY_BYTES = 4;

function lockPath(device: string, folder: string): string {
  let path = device;
  try {
    path = realpathSync(device);
  } catch {
    // A device that is away keeps its name.
  }
  return join(folder, `LCK..${basename(path)}`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "unknown";
  }
}

/** The process that a lock file names, when it still runs; a lock left behind counts for nothing. */
export function lockHolder(device: string, folder = LOCK_FOLDER): PortHolder | undefined {
  let content: Buffer;
  try {
    content = readFileSync(lockPath(device, folder));
  } catch {
    return undefined;
  }
  const words = content.toString("latin1").trim();
  const pid =
    content.length === BINARY_BYTES && !/^\d+$/.test(words) ? content.readInt32LE() : Number.parseInt(words, 10);
  if (!(pid > 0) || pid === process.pid || !isAlive(pid)) return undefined;
  return { pid, command: nameOf(pid), hasLock: true };
}

/**
 * Makes the lock file; the answer removes it. `HvError` `port-busy` when another has it. Where the folder is not to be
 * written to, as for most users, nothing is made: flock(2) is the lock that counts.
 */
export function lockPort(device: string, folder = LOCK_FOLDER): () => void {
  const path = lockPath(device, folder);
  const content = `${String(process.pid).padStart(10)}\n`;
  for (let tries = 0; tries < 2; tries++) {
    try {
      writeFileSync(path, content, { flag: "wx", mode: 0o644 });
      return () => unlock(path, content);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") return () => {};
    }
    const holder = lockHolder(device, folder);
    if (holder !== undefined) throw portBusy(device, [holder]);
    unlock(path);
  }
  return () => {};
}

function unlock(path: string, content?: string): void {
  try {
    if (content === undefined || readFileSync(path, "latin1") === content) unlinkSync(path);
  } catch {
    // Gone already, or not ours to remove.
  }
}
