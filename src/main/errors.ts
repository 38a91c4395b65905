/** The errors of the command line, one function per code. */
import { ExitCode, HvError, nameHint } from "../base/index.ts";

export const optionInvalid = (option: string, expected: string, found: string): HvError =>
  new HvError({
    code: "option-invalid",
    message: `${option}: expected ${expected}, found "${found}"`,
    facts: { option, expected, found },
  });

export const profileNeedsCompiler = (engine: string): HvError =>
  new HvError({
    code: "profile-needs-compiler",
    message: `--profile: expected the engine jit, found ${engine}`,
    hint: "Leave --engine out, or give --engine jit.",
    facts: { engine },
  });

export const gdbWaitNeedsPort = (): HvError =>
  new HvError({
    code: "gdb-wait-needs-port",
    message: "--gdb-wait: expected --gdb PORT beside it, found none: nobody could let the guest go on",
    hint: "For example: --gdb 1234 --gdb-wait",
  });

export const commandsMissing = (): HvError =>
  new HvError({
    code: "commands-missing",
    message: "exec: expected at least one console command, found none",
    hint: 'For example: komainu exec "ids plist"',
  });

/** `how` is the command that gets it, `build` or `fetch`. */
export const guestMissing = (board: string, how: "build" | "fetch" = "build"): HvError =>
  new HvError({
    code: "guest-missing",
    message: `the guest of ${board} is not in the cache`,
    hint: `${how === "build" ? "Build" : "Fetch"} it with: komainu guest ${how} ${board}`,
    facts: { board },
    exitCode: ExitCode.environment,
  });

export const rootfsNotThere = (board: string, name: string, known: readonly string[]): HvError =>
  new HvError({
    code: "rootfs-unknown",
    message: `--rootfs: expected a root file system of ${board} (${known.join(", ") || "it has none"}), found "${name}"`,
    hint: "A file of your own is given with --disk FILE.",
    facts: { board, name, known },
  });

export const suiteInvalid = (name: string): HvError =>
  new HvError({
    code: "suite-invalid",
    message: `--suite: expected the name of a suite of Debian's, such as bookworm-backports, found "${name}"`,
    hint: "The names are those of sources.list(5).",
    facts: { name },
  });

export const suiteWithRootfs = (suite: string, rootfs: string): HvError =>
  new HvError({
    code: "suite-with-rootfs",
    message: `--rootfs ${rootfs}: expected the board's own guest, found --suite ${suite}`,
    hint: "Fetch them one after the other; a root file system has the modules of the board's own kernel.",
    facts: { suite, rootfs },
  });

export const rootfsMissing = (board: string, name: string): HvError =>
  new HvError({
    code: "rootfs-missing",
    message: `the root file system ${name} of ${board} is not in the cache, or is for another kernel than the cached one`,
    hint: `Make it with: komainu guest fetch ${board} --rootfs ${name}`,
    facts: { board, name },
    exitCode: ExitCode.environment,
  });

export const diskStateInvalid = (expected: string): HvError =>
  new HvError({
    code: "state-invalid",
    message: `the saved disk: expected ${expected}, found other ones`,
    hint: "The snapshot is damaged, or of another disk.",
  });

export interface Unready {
  /** What was waited for. */
  pattern: string;
  /** What the guest's console showed last. */
  lastLines: readonly string[];
  seconds: number;
}

const shown = (lines: readonly string[]): string =>
  lines.length === 0 ? "nothing" : `this:\n${lines.map((line) => `  | ${line}`).join("\n")}`;

export const guestNotReady = ({ pattern, lastLines, seconds }: Unready): HvError =>
  new HvError({
    code: "guest-not-ready",
    message: `the guest did not print /${pattern}/ within ${seconds.toFixed(1)} s of its time; its console ended with ${shown(lastLines)}`,
    hint: "Give it longer with --timeout SECONDS, or watch the boot with `komainu run`.",
    facts: { pattern, lastLines },
    exitCode: ExitCode.timeout,
  });

export const guestStopped = ({ pattern, lastLines, seconds }: Unready, why: string): HvError =>
  new HvError({
    code: "guest-stopped",
    message: `the guest ${why} after ${seconds.toFixed(1)} s, before it printed /${pattern}/; its console ended with ${shown(lastLines)}`,
    hint: "Watch the boot with `komainu run`.",
    facts: { pattern, lastLines, why },
    exitCode: ExitCode.failed,
  });

/** `reason` is the kernel's own line. */
export const guestPanicked = (reason: string, lastLines: readonly string[], seconds: number): HvError =>
  new HvError({
    code: "guest-panicked",
    message: `the guest's kernel panicked after ${seconds.toFixed(1)} s of its time: ${reason}; its console ended with ${shown(lastLines)}`,
    hint: "Watch the boot with `komainu run`; --append adds words to the kernel command line.",
    facts: { reason, lastLines, seconds },
    exitCode: ExitCode.failed,
  });

