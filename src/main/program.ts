/**
 * The command line: what there is, its options and help; each action answers with an exit code.
 *
 * An action imports what it runs when it runs: help and version need neither the machine nor the board schema.
 */
import { Command, CommanderError } from "commander";
import { ExitCode } from "../base/index.ts";
import type { Engine } from "../vm/index.ts";
import { addCheck } from "./check-declaration.ts";
import { addConsole } from "./console-declaration.ts";
import { examples, type Finish } from "./declaration.ts";
import { DEFAULT_BOARD } from "./default-board.ts";
import { reportFailure } from "./failure.ts";
import type { GuestBuildOptions, GuestFetchOptions } from "./guest-command.ts";
import {
  type BootCacheOption,
  DEFAULT_ENGINE,
  parseBootCache,
  parseClock,
  parseCount,
  parseEngine,
  parsePort,
  parseSeconds,
  parseTranslationCache,
  type TranslationCacheOption,
} from "./options.ts";
import type { ProgramIo } from "./program-io.ts";
import { addSymbolOptions, NO_FILES, type SymbolsOption } from "./symbols-flag.ts";
import { addReplay, addTest } from "./test-program.ts";
import { versionInfo } from "./version.ts";

/** The board whose guest is built when none is named. */
const BUILT_BOARD = "versatilepb";
const DEFAULT_TIMEOUT_SECONDS = 120;

interface PowerFlags {
  clock: "virtual" | "real";
  engine: Engine;
  kernel?: string;
  initrd?: string;
  dtb?: string;
  append?: string;
  disk?: string;
  rootfs?: string;
  faithfulBoot?: boolean;
  translationCache: TranslationCacheOption;
  save?: string;
  saveAt?: number;
  restore?: string;
  fromSnapshot?: string;
  profile?: boolean;
  gdb?: number;
  gdbWait?: boolean;
  json?: boolean;
  checks?: string;
  symbols?: SymbolsOption;
  state?: string;
  findings?: string;
  verbose?: boolean;
}

interface RunFlags {
  serial: string;
  guestSerial?: string[];
  baudPacing?: boolean;
  tokenFile?: string;
  journal?: string;
}

interface ExecFlags extends PowerFlags {
  stats?: boolean;
  timeout: number;
  runTo?: number;
  bootCache: BootCacheOption;
}

function addPowerOptions(command: Command, clock: "virtual" | "real"): Command {
  command
    .option("--clock <kind>", "virtual (repeatable, as fast as it goes) or real (wall clock)", parseClock, clock)
    .option("--engine <name>", "jit (compiles hot code) or interp; the guest cannot tell", parseEngine, DEFAULT_ENGINE)
    .option("--kernel <file>", "zImage or Image in place of the board's")
    .option("--initrd <file>", "initramfs in place of the board's")
    .option("--dtb <file>", "device tree in place of the board's")
    .option("--append <text>", "more words for the kernel command line")
    .option("--disk <file>", "file as the guest's disk; FILE,ro is never written")
    .option("--rootfs <name>", "boot to this root file system, such as debian; writes are not kept without --disk")
    .option("--faithful-boot", "start the zImage itself, nothing is unpacked or calibrated outside")
    .option(
      "--translation-cache <where>",
      "keep compiled code for the next run: on, off, or a folder",
      parseTranslationCache,
      "on",
    )
    .option("--save <file>", "save the machine when it ends, or at the instruction of --save-at")
    .option(
      "--save-at <count>",
      "instructions since power-on; the machine goes on afterwards",
      parseInstructions("--save-at"),
    )
    .option("--restore <file>", "begin with a saved machine instead of power-on")
    .option("--from-snapshot <name>", "begin with a machine that `snapshot save` kept, by its name or id")
    .option("--profile", "at the end, on standard error: time by tier, exits of compiled code, hot regions by symbol")
    .option(
      "--gdb <port>",
      "let gdb-multiarch attach on this port of localhost; 0 takes a free one",
      parsePort("--gdb"),
    )
    .option("--gdb-wait", "with --gdb: hold the guest before its first instruction until the debugger lets it go on")
    .option("--checks <folder>", "checks of your own for ids, see docs/writing-checks.md")
    .option("--state <folder>", "where `ids baseline` keeps what it saves, in place of the user's data folder")
    .option("--findings <file>", "append what `ids report` and `ids schedule` find, a line of JSON each (OCSF)");
  return addSymbolOptions(command, NO_FILES).option(
    "-v, --verbose",
    "also show messages of level debug, info and note",
  );
}

const parseInstructions = (option: string) => parseCount(option, Number.MAX_SAFE_INTEGER);

