/** `komainu guest list | build BOARD | fetch BOARD`. */
import { ExitCode } from "../base/index.ts";
import {
  buildGuest,
  defaultCacheFolder,
  findGuest,
  type Guest,
  guestBoards,
  listGuests,
  progressText,
} from "../guest/index.ts";
import { guestFetchUnknown, guestNotFetched } from "./errors.ts";
import type { ProgramIo } from "./program-io.ts";

const megabytes = (sizeBytes: number): string => `${(sizeBytes / 1e6).toFixed(1)} MB`;

export function guestList(io: ProgramIo, { json = false } = {}): ExitCode {
  const rows = listGuests({ cacheDir: defaultCacheFolder(io.env) });
  for (const row of rows) {
    if (json) {
      io.out(`${JSON.stringify(row)}\n`);
      continue;
    }
    const { board, state, kernelVersion = "", sizeBytes, folder = "" } = row;
    const size = sizeBytes === undefined ? "" : megabytes(sizeBytes);
    io.out(
      `${[board.padEnd(14), state.padEnd(9), kernelVersion.padEnd(12), size.padStart(9), folder].join(" ").trimEnd()}\n`,
    );
  }
  return ExitCode.ok;
}

export interface GuestBuildOptions {
  verbose?: boolean;
  /** Look for newer packages. */
  refresh?: boolean;
  jobs?: number;
  json?: boolean;
}

function sayGuest(io: ProgramIo, guest: Guest, json: boolean): void {
  const { board, hash, kernelVersion, sizeBytes, folder } = guest;
  if (json) io.out(`${JSON.stringify({ board, hash, kernelVersion, sizeBytes, folder })}\n`);
  else io.err(`Guest of ${board}: Linux ${kernelVersion}, ${megabytes(sizeBytes)}, in ${folder}\n`);
}

/** Builds the guest when the cache has none of the present recipe; Ctrl-C stops it, and the next call goes on. */
export async function guestBuild(io: ProgramIo, board: string, options: GuestBuildOptions = {}): Promise<ExitCode> {
  const { verbose = false, refresh = false, jobs, json = false } = options;
  const cacheDir = defaultCacheFolder(io.env);
  const cached = refresh ? undefined : findGuest(board, { cacheDir });
  if (cached !== undefined) {
    sayGuest(io, cached, json);
    return ExitCode.ok;
  }
  const abort = new AbortController();
  const onSignal = () => abort.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, onSignal);
  try {
    const guest = await buildGuest({
      board,
      cacheDir,
      jobs,
      refresh,
      env: io.env,
      signal: abort.signal,
      nowMs: () => performance.now(),
      onProgress: progressText({ write: (text) => io.err(text), isTerminal: io.isErrTerminal && !verbose }),
      onOutput: verbose ? (line) => io.err(`${line}\n`) : undefined,
    });
    sayGuest(io, guest, json);
    return ExitCode.ok;
  } finally {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.removeListener(signal, onSignal);
  }
}

/** Boards whose guest a distribution ships are fetched; those of this version are all built. */
export function guestFetch(board: string): never {
  if (!guestBoards().includes(board)) throw guestFetchUnknown(board, guestBoards());
  throw guestNotFetched(board);
}
