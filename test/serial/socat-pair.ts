/** A pair of joined pseudo-terminals by socat(1), for tests that need a real terminal line. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const hasSocat = spawnSync("socat", ["-V"]).status === 0;
export const NO_SOCAT = "socat is not installed: apt-get install socat";

/** Waits until `condition` holds; the limit only keeps a broken test from hanging. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`waited in vain: ${what}`);
}

export class SocatPair {
  readonly folder = mkdtempSync(join(tmpdir(), "komainu-serial-"));
  readonly ours = join(this.folder, "ours");
  readonly theirs = join(this.folder, "theirs");
  private socat: ChildProcess | undefined;
  private readonly children: ChildProcess[] = [];

  async plug(): Promise<void> {
    const end = (link: string) => `pty,raw,echo=0,link=${link}`;
    this.socat = spawn("socat", [end(this.ours), end(this.theirs)], { stdio: "ignore" });
    await until(() => existsSync(this.ours) && existsSync(this.theirs), "the pair of terminals");
  }

  async unplug(): Promise<void> {
    await end(this.socat);
    this.socat = undefined;
  }

  /** A process of its own at the other end: what it reads is its standard output. */
  peer(...args: string[]): ChildProcess {
    const child = spawn(args[0], args.slice(1), { stdio: ["pipe", "pipe", "inherit"] });
    this.children.push(child);
    return child;
  }

  async dispose(): Promise<void> {
    for (const child of this.children) await end(child);
    await this.unplug();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  await gone;
}
