/** `komainu guest list | build BOARD | fetch BOARD`. */
import { defaultCacheFolder, ExitCode } from "../base/index.ts";
import {
  type BuildOptions,
  buildGuest,
  fetchedBoard,
  fetchedBoards,
  fetchGuest,
  findGuest,
  type Guest,
  hasGuest,
  listGuests,
  progressText,
} from "../guest/index.ts";
import { guestFetchUnknown, guestNotBuilt, guestNotFetched } from "./errors.ts";
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
  /** A kernel configuration fragment beyond the board's own. */
  config?: string;
  json?: boolean;
}

type CommonOptions = Pick<BuildOptions, "env" | "signal" | "nowMs" | "onProgress" | "onOutput">;

function sayGuest(io: ProgramIo, guest: Guest, json: boolean): void {
  const { board, hash, kernelVersion, sizeBytes, folder } = guest;
  if (json) io.out(`${JSON.stringify({ board, hash, kernelVersion, sizeBytes, folder })}\n`);
  else io.err(`Guest of ${board}: Linux ${kernelVersion}, ${megabytes(sizeBytes)}, in ${folder}\n`);
}

/** Runs `make` with a signal that Ctrl-C and its like abort, and says what came of it. */
async function makeGuest(
  io: ProgramIo,
  { verbose = false, json = false }: GuestBuildOptions,
  make: (common: CommonOptions) => Promise<Guest>,
): Promise<ExitCode> {
  const abort = new AbortController();
  const onSignal = () => abort.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, onSignal);
  try {
    const guest = await make({
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

/** Builds the guest when the cache has none of the present recipe; Ctrl-C stops it, and the next call goes on. */
export async function guestBuild(io: ProgramIo, board: string, options: GuestBuildOptions = {}): Promise<ExitCode> {
  const { refresh = false, jobs, json = false, config } = options;
  const cacheDir = defaultCacheFolder(io.env);
  if (fetchedBoard(board) !== undefined) throw guestNotBuilt(board);
  const cached = refresh || config !== undefined ? undefined : findGuest(board, { cacheDir });
  if (cached !== undefined) {
    sayGuest(io, cached, json);
    return ExitCode.ok;
  }
  return makeGuest(io, options, (common) =>
    buildGuest({ ...common, board, cacheDir, jobs, refresh, configFile: config }),
  );
}

/** Fetches the guest of a board whose kernel a distribution ships, when the cache has none or to look for a newer one. */
export async function guestFetch(io: ProgramIo, board: string, options: GuestBuildOptions = {}): Promise<ExitCode> {
  const { refresh = false, json = false } = options;
  const cacheDir = defaultCacheFolder(io.env);
  if (fetchedBoard(board) === undefined) {
    if (hasGuest(board)) throw guestNotFetched(board);
    throw guestFetchUnknown(board, fetchedBoards());
  }
  const cached = refresh ? undefined : findGuest(board, { cacheDir });
  if (cached !== undefined) {
    sayGuest(io, cached, json);
    return ExitCode.ok;
  }
  return makeGuest(io, options, (common) => fetchGuest({ ...common, board, cacheDir, refresh }));
}
