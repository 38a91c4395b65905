/** `komainu board list | lint | show | schema | export`. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { defaultCacheFolder, ExitCode, HvError } from "../base/index.ts";
import {
  applyOverlay,
  type Board,
  boardPath,
  drawProfile,
  type FdtNode,
  type Finding,
  imagePaths,
  isCacheName,
  lintProfile,
  listBoards,
  loadBoard,
  placeOf,
  profileJsonSchema,
  qemuCommand,
  readBoard,
  readFdt,
  shellText,
  showProfile,
} from "../board/index.ts";
import { deviceModels } from "../devices/index.ts";
import { fetchedBoard, findGuest, hasGuest } from "../guest/index.ts";
import { drawingUnwritable, exportNeedsFormat, guestMissing } from "./errors.ts";
import type { ProgramIo } from "./program-io.ts";
import { sarifText } from "./sarif.ts";
import { reportUnwritable } from "./scenario-errors.ts";

export function boardList(io: ProgramIo): ExitCode {
  for (const name of listBoards()) io.out(`${name.padEnd(16)} ${readBoard(name).profile.description}\n`);
  return ExitCode.ok;
}

/** Folder of the board's guest; `undefined` when it is not in the cache. */
function guestFolderOf({ path, profile }: Board, { env }: ProgramIo): string | undefined {
  const name = [profile.name, basename(path, ".json")].find(hasGuest);
  return name === undefined ? undefined : findGuest(name, { cacheDir: defaultCacheFolder(env) })?.folder;
}

/** The tree that the guest gets, with its overlays; what is wrong with it is a finding. */
function readTree(board: Board, imageFolder: string): { root?: FdtNode; finding?: Finding } {
  const { deviceTree, overlays } = imagePaths(board, imageFolder);
  if (![deviceTree, ...overlays].every(existsSync)) return {};
  try {
    const tree = readFdt(readFileSync(deviceTree));
    for (const overlay of overlays) applyOverlay(tree, readFdt(readFileSync(overlay)));
    return { root: tree.root };
  } catch (error) {
    const { code, message } =
      error instanceof HvError
        ? error
        : { code: "image-unreadable", message: error instanceof Error ? error.message : String(error) };
    const place = board.source.positionOf(["boot", "images", "deviceTree"]);
    return { finding: { code, severity: "error", message, ...place } };
  }
}

function findingsOf(board: Board, io: ProgramIo): Finding[] {
  const imageFolder = guestFolderOf(board, io) ?? "";
  const { root, finding } = readTree(board, imageFolder);
  const findings = lintProfile(board, { models: deviceModels, imageFolder, deviceTree: root });
  return finding === undefined ? findings : [...findings, finding];
}

function writeSarif(file: string, path: string, findings: readonly Finding[]): void {
  try {
    writeFileSync(file, sarifText(path, findings));
  } catch (error) {
    throw reportUnwritable(file, error);
  }
}

/** A profile that is not even one is a finding in the SARIF file too. */
function readOrReport(nameOrPath: string, sarif: string | undefined): Board {
  try {
    return readBoard(nameOrPath);
  } catch (error) {
    const found = error instanceof HvError ? (error.facts.findings as readonly Finding[] | undefined) : undefined;
    if (sarif !== undefined && found !== undefined) writeSarif(sarif, boardPath(nameOrPath), found);
    throw error;
  }
}

/** Every finding on standard output, one a line, as editors read them; 2 when one of them is an error. */
export function boardLint(
  io: ProgramIo,
  nameOrPath: string,
  { json = false, sarif = undefined as string | undefined } = {},
): ExitCode {
  const board = readOrReport(nameOrPath, sarif);
  const findings = findingsOf(board, io);
  if (sarif !== undefined) writeSarif(sarif, board.path, findings);
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

/** `svg` is the file to draw the address map into. */
export function boardShow(
  io: ProgramIo,
  nameOrPath: string,
  { json = false, svg = undefined as string | undefined } = {},
): ExitCode {
  const { profile } = loadBoard(nameOrPath, { models: deviceModels });
  if (svg !== undefined) {
    try {
      writeFileSync(svg, drawProfile(profile));
    } catch (error) {
      throw drawingUnwritable(svg, error);
    }
    io.err(`${svg}: address map of ${profile.name}\n`);
    if (!json) return ExitCode.ok;
  }
  io.out(json ? `${JSON.stringify({ path: boardPath(nameOrPath), ...profile })}\n` : showProfile(profile));
  return ExitCode.ok;
}

/** The JSON Schema of profiles, which editors complete and check by. */
export function boardSchema(io: ProgramIo): ExitCode {
  io.out(`${JSON.stringify(profileJsonSchema(), null, 2)}\n`);
  return ExitCode.ok;
}

/** The command that runs the board's guest in QEMU; what is different there goes to standard error. */
export function boardExport(io: ProgramIo, nameOrPath: string, { qemu = false, json = false } = {}): ExitCode {
  if (!qemu) throw exportNeedsFormat();
  const board = loadBoard(nameOrPath, { models: deviceModels });
  const folder = guestFolderOf(board, io);
  const isCacheNeeded = Object.values(board.profile.boot.images)
    .flatMap((name) => name ?? [])
    .some(isCacheName);
  if (folder === undefined && isCacheNeeded) {
    const { name } = board.profile;
    throw guestMissing(name, fetchedBoard(name) === undefined ? "build" : "fetch");
  }
  const command = qemuCommand(board.profile, imagePaths(board, folder ?? ""));
  io.out(json ? `${JSON.stringify(command)}\n` : `${shellText(command.words)}\n`);
  for (const difference of command.differences) io.err(`note: ${difference}\n`);
  return ExitCode.ok;
}
