/** `komainu board list | lint FILE | show FILE`. */
import { ExitCode } from "../base/index.ts";
import { boardPath, lintProfile, listBoards, loadBoard, placeOf, readBoard, showProfile } from "../board/index.ts";
import { deviceModels } from "../devices/index.ts";
import type { ProgramIo } from "./program-io.ts";

export function boardList(io: ProgramIo): ExitCode {
  for (const name of listBoards()) io.out(`${name.padEnd(16)} ${readBoard(name).profile.description}\n`);
  return ExitCode.ok;
}

/** Every finding on standard output, one a line, as editors read them; 2 when one of them is an error. */
export function boardLint(io: ProgramIo, nameOrPath: string, { json = false } = {}): ExitCode {
  const board = readBoard(nameOrPath);
  const findings = lintProfile(board, { models: deviceModels });
  for (const finding of findings) {
    const { code, severity, message, hint } = finding;
    if (json) io.out(`${JSON.stringify({ path: board.path, ...finding })}\n`);
    else {
      io.out(`${placeOf(board.path, finding)}: ${severity}: ${message} [${code}]\n`);
      if (hint !== undefined) io.out(`  ${hint}\n`);
    }
  }
  const errors = findings.filter(({ severity }) => severity === "error").length;
  io.err(`${board.path}: ${errors} error(s), ${findings.length - errors} warning(s)\n`);
  return errors === 0 ? ExitCode.ok : ExitCode.usage;
}

export function boardShow(io: ProgramIo, nameOrPath: string, { json = false } = {}): ExitCode {
  const { profile } = loadBoard(nameOrPath, { models: deviceModels });
  io.out(json ? `${JSON.stringify({ path: boardPath(nameOrPath), ...profile })}\n` : showProfile(profile));
  return ExitCode.ok;
}
