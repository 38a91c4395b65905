/**
 * A machine at the prompt of its guest's shell as a file that is fast to read: pages go from it straight to their place
 * in RAM. Format: `docs/snapshot-format.md`, "The checkpoint file".
 *
 * Nothing is taken from a file that is not this user's own, that others can write, or that was damaged: the digest of
 * the header is checked before the header is parsed, the checksums of the pages, which are in it, after they came into a
 * machine not yet used. SHA-256 of the pages would take a tenth of a short command's time, and tell no more of a file that
 * only its owner can write.
 */
import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync, readvSync, writevSync } from "node:fs";
import { crc32 } from "node:zlib";
import type { State } from "../base/index.ts";
import { PAGE_SIZE } from "../memory/index.ts";
import { type PageRun, parseStateText, stateText } from "../vm/index.ts";
import { checkpointUnusable } from "./errors.ts";

const MAGIC = Buffer.from("KOMAINUC", "latin1");
export const CHECKPOINT_VERSION = 2;
const DIGEST_BYTES = 32;
/** Magic, version, size of the header, digest of the three with the header. */
const PREFIX_BYTES = MAGIC.length + 4 + 4 + DIGEST_BYTES;
/** Of pages under one checksum. */
const CHECKED_BYTES = 2 ** 20;
const MAX_HEADER_BYTES = 16 * 2 ** 20;
/** Buffers that one system call takes: IOV_MAX of Linux. */
const MAX_VECTORS = 1024;
const WRITABLE_BY_OTHERS = 0o022;
/** A name that leads elsewhere is not opened, and a pipe is not waited for; Windows knows neither. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const pageAligned = (sizeBytes: number): number => Math.ceil(sizeBytes / PAGE_SIZE) * PAGE_SIZE;
const viewsOf = (ram: Uint8Array, runs: readonly PageRun[]): Uint8Array[] =>
  runs.map(({ page, count }) => ram.subarray(page * PAGE_SIZE, (page + count) * PAGE_SIZE));

function digestOf(parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** CRC-32 of each MiB of the pages, from run to run. */
function checksumsOf(views: readonly Uint8Array[]): number[] {
  const checksums: number[] = [];
  let checksum = 0;
  let length = 0;
  for (const view of views) {
    for (let at = 0; at < view.length; ) {
      const part = view.subarray(at, at + CHECKED_BYTES - length);
      checksum = crc32(part, checksum);
      length += part.length;
      at += part.length;
      if (length < CHECKED_BYTES) continue;
      checksums.push(checksum);
      [checksum, length] = [0, 0];
    }
  }
  return length === 0 ? checksums : [...checksums, checksum];
}

/** Moves all of `views` between file and memory, in as few calls as it takes; false when the file ended before. */
function transfer(
  call: (fd: number, views: readonly Uint8Array[], position: number) => number,
  fd: number,
  views: readonly Uint8Array[],
  start: number,
): boolean {
  let position = start;
  for (let i = 0; i < views.length; i += MAX_VECTORS) {
    const group = views.slice(i, i + MAX_VECTORS);
    const wanted = group.reduce((sum, { length }) => sum + length, 0);
    if (call(fd, group, position) !== wanted) return false;
    position += wanted;
  }
  return true;
}

/** Writes `state` and the pages of `runs` to an open, empty file. Throws what the file system throws. */
export function writeCheckpoint(
  fd: number,
  { state, ram, runs }: { state: State; ram: Uint8Array; runs: readonly PageRun[] },
): void {
  const pages = viewsOf(ram, runs);
  const text = stateText({
    state,
    runs: runs.map(({ page, count }) => [page, count]),
    checksums: checksumsOf(pages),
  });
  const header = Buffer.from(text, "utf8");
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32LE(CHECKPOINT_VERSION, 0);
  sizes.writeUInt32LE(header.length, 4);
  const padding = Buffer.alloc(pageAligned(PREFIX_BYTES + header.length) - PREFIX_BYTES - header.length);
  const start = [MAGIC, sizes, digestOf([MAGIC, sizes, header]), header, padding];
  const isWritten = transfer(writevSync, fd, [...start, ...pages], 0);
  if (!isWritten) throw new Error("no space left for all of it");
}

