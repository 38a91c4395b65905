/**
 * The cache of compiled code on disk: what one run compiled, the next one uses from its first instruction.
 *
 * A file belongs to one build of Komainu, one board and one kind of core; its regions are compared with the guest's
 * memory before use, so any kernel may have left them. The file is trusted only as far as its owner is: it must be the
 * user's own, writable by nobody else, and whole (SHA-256). What is wrong is a cold start, never an error.
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fstatSync,
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
import { fileURLToPath } from "node:url";
import { TranslationStore } from "../arm/jit/index.ts";
import { defaultCacheFolder, type Logger } from "../base/index.ts";
import type { TranslationCacheOption } from "./options.ts";
import { versionInfo } from "./version.ts";

const DIGEST_BYTES = 32;
const MAX_FILE_BYTES = 64 * 2 ** 20;
/** Files are written again only when a run compiled more than this share of what they hold. */
const NEWS_SHARE = 0.02;
const WRITABLE_BY_OTHERS = 0o022;

const digestOf = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/**
 * The code that compiles: another build makes other translations. Reading all of a built program takes longer than its use
 * saves, so a build is known by its date and its files' sizes and times; a program from source by its own text.
 */
function engineIdentity(): unknown[] {
  const own = fileURLToPath(import.meta.url);
  if (own.endsWith(".ts")) return [digestOf(readFileSync(own)).toString("hex")];
  const folder = dirname(own);
  const chunks = readdirSync(folder).filter((name) => name.endsWith(".cjs"));
  const stats = chunks.sort().map((name) => statSync(join(folder, name)));
  return [versionInfo, chunks, stats.map(({ size, mtimeMs }) => [size, mtimeMs])];
}

export interface TranslationKey {
  readonly board: string;
  readonly cpuModel: string;
  readonly ramSizeBytes: number;
}

export class TranslationCache {
  readonly store: TranslationStore;
  private readonly path: string;
  private readonly log: Logger;

  private constructor(path: string, store: TranslationStore, log: Logger) {
    this.path = path;
    this.store = store;
    this.log = log;
  }

  /** Reads what earlier runs left; `undefined` when there is to be no cache. */
  static open(
    option: TranslationCacheOption,
    key: TranslationKey,
    { env, log }: { env: NodeJS.ProcessEnv; log: Logger },
  ): TranslationCache | undefined {
    if (option === "off") return undefined;
    const folder = option === "on" ? join(defaultCacheFolder(env), "translations") : option.folder;
    const name = digestOf(Buffer.from(JSON.stringify([engineIdentity(), key])))
      .toString("hex")
      .slice(0, 24);
    const path = join(folder, `${key.board}-${name}.bin`);
    return new TranslationCache(path, readStore(path, log) ?? new TranslationStore(), log);
  }

  /** Leaves to the next run what this one compiled, when that is enough to be worth it. */
  save(): void {
    const { store, path } = this;
    if (store.newRegions <= store.regions.length * NEWS_SHARE) return;
    const temporary = `${path}.${process.pid}`;
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      const content = store.encode();
      writeFileSync(temporary, Buffer.concat([digestOf(content), content]), { mode: 0o600 });
      renameSync(temporary, path);
    } catch (error) {
      if (existsSync(temporary)) rmSync(temporary);
      this.log.info(`compiled code is not kept: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** The store in a file; `undefined` when there is none that can be trusted. */
function readStore(path: string, log: Logger): TranslationStore | undefined {
  if (!existsSync(path)) return undefined;
  let content: Buffer;
  const file = openSync(path, "r");
  try {
    const { uid, mode, size } = fstatSync(file);
    const isOwn = process.getuid === undefined || uid === process.getuid();
    if (!isOwn || (mode & WRITABLE_BY_OTHERS) !== 0 || size > MAX_FILE_BYTES) {
      log.warning(`${path}: ignored, expected a file that only its owner, this user, can write`);
      return undefined;
    }
    content = readFileSync(file);
  } finally {
    closeSync(file);
  }
  const body = content.subarray(DIGEST_BYTES);
  const store = digestOf(body).equals(content.subarray(0, DIGEST_BYTES)) ? TranslationStore.decode(body) : undefined;
  if (store === undefined) log.warning(`${path}: ignored, its content was changed or cut; it will be written anew`);
  return store;
}