function addRun(program: Command, io: ProgramIo, finish: Finish): void {
  const command = program
    .command("run")
    .description("power a board on and give its console")
    .argument("[board]", "a board's name or a profile file", DEFAULT_BOARD)
    .option(
      "--serial <port>",
      "console on stdio, /dev/ttyX[,baud], pty[:LINK], tcp:, telnet:, rfc2217: or ws:[HOST:]PORT, unix:PATH; tcp-connect: and unix-connect: go to a port of another program",
      "stdio",
    )
    .option(
      "--guest-serial <n=port>",
      "the guest's UART number n on a port of its own, of the same kinds; may be given several times",
      (text: string, before: string[] = []) => [...before, text],
    )
    .option("--baud-pacing", "the guest's lines are as slow as their rates say, and a wrong rate garbles")
    .option("--token-file <file>", "the word that clients from other machines must say; else one is made and shown")
    .option("--journal <file>", "write down all that comes from outside: komainu replay FILE gives the same run again")
    .option("--json", "what --profile says as a line of JSON");
  addPowerOptions(command, "real")
    .addHelpText(
      "after",
      `${examples(
        "run",
        "run --serial /dev/ttyUSB0,115200",
        "run versatilepb",
        "run --serial pty:/tmp/board",
        "run --guest-serial 0=telnet:4000 --guest-serial 1=pty",
        "run --serial ws:0.0.0.0:8080 --token-file token",
        "run boards/mine.json --append quiet",
        "run --profile",
      )}
At the console: "guest kick guest0", then "vserial bind guest0/uart0"; ESC x q comes back to the prompt.
On a terminal Ctrl-T q quits from anywhere, Ctrl-T ? shows the other keys.`,
    )
    .action(async (board: string, flags: PowerFlags & RunFlags) => {
      const { run } = await import("./run-command.ts");
      finish(await run(io, { ...flags, board, env: io.env, verbose: flags.verbose === true }));
    });
}

function addExec(program: Command, io: ProgramIo, finish: Finish): void {
  const command = program
    .command("exec")
    .description("boot, run console commands, power off; exit code 1 when one failed")
    .usage("[options] [board] <command...>")
    .argument("[args...]", "a board's name or profile file, then console commands, each quoted as one word")
    .option("--json", "one line of JSON for each console command, and for --profile")
    .option("--stats", "a line of JSON on standard error: instructions, virtual and wall seconds, MIPS, by phase")
    .option(
      "--timeout <seconds>",
      "limit for the boot and for each command, in the guest's time",
      parseSeconds("--timeout"),
      DEFAULT_TIMEOUT_SECONDS,
    )
    .option(
      "--run-to <count>",
      "run to this instruction and print a hash of the machine's state, instead of commands",
      parseInstructions("--run-to"),
    );
  addPowerOptions(command, "virtual")
    .option(
      "--boot-cache <where>",
      "on, off or a folder: keep the machine at its shell's prompt, go on from there next time; only with virtual time, without --disk, --faithful-boot, --restore, --save-at, --run-to or --profile",
      parseBootCache,
      "on",
    )
    .addHelpText(
      "after",
      examples(
        'exec "ids banner" "vserial exec guest0/uart0 cat /proc/version"',
        'exec versatilepb "ids syscall"',
        'exec --json "ids plist"',
        'exec --stats --timeout 30 "ids syscall"',
        'exec --profile "vserial exec guest0/uart0 find /sys | wc -l"',
      ),
    )
    .action(async (words: string[], flags: ExecFlags) => {
      const { execWords } = await import("./exec-words.ts");
      finish(await execWords(io, words, { ...flags, defaultBoard: DEFAULT_BOARD }));
    });
}

function addGuest(program: Command, io: ProgramIo, finish: Finish): void {
  const guest = program
    .command("guest")
    .description("the guests' kernels and root file systems in the cache")
    .addHelpText("after", examples("guest list", "guest fetch raspberrypi", "guest build versatilepb"));
  guest
    .command("list")
    .description("what is in the cache, and what can be had")
    .option("--json", "one line of JSON a guest")
    .addHelpText("after", examples("guest list", "guest list --json"))
    .action(async (flags: { json?: boolean }) => {
      const { guestList } = await import("./guest-command.ts");
      finish(guestList(io, flags));
    });
  guest
    .command("build")
    .description("build a board's guest from Debian's kernel source and busybox")
    .argument("[board]", "a board's name", BUILT_BOARD)
    .option("--refresh", "look for newer packages than the cached ones")
    .option("--jobs <count>", "compile so many files at once", parseCount("--jobs", 1024))
    .option("--config <file>", "more lines of kernel configuration; the guest is kept beside the board's own")
    .option("--json", "the result as a line of JSON")
    .option("-v, --verbose", "show what the tools print")
    .addHelpText(
      "after",
      examples("guest build", "guest build versatilepb --verbose", "guest build --config debug.config"),
    )
    .action(async (board: string, flags: GuestBuildOptions) => {
      const { guestBuild } = await import("./guest-command.ts");
      finish(await guestBuild(io, board, flags));
    });
  guest
    .command("fetch")
    .description("fetch a board's guest where Debian ships it ready made")
    .argument("[board]", "a board's name", DEFAULT_BOARD)
    .option("--rootfs <name>", "also make this root file system, such as debian; takes minutes, once")
    .option("--suite <name>", "the kernel of this suite of Debian's; the guest is kept beside the board's own")
    .option("--refresh", "look for newer packages than the cached ones")
    .option("--json", "the result as a line of JSON")
    .option("-v, --verbose", "show what the tools print")
    .addHelpText(
      "after",
      `${examples("guest fetch raspberrypi", "guest fetch raspberrypi --rootfs debian", "guest fetch --suite bookworm-backports")}
Boards whose guest no distribution ships are built instead: "komainu guest list" shows all, "komainu guest build" builds.`,
    )
    .action(async (board: string, flags: GuestFetchOptions) => {
      const { guestFetch } = await import("./guest-command.ts");
      finish(await guestFetch(io, board, flags));
    });
}

