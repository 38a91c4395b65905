/** A lock file that says which process holds it; one whose process is gone is taken over. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { guestBuildBusy } from "./errors.ts";

const MAX_TAKEOVERS = 5;

const isCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

/** When the kernel started a process (proc(5), stat field 22): tells a reused PID from the original. */
function startTicks(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** The PID of the living process that wrote this lock, or `undefined` when it is gone. */
function livingHolder(content: string): number | undefined {
  const [pidText, ticks] = content.trim().split(" ");
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (isCode(error, "ESRCH")) return undefined;
  }
  const now = startTicks(pid);
  return ticks !== undefined && now !== "" && ticks !== now ? undefined : pid;
}

/** Moves a stale lock away, and puts it back when another process had already replaced it. */
function removeStale(path: string, staleContent: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isCode(error, "ENOENT")) return;
    throw error;
  }
  try {
    if (readLock(aside) !== staleContent) linkSync(aside, path);
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Takes the lock and returns the function that gives it back; throws `guest-build-busy` when a living process has it. */
export function takeLock(path: string): () => void {
  mkdirSync(dirname(path), { recursive: true });
  const content = `${process.pid} ${startTicks(process.pid)}\n`;
  for (let attempt = 0; attempt < MAX_TAKEOVERS; attempt++) {
    try {
      writeFileSync(path, content, { flag: "wx" });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (!isCode(error, "EEXIST")) throw error;
    }
    const found = readLock(path);
    if (found === undefined) continue;
    const holder = livingHolder(found);
    if (holder !== undefined) throw guestBuildBusy(path, holder);
    removeStale(path, found);
  }
  throw guestBuildBusy(path, 0);
}

/** Whether a living process holds the lock. */
export function isLocked(path: string): boolean {
  const content = readLock(path);
  return content !== undefined && livingHolder(content) !== undefined;
}