/** A file whose header is verified. */
export class CheckpointFile {
  readonly state: State;
  private readonly path: string;
  private readonly fd: number;
  private readonly runs: readonly PageRun[];
  private readonly checksums: unknown;
  private readonly pagesStart: number;

  /** `undefined` when there is none. Throws `checkpoint-unusable` for one that is not to be trusted. */
  static open(path: string): CheckpointFile | undefined {
    let fd: number;
    try {
      fd = openSync(path, OPEN_FLAGS);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return undefined;
      throw checkpointUnusable(path, "a file that can be read", message);
    }
    try {
      return new CheckpointFile(path, fd);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  private constructor(path: string, fd: number) {
    this.path = path;
    this.fd = fd;
    const sizeBytes = this.checkedSize();
    const header = this.readHeader(sizeBytes);
    const { state, runs, checksums } = parseStateText(header.toString("utf8"));
    this.state = state as State;
    this.runs = (runs as number[][]).map(([page, count]) => ({ page, count }));
    this.checksums = checksums;
    this.pagesStart = pageAligned(PREFIX_BYTES + header.length);
    const pageCount = this.runs.reduce((sum, { count }) => sum + count, 0);
    const expectedBytes = this.pagesStart + pageCount * PAGE_SIZE;
    if (sizeBytes !== expectedBytes) throw this.unusable(`${expectedBytes} bytes`, `${sizeBytes} bytes`);
  }

  private unusable(expected: string, found: string) {
    return checkpointUnusable(this.path, expected, found);
  }

  /** The size of a regular file that is nobody's but this user's. */
  private checkedSize(): number {
    const status = fstatSync(this.fd);
    if (!status.isFile()) throw this.unusable("a regular file", "something else");
    const user = process.getuid?.();
    if (user !== undefined && status.uid !== user) throw this.unusable("a file of this user", `user ${status.uid}'s`);
    if (user !== undefined && (status.mode & WRITABLE_BY_OTHERS) !== 0) {
      throw this.unusable("a file that only its owner can write", `mode ${(status.mode & 0o777).toString(8)}`);
    }
    return status.size;
  }

  /** The verified bytes of the header. */
  private readHeader(fileBytes: number): Buffer {
    const prefix = Buffer.alloc(PREFIX_BYTES);
    if (
      readSync(this.fd, prefix, 0, PREFIX_BYTES, 0) !== PREFIX_BYTES ||
      !prefix.subarray(0, MAGIC.length).equals(MAGIC)
    ) {
      throw this.unusable("a checkpoint", "another file");
    }
    const version = prefix.readUInt32LE(MAGIC.length);
    if (version !== CHECKPOINT_VERSION) throw this.unusable(`version ${CHECKPOINT_VERSION}`, `version ${version}`);
    const headerBytes = prefix.readUInt32LE(MAGIC.length + 4);
    if (headerBytes > Math.min(MAX_HEADER_BYTES, fileBytes - PREFIX_BYTES)) {
      throw this.unusable("a header inside the file", `one of ${headerBytes} bytes`);
    }
    const header = Buffer.alloc(headerBytes);
    readSync(this.fd, header, 0, headerBytes, PREFIX_BYTES);
    const digest = digestOf([prefix.subarray(0, PREFIX_BYTES - DIGEST_BYTES), header]);
    if (!digest.equals(prefix.subarray(PREFIX_BYTES - DIGEST_BYTES))) {
      throw this.unusable("a header that matches its digest", "one that was changed");
    }
    return header;
  }

  /**
   * Reads the pages into RAM that is all zero otherwise, and verifies what came there. Throws `checkpoint-unusable`: the
   * machine must not be used after that.
   */
  readPages(ram: Uint8Array): void {
    let end = 0;
    for (const { page, count } of this.runs) {
      if (page < end || (page + count) * PAGE_SIZE > ram.length) throw this.unusable("pages of RAM", `page ${page}`);
      end = page + count;
    }
    const views = viewsOf(ram, this.runs);
    const isWhole = transfer(readvSync, this.fd, views, this.pagesStart);
    if (!isWhole || JSON.stringify(checksumsOf(views)) !== JSON.stringify(this.checksums)) {
      throw this.unusable("pages that match their checksums", "some that were changed");
    }
  }

  close(): void {
    closeSync(this.fd);
  }
}