function addBoard(program: Command, io: ProgramIo, finish: Finish): void {
  const board = program
    .command("board")
    .description("board profiles")
    .addHelpText("after", examples("board show", "board lint boards/mine.json", "board export --qemu versatilepb"));
  board
    .command("list")
    .description("the boards that come with Komainu")
    .addHelpText("after", examples("board list"))
    .action(async () => {
      const { boardList } = await import("./board-command.ts");
      finish(boardList(io));
    });
  board
    .command("lint")
    .description("check a profile; findings as FILE:LINE:COLUMN, exit code 2 when one is an error")
    .argument("<file>", "a profile file or a board's name")
    .option("--json", "one line of JSON a finding")
    .option("--sarif <file>", "also write the findings as SARIF 2.1.0")
    .addHelpText("after", examples("board lint boards/mine.json", "board lint boards/mine.json --sarif lint.sarif"))
    .action(async (file: string, flags: { json?: boolean; sarif?: string }) => {
      const { boardLint } = await import("./board-command.ts");
      finish(boardLint(io, file, flags));
    });
  board
    .command("show")
    .description("show a board and its address map")
    .argument("[file]", "a profile file or a board's name", DEFAULT_BOARD)
    .option("--json", "the whole profile as a line of JSON")
    .option("--svg <file>", "draw the address map into a file instead")
    .addHelpText("after", examples("board show", "board show boards/mine.json --svg mine.svg"))
    .action(async (file: string, flags: { json?: boolean; svg?: string }) => {
      const { boardShow } = await import("./board-command.ts");
      finish(boardShow(io, file, flags));
    });
  addBoardOutput(board, io, finish);
}

/** What a profile gives to other programs. */
function addBoardOutput(board: Command, io: ProgramIo, finish: Finish): void {
  board
    .command("schema")
    .description("print the JSON Schema of profiles, for editors")
    .addHelpText(
      "after",
      `${examples("board schema > profile.schema.json")}
A profile names it: "$schema": "./profile.schema.json". Editors then complete its members and mark what is wrong.`,
    )
    .action(async () => {
      const { boardSchema } = await import("./board-command.ts");
      finish(boardSchema(io));
    });
  board
    .command("export")
    .description("print what runs a board's guest in another emulator")
    .argument("[file]", "a profile file or a board's name", DEFAULT_BOARD)
    .option("--qemu", "as a QEMU command line; what is different there goes to standard error")
    .option("--json", "as a line of JSON")
    .addHelpText("after", examples("board export --qemu versatilepb"))
    .action(async (file: string, flags: { qemu?: boolean; json?: boolean }) => {
      const { boardExport } = await import("./board-command.ts");
      finish(boardExport(io, file, flags));
    });
}

function buildProgram(io: ProgramIo, finish: Finish): Command {
  const program = new Command("komainu")
    .description("A small hypervisor model that runs one ARM Linux guest and watches it from outside.")
    .version(`komainu ${versionInfo.version}`)
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) })
    .exitOverride()
    .showHelpAfterError("(--help shows what is possible)")
    .addHelpText(
      "after",
      `${examples("run", 'exec "ids plist"', "guest fetch", "board show")}
Guest and console text goes to standard output, everything else to standard error.
Exit codes: 0 good, 1 a check or command failed, 2 usage or configuration, 3 environment, 42 time-out, 130 interrupted.`,
    );
  addRun(program, io, finish);
  addExec(program, io, finish);
  addGuest(program, io, finish);
  addBoard(program, io, finish);
  addCheck(program, io, finish);
  addConsole(program, io, finish);
  addTest(program, io, finish);
  addReplay(program, io, finish);
  return program;
}

/** Runs the program on `args` (without node and script); never throws. */
export async function main(args: readonly string[], io: ProgramIo): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.ok;
  const program = buildProgram(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    // Help and version come here too, with exit code 0; its other complaints are about usage and already printed.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    return reportFailure(error, io);
  }
}