export const commandTimedOut = (command: string, seconds: number): HvError =>
  new HvError({
    code: "command-timeout",
    message: `the console command "${command}" did not end within ${seconds} s of the guest's time`,
    hint: "Give it longer with --timeout SECONDS.",
    facts: { command, seconds },
    exitCode: ExitCode.timeout,
  });

export const commandStalled = (command: string): HvError =>
  new HvError({
    code: "command-stalled",
    message: `the console command "${command}" waits for a guest that cannot go on`,
    hint: "See what became of it: `vcpu list`, `guest status guest0`.",
    facts: { command },
    exitCode: ExitCode.failed,
  });

export const consoleCommandUnknown = (name: string, similar: string | undefined): HvError =>
  new HvError({
    code: "console-command-unknown",
    message: `expected a console command, found "${name}"`,
    hint: similar === undefined ? 'All commands: komainu exec "help"' : `Did you mean ${similar}?`,
    facts: { name, similar },
  });

/** Ctrl-C or a signal. */
export const interrupted = (): HvError =>
  new HvError({ code: "interrupted", message: "interrupted", exitCode: ExitCode.interrupted });

export const diskUnusable = (path: string, found: string): HvError =>
  new HvError({
    code: "disk-unusable",
    message: `disk ${path}: expected a readable and writable file of whole 512-byte sectors, found ${found}`,
    hint: "Make one with: truncate -s 64M FILE; a file that must not change is given as FILE,ro.",
    facts: { path, found },
    exitCode: ExitCode.environment,
  });

export const guestFetchUnknown = (board: string, known: readonly string[]): HvError =>
  new HvError({
    code: "guest-board-unknown",
    message: `expected a board whose guest is fetched (${known.join(", ")}), found "${board}"`,
    hint: nameHint("boards", board, known),
    facts: { board, known },
  });

export const guestNotFetched = (board: string): HvError =>
  new HvError({
    code: "guest-not-fetched",
    message: `no distribution ships a guest for ${board}: it is built from Debian's kernel source`,
    hint: `Build it with: komainu guest build ${board} (some minutes, once; the cache keeps it)`,
    facts: { board },
  });

export const guestNotBuilt = (board: string): HvError =>
  new HvError({
    code: "guest-not-built",
    message: `the guest of ${board} is not built: Debian ships its kernel ready made`,
    hint: `Fetch it with: komainu guest fetch ${board}`,
    facts: { board },
  });

export const journalNeedsPlainStart = (options: readonly string[]): HvError => {
  const found = options.map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  return new HvError({
    code: "journal-needs-plain-start",
    message: `--journal: expected a run that the journal alone can repeat, found ${found.join(", ")}`,
    hint: "A journal has the inputs of a machine that is powered on with its images; --rootfs, --append and --baud-pacing go with it.",
    facts: { options },
  });
};

export const consoleTasksClash = (options: readonly string[]): HvError =>
  new HvError({
    code: "console-tasks-clash",
    message: `expected one of --script, --send and --receive, found ${options.join(" and ")}`,
    hint: "A script sends and receives files too: its steps are upload and download.",
    facts: { options },
  });

export const consoleNeedsPort = (spec: string): HvError =>
  new HvError({
    code: "console-needs-port",
    message: `console: expected a port to talk to, found ${spec === "" ? "none" : `"${spec}", which is this terminal itself`}`,
    hint: "For example: komainu console /dev/ttyUSB0,115200; `komainu console --list` shows the ports of this machine.",
    facts: { spec },
  });

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const snapshotUnreadable = (path: string, error: unknown): HvError =>
  new HvError({
    code: "snapshot-unreadable",
    message: `expected a snapshot file, found ${reasonOf(error)}`,
    hint: "Make one with: komainu exec --save FILE",
    facts: { path },
    exitCode: ExitCode.environment,
    cause: error,
  });

export const snapshotUnwritable = (path: string, error: unknown): HvError =>
  new HvError({
    code: "snapshot-unwritable",
    message: `expected to write the snapshot ${path}, found ${reasonOf(error)}`,
    hint: "A snapshot takes up to the size of the host's RAM; see whether its folder exists and has that space.",
    facts: { path },
    exitCode: ExitCode.environment,
    cause: error,
  });

export const saveAtPast = (saveAt: number, instructions: number): HvError =>
  new HvError({
    code: "save-at-past",
    message: `--save-at: expected a count above the snapshot's ${instructions} instructions, found ${saveAt}`,
    hint: "Counts are instructions since power-on, not since the restore.",
    facts: { saveAt, instructions },
  });

/** `option` is `--run-to` or `--save-at`. */
export const runToUnreached = (option: string, wanted: number, instructions: number): HvError =>
  new HvError({
    code: "instruction-unreached",
    message: `${option}: expected the machine to come to instruction ${wanted}, found it at ${instructions}`,
    hint: "The guest was past it already, or stopped, or waits for ever.",
    facts: { option, wanted, instructions },
    exitCode: ExitCode.failed,
  });

export const drawingUnwritable = (path: string, error: unknown): HvError =>
  new HvError({
    code: "drawing-unwritable",
    message: `--svg: expected to write ${path}, found ${reasonOf(error)}`,
    facts: { path },
    exitCode: ExitCode.environment,
    cause: error,
  });

