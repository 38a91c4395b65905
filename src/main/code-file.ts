/**
 * One file of V8's compiled code, on disk between two runs.
 *
 * V8 compares its version, its flags and the length of the source with what the data was made from, and believes the
 * rest; so the file carries a SHA-256 of all it holds, the source's own SHA-256 among it, and is read only where nobody
 * but the user can have written it. Layout: magic, SHA-256 of what follows, SHA-256 of the source, length of the words, the words, data.
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

const MAGIC = Buffer.from("KMNCODE1", "latin1");
const DIGEST_BYTES = 32;
const DIGEST_AT = MAGIC.length;
const SOURCE_DIGEST_AT = DIGEST_AT + DIGEST_BYTES;
const WORDS_LENGTH_AT = SOURCE_DIGEST_AT + DIGEST_BYTES;
const WORDS_AT = WORDS_LENGTH_AT + 4;
const MAX_FILE_BYTES = 64 * 2 ** 20;
/** Installations, Node versions and sets of V8 flags; the files written longest ago go first. */
const MAX_FILES = 100;
const SUFFIX = ".bin";
const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;
const OTHERS = 0o077;

export const digestOf = (...parts: readonly (string | Uint8Array)[]): Buffer => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export interface CompiledCode {
  data: Buffer;
  /** Words of the command lines whose runs the code is of. */
  words: readonly string[];
}

/** Levels of `$HOME/.cache/komainu/code` that a first run may have to make. */
const CACHE_DEPTH = 3;

/**
 * Makes a folder and those above it that are missing. Node's own `recursive` never ends where the system says ENOENT for
 * a folder that cannot be made, as below /proc.
 */
function makeFolder(path: string, depth: number): void {
  try {
    mkdirSync(path, { mode: PRIVATE_FOLDER });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || depth === 0) throw error;
    makeFolder(dirname(path), depth - 1);
    mkdirSync(path, { mode: PRIVATE_FOLDER });
  }
}

/** A folder for code: exists, is nobody else's, and nobody else may look or write. */
export class CodeFolder {
  private readonly path: string;
  private readonly userId: number | undefined;

  /** @param userId of this process; `undefined` where the system has none, and then nothing is read or written. */
  constructor(path: string, userId = process.geteuid?.()) {
    this.path = path;
    this.userId = userId;
  }

  /** The code of exactly this source; `undefined` when there is none, or none to be trusted. Never throws. */
  read(name: string, source: Uint8Array): CompiledCode | undefined {
    if (!this.isPrivate()) return undefined;
    const content = this.readOwn(join(this.path, name + SUFFIX));
    if (content === undefined || content.length < WORDS_AT || !MAGIC.equals(content.subarray(0, DIGEST_AT)))
      return undefined;
    if (!digestOf(source).equals(content.subarray(SOURCE_DIGEST_AT, WORDS_LENGTH_AT))) return undefined;
    if (!digestOf(content.subarray(SOURCE_DIGEST_AT)).equals(content.subarray(DIGEST_AT, SOURCE_DIGEST_AT)))
      return undefined;
    const dataAt = WORDS_AT + content.readUInt32LE(WORDS_LENGTH_AT);
    return { data: content.subarray(dataAt), words: content.toString("latin1", WORDS_AT, dataAt).split(" ") };
  }

  /** Keeps the code for the next run; where it cannot, the next run is slower and that is all. Never throws. */
  write(name: string, source: Uint8Array, { data, words }: CompiledCode): void {
    const text = Buffer.from(words.join(" "), "latin1");
    const length = Buffer.alloc(4);
    length.writeUInt32LE(text.length);
    const body = Buffer.concat([digestOf(source), length, text, data]);
    try {
      makeFolder(this.path, CACHE_DEPTH);
      if (!this.isPrivate()) return;
      this.replace(join(this.path, name + SUFFIX), Buffer.concat([MAGIC, digestOf(body), body]));
      this.removeOldest();
    } catch {
      // A full disk, a read-only home: nothing that the user must know of.
    }
  }

  /** Two processes that end at once each write a whole file. */
  private replace(path: string, content: Uint8Array): void {
    const unfinished = `${path}.${process.pid}`;
    try {
      writeFileSync(unfinished, content, { flag: "wx", mode: PRIVATE_FILE });
      renameSync(unfinished, path);
    } catch (error) {
      rmSync(unfinished, { force: true });
      throw error;
    }
  }

  private isPrivate(): boolean {
    try {
      const status = lstatSync(this.path);
      return status.isDirectory() && status.uid === this.userId && (status.mode & OTHERS) === 0;
    } catch {
      return false;
    }
  }

  /** The bytes of a plain file of this user. */
  private readOwn(path: string): Buffer | undefined {
    let file: number | undefined;
    try {
      file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      const status = fstatSync(file);
      const isOwn = status.isFile() && status.uid === this.userId && (status.mode & OTHERS) === 0;
      return isOwn && status.size <= MAX_FILE_BYTES ? readFileSync(file) : undefined;
    } catch {
      return undefined;
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  private removeOldest(): void {
    const written = (name: string): number => statSync(join(this.path, name)).mtimeMs;
    const names = readdirSync(this.path).sort((a, b) => written(b) - written(a));
    for (const name of names.slice(MAX_FILES)) rmSync(join(this.path, name), { force: true });
  }
}
