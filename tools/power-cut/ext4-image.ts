/** An ext4 file system in a file of the host, made, checked and read by e2fsprogs; no root needed. mke2fs(8), e2fsck(8), debugfs(8). */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** They lie in /sbin, which a user's path may lack. */
const env: NodeJS.ProcessEnv = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, LC_ALL: "C" };

/** Exit codes of e2fsck up to this one: no errors, or all corrected. */
const FSCK_CORRECTED = 1;

interface ToolResult {
  readonly code: number;
  readonly text: string;
}

function runTool(tool: string, args: readonly string[]): ToolResult {
  const { error, status, stdout, stderr } = spawnSync(tool, args, { env, encoding: "utf8" });
  if (error !== undefined) throw new Error(`${tool} is missing; install it with: sudo apt-get install -y e2fsprogs`);
  return { code: status ?? -1, text: `${stdout}${stderr}` };
}

export class Ext4Image {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** A new, empty file system; the same bytes each time. */
  static make(path: string, sizeBytes: number): Ext4Image {
    const blank = Buffer.alloc(1);
    writeFileSync(path, blank);
    const uuid = "4b6f6d61-696e-4775-8000-000000000001";
    const options = ["-q", "-F", "-t", "ext4", "-U", uuid, "-E", `hash_seed=${uuid},lazy_itable_init=0`];
    const { code, text } = runTool("mke2fs", [...options, path, `${sizeBytes / 1024}k`]);
    if (code !== 0) throw new Error(`mke2fs: ${text}`);
    return new Ext4Image(path);
  }

  /** `fsck.ext4 -fn`: everything is looked at, nothing changed; code 0 when it is clean. */
  check(): ToolResult {
    return runTool("fsck.ext4", ["-fn", this.path]);
  }

  /** `fsck.ext4 -fy`: what was broken is repaired; throws when that failed. */
  repair(): ToolResult {
    const result = runTool("fsck.ext4", ["-fy", this.path]);
    if (result.code > FSCK_CORRECTED) throw new Error(`fsck.ext4 -fy: exit code ${result.code}\n${result.text}`);
    return result;
  }

  /** What `debugfs` answers to a request, without its own banner. */
  ask(request: string): string {
    return runTool("debugfs", ["-R", request, this.path]).text.replace(/^debugfs \d.*\n/, "");
  }

  /** Puts a file of the host into the image. */
  write(source: string, name: string): void {
    const { code, text } = runTool("debugfs", ["-w", "-R", `write ${source} ${name}`, this.path]);
    if (code !== 0 || !text.includes("Allocated inode")) throw new Error(`debugfs: ${text}`);
  }

  /** The content of a file in the image; throws when there is none. */
  read(name: string): Buffer {
    const folder = mkdtempSync(join(tmpdir(), "komainu-ext4-"));
    try {
      const copy = join(folder, "copy");
      const answer = this.ask(`dump ${name} ${copy}`);
      if (/not found/.test(answer)) throw new Error(`debugfs: ${answer.trim()}`);
      return readFileSync(copy);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
