/** What the words behind `komainu exec` mean: a board perhaps, then console commands. */
import { existsSync } from "node:fs";
import type { ExitCode } from "../base/index.ts";
import { listBoards } from "../board/index.ts";
import { createCommandManager } from "../commands/index.ts";
import { type ExecOptions, exec } from "./exec-command.ts";
import { createLog } from "./log-text.ts";
import type { ProgramIo } from "./program-io.ts";
import { StatusLine } from "./status-line.ts";

/**
 * The board and the console commands of `exec [BOARD] CMD...`. A first word that is neither a board, nor a file, nor a
 * console command is meant as a board, so that a misspelt one is not executed as a command.
 */
export function splitBoard(
  words: readonly string[],
  { defaultBoard, isCommand }: { defaultBoard: string; isCommand: (name: string) => boolean },
): [string, string[]] {
  const [first, ...rest] = words;
  if (first === undefined) return [defaultBoard, []];
  const isBoard = listBoards().includes(first) || first.endsWith(".json") || (first.includes("/") && existsSync(first));
  const isOneWord = /^[\w-]+$/.test(first);
  return isBoard || (isOneWord && !isCommand(first)) ? [first, rest] : [defaultBoard, [...words]];
}

/** The options of `exec` as the command line has them. */
export interface ExecFlags
  extends Omit<ExecOptions, "board" | "commands" | "json" | "stats" | "timeoutSeconds" | "log" | "statusLine" | "env"> {
  defaultBoard: string;
  json?: boolean;
  stats?: boolean;
  /** Seconds. */
  timeout: number;
  verbose?: boolean;
}

export async function execWords(io: ProgramIo, words: readonly string[], flags: ExecFlags): Promise<ExitCode> {
  const { defaultBoard, timeout: timeoutSeconds, json = false, stats = false, verbose = false } = flags;
  const manager = createCommandManager();
  const isCommand = (name: string): boolean => manager.find(name) !== undefined;
  const [board, commands] = splitBoard(words, { defaultBoard, isCommand });
  const statusLine = new StatusLine(io);
  const log = createLog(statusLine.io, { verbose });
  const execution = { board, commands, json, stats, timeoutSeconds, log, statusLine, env: io.env };
  return exec(statusLine.io, { ...flags, ...execution });
}
