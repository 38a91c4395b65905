/** `komainu check IMAGE`: the checks of `ids` on a memory image or a saved machine, without running anything. */
import { readFileSync } from "node:fs";
import { ExitCode, latin1 } from "../base/index.ts";
import { loadBoard } from "../board/index.ts";
import { deviceModels } from "../devices/index.ts";
import { openImage, SegmentSource } from "../dump/index.ts";
import type { Check, CheckReport, CheckRequest } from "../ids/index.ts";
import { checks, formatReport, formatSummary, reportJson, runCheck, summaryJson, verdictOf } from "../ids/index.ts";
import type { Kernel, KernelOptions } from "../linux/index.ts";
import { openKernel } from "../linux/index.ts";
import { snapshotMemory } from "../vm/index.ts";
import { checkUnknown, imageUnreadable, processNeeded } from "./errors.ts";
import { createLog } from "./log-text.ts";
import type { ProgramIo } from "./program-io.ts";
import type { SymbolsOption } from "./symbols-flag.ts";
import { kernelKnowledge } from "./symbols-option.ts";
import { userChecks } from "./user-checks.ts";

export interface CheckOptions {
  image: string;
  /** Names of checks; none: all that need no process to be named. */
  names: readonly string[];
  cpu?: string;
  /** Where raw memory begins. */
  base?: number;
  pid?: number;
  long?: boolean;
  /** Folder with checks of the user's own. */
  checks?: string;
  symbols?: SymbolsOption;
  /** Says what opening the kernel took. */
  stats?: boolean;
  json?: boolean;
}

const SNAPSHOT_MAGIC = "KOMAINU\0";

function readImage(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw imageUnreadable(path, error);
  }
}

/** The kernel of a saved machine: the board's profile tells the CPU and where memory is. */
function openSnapshot(file: Uint8Array, options: KernelOptions): Kernel {
  const { profile: name } = snapshotMemory(file, "guest0");
  const { profile } = loadBoard(name, { models: deviceModels });
  const { regions } = snapshotMemory(file, profile.guest.name);
  const segments = profile.regions.flatMap((region) => {
    const bytes = regions.get(region.name);
    return bytes === undefined ? [] : [{ startAddress: region.address, bytes }];
  });
  const source = new SegmentSource(segments);
  return openKernel({ memory: source, format: profile.cpu.model === "arm926ej-s" ? "v5" : "v6" }, options);
}

/** Which checks, by name. Throws `check-unknown`, `process-needed`. */
function chosenChecks(known: readonly Check[], { names, pid }: CheckOptions): readonly Check[] {
  if (names.length === 0) return known.filter(({ ofProcess }) => ofProcess !== "required");
  return names.map((name) => {
    const check = known.find(({ id }) => id === name);
    const ids = known.map(({ id }) => id);
    if (check === undefined) throw checkUnknown(name, ids);
    if (check.ofProcess === "required" && pid === undefined) throw processNeeded(name);
    return check;
  });
}

function print(io: ProgramIo, reports: readonly CheckReport[], json: boolean): void {
  if (json) {
    const data = reports.length === 1 ? reportJson(reports[0]) : summaryJson(reports);
    io.out(`${JSON.stringify({ schema: "komainu.check/1", ...data })}\n`);
    return;
  }
  const lines = reports.length === 1 ? formatReport(reports[0]) : formatSummary(reports);
  for (const line of lines) io.out(`${line}\n`);
}

export async function checkImage(io: ProgramIo, options: CheckOptions): Promise<ExitCode> {
  const known = [...checks, ...userChecks(options.checks)];
  const chosen = chosenChecks(known, options);
  const { files } = kernelKnowledge(options.symbols);
  const file = readImage(options.image);
  const isSnapshot = latin1(file.subarray(0, SNAPSHOT_MAGIC.length)) === SNAPSHOT_MAGIC;
  const opening = { files, nowMs: () => performance.now() };
  const kernel = isSnapshot
    ? openSnapshot(file, opening)
    : openImage(file, { cpu: options.cpu, baseAddress: options.base, ...opening }).kernel;
  if (options.stats === true) {
    const milliseconds = Math.round((kernel.opening.milliseconds ?? 0) * 10) / 10;
    io.err(`${JSON.stringify({ schema: "komainu.check-stats/1", ...kernel.opening, milliseconds })}\n`);
  }
  const log = createLog(io, { verbose: false }).child("symbols");
  for (const given of files.length === 0 ? [] : kernel.given) {
    if (given.verdict !== "same") log.warning(`${given.title}: ${given.describe()}`);
  }
  const request: CheckRequest = { isLong: options.long === true, pid: options.pid };
  const reports = chosen.map((check) => runCheck(check, kernel, request));
  print(io, reports, options.json === true);
  return verdictOf(reports) === "finding" ? ExitCode.failed : ExitCode.ok;
}