export const exportNeedsFormat = (): HvError =>
  new HvError({
    code: "export-needs-format",
    message: "board export: expected a format, found none",
    hint: "The format there is: --qemu.",
  });

/** Never reaches the user as an error: the guest is booted instead. */
export const checkpointUnusable = (path: string, expected: string, found: string): HvError =>
  new HvError({
    code: "checkpoint-unusable",
    message: `${path}: expected ${expected}, found ${found}`,
    facts: { path, expected, found },
    exitCode: ExitCode.environment,
  });

export const guestSerialInvalid = (text: string): HvError =>
  new HvError({
    code: "guest-serial-invalid",
    message: `--guest-serial: expected N=PORT, as in 1=pty or uart1=tcp:4001, found "${text}"`,
    hint: "N is the number or the name of a UART: `vserial list` at the console shows them.",
    facts: { text },
  });

export const guestPortMissing = (name: string, ports: readonly string[]): HvError =>
  new HvError({
    code: "guest-port-missing",
    message: `--guest-serial: the guest has no serial port ${name}; it has ${ports.join(", ")}`,
    hint: "Give one of these names, or N for uartN.",
    facts: { name, ports },
  });

export const stdioTwice = (): HvError =>
  new HvError({
    code: "stdio-twice",
    message: "standard input and output were given to more than one serial port",
    hint: "Put the console elsewhere, such as --serial pty, where --guest-serial has stdio.",
  });

export const tokenUnreadable = (path: string, cause: unknown): HvError =>
  new HvError({
    code: "token-unreadable",
    message: `--token-file ${path}: expected a file with one word of 16 characters or more, ${cause instanceof Error ? cause.message : `found ${String(cause)}`}`,
    hint: `Make one with: (umask 077; head -c 18 /dev/urandom | base64 > ${path})`,
    facts: { path },
    exitCode: ExitCode.environment,
  });

export const imageUnreadable = (path: string, error: unknown): HvError =>
  new HvError({
    code: "image-unreadable",
    message: `expected a memory image or a saved machine at ${path}, which cannot be read: ${reasonOf(error)}`,
    facts: { path },
  });

export const checkUnknown = (name: string, known: readonly string[]): HvError =>
  new HvError({
    code: "check-unknown",
    message: `expected a check (${known.join(", ")}), found "${name}"`,
    hint: nameHint("checks", name, known),
    facts: { name, known },
  });

export const processNeeded = (name: string): HvError =>
  new HvError({
    code: "process-needed",
    message: `check ${name}: expected a process, found none`,
    hint: "Give one with --pid NUMBER; the check plist names them.",
    facts: { name },
  });

export const symbolsUnreadable = (path: string, error: unknown): HvError =>
  new HvError({
    code: "symbols-unreadable",
    message: `--symbols: expected a file at ${path}, which cannot be read: ${typeof error === "string" ? error : reasonOf(error)}`,
    hint: "Give a System.map, a vmlinux, BTF or Volatility's JSON; without --symbols all is found in memory.",
    facts: { path },
  });

export const symbolsPacked = (path: string, format: string, reason: string): HvError =>
  new HvError({
    code: "symbols-packed",
    message: `--symbols: expected a whole ${format} file at ${path}, found ${reason}`,
    hint: "Unpack the file yourself, or get it again.",
    facts: { path, format },
  });

export const checksUnreadable = (folder: string, error: unknown): HvError =>
  new HvError({
    code: "checks-unreadable",
    message: `--checks: expected a folder of checks at ${folder}, which cannot be read: ${reasonOf(error)}`,
    facts: { folder },
  });

export const checkInvalid = (path: string, expected: string, found: string): HvError =>
  new HvError({
    code: "check-invalid",
    message: `the check in ${path}: expected ${expected}, found ${found}`,
    hint: "docs/writing-checks.md has a whole example.",
    facts: { path, expected, found },
  });

export const baselineDamaged = (path: string, expected: string, found: string): HvError =>
  new HvError({
    code: "baseline-damaged",
    message: `${path}: expected ${expected}, found ${found}`,
    hint: 'Nothing was taken from it. When the guest is known to be good, "ids baseline save" makes a new one.',
    facts: { path, expected, found },
    exitCode: ExitCode.environment,
  });

export const baselineUnwritable = (path: string, error: unknown): HvError =>
  new HvError({
    code: "baseline-unwritable",
    message: `expected to write the baseline ${path}, found ${reasonOf(error)}`,
    hint: "--state FOLDER names another place.",
    facts: { path },
    exitCode: ExitCode.environment,
    cause: error,
  });

export const findingsUnwritable = (path: string, error: unknown): HvError =>
  new HvError({
    code: "findings-unwritable",
    message: `--findings: expected to append to ${path}, found ${reasonOf(error)}`,
    hint: "See whether its folder exists and can be written to.",
    facts: { path },
    exitCode: ExitCode.environment,
    cause: error,
  });
