/** `komainu guest list | build BOARD | fetch BOARD`. */
import { defaultCacheFolder, ExitCode } from "../base/index.ts";
import {
  type BuildOptions,
  buildGuest,
  cachedRootfs,
  fetchedBoard,
  fetchedBoards,
  fetchGuest,
  fetchRootfs,
  findGuest,
  type Guest,
  hasGuest,
  isSuiteName,
  listGuests,
  listRootfs,
  progressText,
  type Rootfs,
  rootfsNames,
} from "../guest/index.ts";
import {
  guestFetchUnknown,
  guestNotBuilt,
  guestNotFetched,
  rootfsNotThere,
  suiteInvalid,
  suiteWithRootfs,
} from "./errors.ts";
import { createLog } from "./log-text.ts";
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
  for (const { board, name, packageCount, folder } of listRootfs(defaultCacheFolder(io.env))) {
    const state = "ready";
    if (json) io.out(`${JSON.stringify({ board, rootfs: name, state, packageCount, folder })}\n`);
    else io.out(`${board.padEnd(14)} ${state.padEnd(9)} --rootfs ${name}, ${packageCount} packages, ${folder}\n`);
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

function sayRootfs(io: ProgramIo, { board, name, hash, packageCount, image }: Rootfs, json: boolean): void {
  if (json) io.out(`${JSON.stringify({ board, rootfs: name, hash, packageCount, image })}\n`);
  else {
    io.err(`Root file system of ${board}: ${name}, ${packageCount} packages, in ${image}\n`);
    io.err(`Boot it with: komainu run ${board} --rootfs ${name} (--disk COPY keeps what is written to a copy of it)\n`);
  }
}

/** Runs `make` with a signal that Ctrl-C and its like abort. */
async function withProgress<T>(
  io: ProgramIo,
  { verbose = false }: GuestBuildOptions,
  make: (common: CommonOptions) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const onSignal = () => abort.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, onSignal);
  try {
    return await make({
      env: io.env,
      signal: abort.signal,
      nowMs: () => performance.now(),
      onProgress: progressText({ write: (text) => io.err(text), isTerminal: io.isErrTerminal && !verbose }),
      onOutput: verbose ? (line) => io.err(`${line}\n`) : undefined,
    });
  } finally {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.removeListener(signal, onSignal);
  }
}

/** Builds the guest when the cache has none of the present recipe; Ctrl-C stops it, and the next call goes on. */
export async function guestBuild(io: ProgramIo, board: string, options: GuestBuildOptions = {}): Promise<ExitCode> {
  const { refresh = false, jobs, json = false, config } = options;
  const cacheDir = defaultCacheFolder(io.env);
  if (fetchedBoard(board) !== undefined) throw guestNotBuilt(board);
  const cached = refresh ? undefined : findGuest(board, { cacheDir, configFile: config });
  if (cached !== undefined) {
    sayGuest(io, cached, json);
    return ExitCode.ok;
  }
  const guest = await withProgress(io, options, (common) =>
    buildGuest({ ...common, board, cacheDir, jobs, refresh, configFile: config }),
  );
  sayGuest(io, guest, json);
  return ExitCode.ok;
}

export interface GuestFetchOptions extends GuestBuildOptions {
  /** Also a root file system of this name. */
  rootfs?: string;
  /** A suite of Debian's whose kernel is wanted. */
  suite?: string;
}

/** The root file system for `guest`: the cached one, or one that is made, which takes minutes. */
async function provideRootfs(
  io: ProgramIo,
  guest: Guest,
  { rootfs, refresh = false, ...options }: GuestFetchOptions & { rootfs: string },
): Promise<Rootfs> {
  const { board } = guest;
  const cacheDir = defaultCacheFolder(io.env);
  const cached = cachedRootfs({ board, rootfs, guest, cacheDir });
  if (cached !== undefined && !refresh) return cached;
  const log = createLog(io, { verbose: false });
  return withProgress(io, options, (common) =>
    fetchRootfs({
      ...common,
      board,
      rootfs,
      guest,
      cacheDir,
      refresh,
      install: async (job) => {
        const { installRootfs } = await import("./rootfs-install.ts");
        await installRootfs(job, { env: io.env, log });
      },
    }),
  );
}

/** Fetches the guest of a board whose kernel a distribution ships, when the cache has none or to look for a newer one. */
export async function guestFetch(io: ProgramIo, board: string, options: GuestFetchOptions = {}): Promise<ExitCode> {
  const { refresh = false, json = false, rootfs, suite } = options;
  const cacheDir = defaultCacheFolder(io.env);
  if (fetchedBoard(board) === undefined) {
    if (hasGuest(board)) throw guestNotFetched(board);
    throw guestFetchUnknown(board, fetchedBoards());
  }
  if (rootfs !== undefined && !rootfsNames(board).includes(rootfs)) {
    throw rootfsNotThere(board, rootfs, rootfsNames(board));
  }
  if (suite !== undefined && !isSuiteName(suite)) throw suiteInvalid(suite);
  if (suite !== undefined && rootfs !== undefined) throw suiteWithRootfs(suite, rootfs);
  const cached = refresh ? undefined : findGuest(board, { cacheDir, suite });
  const guest =
    cached ?? (await withProgress(io, options, (common) => fetchGuest({ ...common, board, cacheDir, refresh, suite })));
  sayGuest(io, guest, json);
  if (rootfs !== undefined) sayRootfs(io, await provideRootfs(io, guest, { ...options, rootfs }), json);
  return ExitCode.ok;
}
