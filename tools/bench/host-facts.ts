/** On what the figures were measured: without it they mean nothing. */
import { spawnSync } from "node:child_process";
import { availableParallelism, cpus, loadavg } from "node:os";
import { programMissing } from "./errors.ts";

/** More than this many programs wait for a core: times are then of the machine's load more than of the program. */
export const QUIET_LOAD = 1.5;

export interface HostFacts {
  /** UTC. */
  date: string;
  /** Short hash; `+` behind it when files differ from it. */
  commit: string;
  node: string;
  qemu: string;
  cpu: string;
  cores: number;
  /** One-minute load average when the measurement began. */
  load: number;
}

/** The first line a program prints; throws `bench-program-missing` when there is no such program. */
export function firstLineOf(program: string, args: readonly string[], hint: string): string {
  const { status, stdout } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw programMissing(program, hint);
  return stdout.split("\n")[0].trim();
}

/** `unknown` outside a git checkout. */
export function commitOf(folder: string): string {
  const git = (...args: string[]) => spawnSync("git", args, { cwd: folder, encoding: "utf8" });
  const hash = git("rev-parse", "--short", "HEAD");
  if (hash.status !== 0) return "unknown";
  const changed = git("status", "--porcelain", "--untracked-files=no");
  return `${hash.stdout.trim()}${changed.stdout.trim() === "" ? "" : "+"}`;
}

export interface Programs {
  folder: string;
  nodePath: string;
  qemu: string;
}

export function hostFacts({ folder, nodePath, qemu }: Programs): HostFacts {
  const qemuVersion = firstLineOf(qemu, ["--version"], "Install it with: apt-get install qemu-system-arm");
  return {
    date: new Date().toISOString().slice(0, 19).replace("T", " "),
    commit: commitOf(folder),
    node: firstLineOf(nodePath, ["--version"], "Give a Node program with --node PATH."),
    qemu: /version (\S+)/.exec(qemuVersion)?.[1] ?? qemuVersion,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    load: loadavg()[0],
  };
}
