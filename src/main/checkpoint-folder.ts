/** The folder of checkpoints: a file appears in it whole or not at all, and the oldest make room for new ones. */
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { CheckpointFile, writeCheckpoint } from "./checkpoint-file.ts";

const SUFFIX = ".checkpoint";
const PARTIAL_SUFFIX = ".partial";
const KEPT_FILES = 8;
const KEPT_BYTES = 512 * 2 ** 20;
/** A file that is still partial after so long is what an interrupted run left. */
const ABANDONED_MS = 3_600_000;

interface Entry {
  path: string;
  sizeBytes: number;
  usedMs: number;
}

export class CheckpointFolder {
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** `name` tells people the board, `key` tells checkpoints apart. */
  pathOf(name: string, key: string): string {
    return join(this.path, `${name}-${key.slice(0, 32)}${SUFFIX}`);
  }

  /** `undefined` when there is none. Throws `checkpoint-unusable`. */
  open(path: string): CheckpointFile | undefined {
    return CheckpointFile.open(path);
  }

  /** Moves the file to the end of the row of those that are removed. */
  noteUse(path: string, nowMs: number): void {
    utimesSync(path, nowMs / 1000, nowMs / 1000);
  }

  /** Throws what the file system throws; then nothing is left behind. */
  write(path: string, content: Parameters<typeof writeCheckpoint>[1]): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    const partial = `${path}.${process.pid}${PARTIAL_SUFFIX}`;
    try {
      const fd = openSync(partial, "wx", 0o600);
      try {
        writeCheckpoint(fd, content);
      } finally {
        closeSync(fd);
      }
      renameSync(partial, path);
    } catch (error) {
      rmSync(partial, { force: true });
      throw error;
    }
  }

  /** Removes the files that were used longest ago, but never `kept`, until number and size are within their bounds. */
  prune(kept: string, nowMs: number): void {
    const entries = this.entries();
    const isAbandoned = ({ path, usedMs }: Entry) => path.endsWith(PARTIAL_SUFFIX) && nowMs - usedMs > ABANDONED_MS;
    for (const { path } of entries.filter(isAbandoned)) rmSync(path, { force: true });
    const files = entries.filter(({ path }) => path.endsWith(SUFFIX) && path !== kept);
    files.sort((a, b) => b.usedMs - a.usedMs);
    let count = 1;
    let sizeBytes = statSync(kept).size;
    for (const file of files) {
      count++;
      sizeBytes += file.sizeBytes;
      if (count > KEPT_FILES || sizeBytes > KEPT_BYTES) rmSync(file.path, { force: true });
    }
  }

  private entries(): Entry[] {
    return readdirSync(this.path).flatMap((name) => {
      const path = join(this.path, name);
      // Another run may have removed it meanwhile.
      const status = statSync(path, { throwIfNoEntry: false });
      return status?.isFile() === true ? [{ path, sizeBytes: status.size, usedMs: status.mtimeMs }] : [];
    });
  }
}
