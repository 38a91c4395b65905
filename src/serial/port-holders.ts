/** Who holds a device open on Linux: proc(5), `/proc/PID/fd` and `/proc/locks`. */
import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from "node:fs";

export interface PortHolder {
  pid: number;
  /** The kernel's short name of the process. */
  command: string;
  /** It also has the flock by which serial programs keep each other out. */
  hasLock: boolean;
}

/** The result of `read`, or `fallback` when the process or file is gone or not ours to see. */
function orElse<T>(fallback: T, read: () => T): T {
  try {
    return read();
  } catch {
    return fallback;
  }
}

function lockOwners(inode: number): Set<number> {
  const owners = new Set<number>();
  for (const line of orElse("", () => readFileSync("/proc/locks", "utf8")).split("\n")) {
    const fields = line.trim().split(/\s+/);
    // "1: FLOCK ADVISORY WRITE 812 00:15:7 0 EOF"; the device number is left out, names of file systems differ in containers.
    if (fields[1] === "FLOCK" && fields[5]?.split(":")[2] === String(inode)) owners.add(Number(fields[4]));
  }
  return owners;
}

function hasOpen(pid: string, device: string): boolean {
  const folder = `/proc/${pid}/fd`;
  return orElse([], () => readdirSync(folder)).some(
    (fd) => orElse("", () => readlinkSync(`${folder}/${fd}`)) === device,
  );
}

/** Processes other than this one that have `path` open; those with the lock alone, when there are any. */
export function findPortHolders(path: string): PortHolder[] {
  const device = orElse(path, () => realpathSync(path));
  const owners = lockOwners(orElse(-1, () => statSync(device).ino));
  const holders: PortHolder[] = [];
  for (const pid of orElse([], () => readdirSync("/proc"))) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid || !hasOpen(pid, device)) continue;
    const command = orElse("unknown", () => readFileSync(`/proc/${pid}/comm`, "utf8").trim());
    holders.push({ pid: Number(pid), command, hasLock: owners.has(Number(pid)) });
  }
  const locked = holders.filter((holder) => holder.hasLock);
  return locked.length > 0 ? locked : holders;
}

/** Names of serial devices that exist, stable names first; no outside tool is asked. */
export function listSerialPorts(): string[] {
  const byId = orElse([], () => readdirSync("/dev/serial/by-id")).map((name) => `/dev/serial/by-id/${name}`);
  const devices = orElse([], () => readdirSync("/dev")).filter((name) => /^tty(USB|ACM|AMA|O|mxc)\d+$/.test(name));
  return [...byId, ...devices.sort().map((name) => `/dev/${name}`)];
}
