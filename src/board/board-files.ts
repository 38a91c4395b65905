/** The profiles that come with the program (`boards/*.json`), and any other by its path. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { boardUnknown, profileUnreadable } from "./errors.ts";
import { type Board, parseProfile } from "./profile.ts";
import { type LintOptions, requireSoundProfile } from "./profile-lint.ts";

const SCHEMA_FILE = "profile.schema.json";

/** The installation's `boards` folder: the nearest one above this file that holds the profile schema. */
export function boardsFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const boards = join(folder, "boards");
    if (existsSync(join(boards, SCHEMA_FILE))) return boards;
    const parent = dirname(folder);
    if (parent === folder) return boards;
    folder = parent;
  }
}

/** Names of the boards in `folder`, sorted. */
export function listBoards(folder = boardsFolder()): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json") && file !== SCHEMA_FILE)
    .map((file) => file.slice(0, -".json".length))
    .sort();
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    // Not there, not to be looked at, or no path at all, such as one with a zero byte.
    return false;
  }
}

/** The profile file that `nameOrPath` means; throws `board-unknown` with the names there are. */
export function boardPath(nameOrPath: string, folder = boardsFolder()): string {
  const known = listBoards(folder);
  if (known.includes(nameOrPath)) return join(folder, `${nameOrPath}.json`);
  if (isFile(nameOrPath)) return resolve(nameOrPath);
  throw boardUnknown(nameOrPath, known);
}

/** Reads a profile without judging more than its shape: for `board lint`, which wants every finding. */
export function readBoard(nameOrPath: string): Board {
  const path = boardPath(nameOrPath);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw profileUnreadable(path, error);
  }
  return parseProfile(text, path);
}

/** The board called `nameOrPath`, checked; throws the first thing wrong with it. */
export function loadBoard(nameOrPath: string, options: LintOptions = {}): Board {
  const board = readBoard(nameOrPath);
  requireSoundProfile(board, options);
  return board;
}
