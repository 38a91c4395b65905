/** The errors of getting a guest, one function per code. */
import { ExitCode, HvError } from "../base/index.ts";

export const cpioPathInvalid = (path: string): HvError =>
  new HvError({
    code: "cpio-path-invalid",
    message: `initramfs: expected unique relative paths such as etc/passwd, found "${path}"`,
    facts: { path },
  });

export const cpioInvalid = (found: string): HvError =>
  new HvError({ code: "cpio-invalid", message: `cpio archive: expected the "newc" format, found that ${found}` });

export const guestBoardUnknown = (board: string, known: readonly string[]): HvError =>
  new HvError({
    code: "guest-board-unknown",
    message: `expected a board with a guest (${known.join(", ")}), found "${board}"`,
    hint: "`komainu guest list` shows what can be built.",
    facts: { board, known },
  });

export const toolMissing = (missing: readonly string[], packages: readonly string[]): HvError =>
  new HvError({
    code: "tool-missing",
    message: `expected these tools to build the guest, not found: ${missing.join(", ")}`,
    hint: `Install them with: sudo apt-get install -y ${packages.join(" ")}`,
    facts: { missing, packages },
    exitCode: ExitCode.environment,
  });

export const fragmentMissing = (path: string): HvError =>
  new HvError({
    code: "guest-input-missing",
    message: `expected the guest's recipe file ${path}, found none`,
    hint: "The boards folder belongs to the installation; install Komainu again or give its path.",
    facts: { path },
    exitCode: ExitCode.environment,
  });

export const configFileMissing = (path: string): HvError =>
  new HvError({
    code: "config-file-missing",
    message: `expected a kernel configuration fragment at ${path}, found none`,
    hint: "Give a file of lines such as CONFIG_HZ_250=y or # CONFIG_IPV6 is not set.",
    facts: { path },
  });

export interface BuildFailure {
  step: string;
  reason: string;
  logPath: string;
  tail: readonly string[];
}

export const guestBuildFailed = ({ step, reason, logPath, tail }: BuildFailure): HvError =>
  new HvError({
    code: "guest-build-failed",
    message: `the step "${step}" failed: ${reason}\n${tail.map((line) => `  | ${line}`).join("\n")}`,
    hint: `The whole log is ${logPath}. What is done is kept: the same command goes on from here.`,
    facts: { step, reason, logPath, tail },
    exitCode: ExitCode.environment,
  });

export const guestBuildInterrupted = (step: string): HvError =>
  new HvError({
    code: "guest-build-interrupted",
    message: `the guest build was interrupted in the step "${step}"`,
    hint: "What is done is kept: the same command goes on from here.",
    facts: { step },
    exitCode: ExitCode.interrupted,
  });

export const guestBuildBusy = (lockPath: string, pid: number): HvError =>
  new HvError({
    code: "guest-build-busy",
    message: `expected to be the only build of this guest, found process ${pid} at it`,
    hint: `Wait for it to end. If it is not a build, remove ${lockPath}.`,
    facts: { lockPath, pid },
    exitCode: ExitCode.environment,
  });

/** For who has no Debian at hand: what a guest consists of can be given file by file. */
const OWN_FILES =
  "Or get the kernel, a device tree and an initrd elsewhere and give them: --kernel FILE --dtb FILE --initrd FILE.";

export const fetchUnavailable = (missing: readonly string[]): HvError =>
  new HvError({
    code: "guest-fetch-unavailable",
    message: `expected the tools of a Debian system to fetch the guest, not found: ${missing.join(", ")}`,
    hint: `On Debian and its relatives: sudo apt-get install -y apt dpkg. ${OWN_FILES}`,
    facts: { missing },
    exitCode: ExitCode.environment,
  });

export const packageUnavailable = (name: string, reason: string): HvError =>
  new HvError({
    code: "guest-package-unavailable",
    message: `expected to get the Debian package ${name}, found: ${reason}`,
    hint: `The system's package sources must offer Debian's armel packages; check the network and /etc/apt. ${OWN_FILES}`,
    facts: { name, reason },
    exitCode: ExitCode.environment,
  });

export const packageContentUnknown = (packageName: string, expected: string): HvError =>
  new HvError({
    code: "guest-package-unknown",
    message: `package ${packageName}: expected ${expected}, found none`,
    hint: `Another release of it may be laid out in a way this version does not know. ${OWN_FILES}`,
    facts: { packageName, expected },
    exitCode: ExitCode.environment,
  });

export const rootfsUnknown = (board: string, name: string, known: readonly string[]): HvError =>
  new HvError({
    code: "rootfs-unknown",
    message: `expected a root file system of ${board} (${known.join(", ") || "it has none"}), found "${name}"`,
    hint: "A file of your own is given with --disk FILE.",
    facts: { board, name, known },
  });

export const rootfsKernelUnknown = (board: string): HvError =>
  new HvError({
    code: "rootfs-kernel-unknown",
    message: `expected a guest of ${board} whose kernel is a package, found one that was built`,
    hint: `Fetch it with: komainu guest fetch ${board} --refresh`,
    facts: { board },
    exitCode: ExitCode.environment,
  });

export const moduleInvalid = (name: string, expected: string, found: string): HvError =>
  new HvError({
    code: "guest-module-invalid",
    message: `kernel module ${name}: expected ${expected}, found ${found}`,
    hint: "The package or the disk may be damaged: fetch it again with --refresh.",
    facts: { name, expected, found },
    exitCode: ExitCode.environment,
  });

export const diskTooSmall = (folder: string, neededBytes: number, freeBytes: number): HvError =>
  new HvError({
    code: "guest-disk-full",
    message: `expected ${Math.ceil(neededBytes / 1e6)} MB free in ${folder}, found ${Math.floor(freeBytes / 1e6)} MB`,
    hint: "Free some space, or set XDG_CACHE_HOME to a folder on a larger disk.",
    facts: { folder, neededBytes, freeBytes },
    exitCode: ExitCode.environment,
  });
