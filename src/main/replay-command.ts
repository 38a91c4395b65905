/** `komainu replay FILE`: runs a journal again, to its end or to a pattern on the console. */
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { defaultCacheFolder, ExitCode } from "../base/index.ts";
import { boardPath, listBoards } from "../board/index.ts";
import { findGuest, hasGuest } from "../guest/index.ts";
import {
  imagesDiffer,
  type Journal,
  journalUnreadable,
  type Pattern,
  parseJournal,
  parsePattern,
  patternProblem,
  replayJournal,
  whereIs,
} from "../scenario/index.ts";
import { optionInvalid } from "./errors.ts";
import { Interruption } from "./interruption.ts";
import type { BootCacheOption } from "./options.ts";
import type { ProgramIo } from "./program-io.ts";
import { rigPower } from "./prompt-rig.ts";
import { untilUnseen } from "./scenario-errors.ts";
import { stateLine } from "./snapshot-option.ts";

export interface ReplayCommandOptions {
  readonly until?: string;
  /** Folder with images that the journal names by their digests. */
  readonly images?: string;
  readonly bootCache: BootCacheOption;
  readonly engine: "jit" | "interp";
  readonly timeout: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

const digestOf = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");
/** Larger files are no images of a guest. */
const MAX_IMAGE_BYTES = 2 ** 30;

/** The files of a folder by their digests. */
function filesByDigest(folder: string | undefined): Map<string, string> {
  const files = new Map<string, string>();
  if (folder === undefined || !existsSync(folder)) return files;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile() && statSync(path).size <= MAX_IMAGE_BYTES) files.set(digestOf(readFileSync(path)), path);
  }
  return files;
}

/** A profile of the journal's own text, whose images are the files with the digests that the journal has. */
function materialized({ header }: Journal, folder: string, found: ReadonlyMap<string, string>): string {
  const locate = (what: string, digest: string): string => {
    const path = found.get(digest);
    if (path === undefined) throw imagesDiffer(what, digest, "none such in the guests' cache or in --images");
    return resolve(path);
  };
  const { kernel, deviceTree, initrd, overlays } = header.images;
  let profile: { boot?: object };
  try {
    profile = JSON.parse(header.board.profile);
  } catch (error) {
    throw journalUnreadable("the journal's profile", error);
  }
  const images = {
    kernel: locate("kernel", kernel),
    deviceTree: locate("device tree", deviceTree),
    initrd: initrd === undefined ? undefined : locate("initrd", initrd),
    overlays: overlays.length === 0 ? undefined : overlays.map((digest) => locate("overlay", digest)),
  };
  const path = join(folder, `${header.board.name.replace(/[^\w-]/g, "_")}.json`);
  writeFileSync(path, JSON.stringify({ ...profile, boot: { ...profile.boot, images } }));
  return path;
}

/** The board of this installation when it is the journal's own, with images beside it; else one that is made of both. */
function boardFor(journal: Journal, folder: string, { images }: ReplayCommandOptions, env: NodeJS.ProcessEnv): string {
  const { name, profile } = journal.header.board;
  const { kernel, deviceTree, initrd } = journal.header.images;
  const wanted = [kernel, deviceTree, ...(initrd === undefined ? [] : [initrd])];
  const isShipped = listBoards().includes(name) && readFileSync(boardPath(name), "utf8") === profile;
  const guest = hasGuest(name) ? findGuest(name, { cacheDir: defaultCacheFolder(env) }) : undefined;
  const cached = filesByDigest(guest?.folder);
  if (isShipped && wanted.every((digest) => cached.has(digest))) return name;
  return materialized(journal, folder, new Map([...cached, ...filesByDigest(images)]));
}

function readJournal(path: string): Journal {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw journalUnreadable(path, error);
  }
  return parseJournal(text, path);
}

function untilPattern(until: string | undefined): Pattern | undefined {
  if (until === undefined) return undefined;
  const problem = patternProblem(until);
  if (problem !== undefined) throw optionInvalid("--until", "a text or /regular expression/", until);
  return parsePattern(until);
}

export async function replay(io: ProgramIo, path: string, options: ReplayCommandOptions): Promise<ExitCode> {
  const { bootCache, engine, timeout: bootSeconds, quiet = false, json = false } = options;
  const until = untilPattern(options.until);
  const journal = readJournal(path);
  const interruption = new Interruption();
  interruption.listen();
  const folder = mkdtempSync(join(tmpdir(), "komainu-replay-"));
  const isInterrupted = () => interruption.isRequested;
  try {
    const result = await replayJournal(journal, {
      power: rigPower({ env: io.env, engine, bootCache, bootSeconds, isInterrupted }),
      board: boardFor(journal, folder, options, io.env),
      until,
      isInterrupted,
      onPrint: quiet || json ? undefined : (byte) => io.out(Uint8Array.of(byte)),
    });
    const { machine } = result.stage;
    if (json) io.out(`${stateLine(machine)}\n`);
    const [instructions, ns] = result.moment;
    const where = `instruction ${instructions}, ${(ns / 1e9).toFixed(3)} s of the guest's time, at ${whereIs(result.stage)}`;
    const { failure } = journal.end;
    if (result.end === "same" && until !== undefined) throw untilUnseen(until.source, where);
    if (result.end === "same") {
      io.err(`\nThe same run, to ${where}${failure === undefined ? "" : `; it failed there: ${failure}`}\n`);
      return ExitCode.ok;
    }
    io.err(`\nThe console has printed ${options.until} at ${where}\n`);
    return ExitCode.ok;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    interruption.stop();
  }
}
