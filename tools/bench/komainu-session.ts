/** Measures one life of Komainu: `komainu exec --json --stats`, a lap for each line it prints. */
import { spawnSync } from "node:child_process";
import { answerMalformed, programMissing } from "./errors.ts";
import type { GuestFiles } from "./guest-files.ts";
import { parseOutcome, parsePhases, parseShellAnswer } from "./run-stats.ts";
import type { Job, SessionSample, Timing } from "./sample.ts";
import { Subject } from "./subject.ts";

export interface KomainuOptions {
  nodePath: string;
  /** `dist/komainu.js`. */
  program: string;
  engine?: string;
  files: GuestFiles;
  /** In place of the user's cache: what this machine has done before must not count. */
  cacheFolder: string;
  /** The value of `--translation-cache`: `off`, or a folder; left out for a version without that option. */
  translations?: string;
  /** The value of `--boot-cache`: `off`, or a folder; left out for a version without that option. */
  bootCache?: string;
  limitSeconds: number;
}

const CONSOLE_PORT = "guest0/uart0";
/** Needs no guest time, so its line comes when the guest's shell is ready. */
const READY_COMMAND = "echo ready";
/** Phases of `--stats` before the first command's: `load` and `boot`. */
const FIRST_COMMAND_PHASE = 2;

const shellCommand = (command: string): string => `vserial exec ${CONSOLE_PORT} ${command}`;

/** The longest that a command of the guest's shell may take, in the guest's time; none of the workloads needs a tenth. */
const TIMEOUT_SECONDS = 600;

export function komainuArgs(options: KomainuOptions, commands: readonly string[]): string[] {
  const { program, engine, files, translations, bootCache } = options;
  const images = ["--kernel", files.kernel, "--dtb", files.deviceTree, "--initrd", files.initrd];
  const choice = engine === undefined ? [] : ["--engine", engine];
  const cache = [
    ...(translations === undefined ? [] : ["--translation-cache", translations]),
    ...(bootCache === undefined ? [] : ["--boot-cache", bootCache]),
  ];
  const limit = ["--timeout", `${TIMEOUT_SECONDS}`];
  return [program, "exec", "--json", "--stats", ...choice, ...cache, ...limit, ...images, files.board, ...commands];
}

/** What this version of Komainu keeps for its next start: what it compiles, and the booted machine. */
export function keptCaches({ nodePath, program }: Pick<KomainuOptions, "nodePath" | "program">): {
  translations: boolean;
  boot: boolean;
} {
  const { status, stdout } = spawnSync(nodePath, [program, "exec", "--help"], { encoding: "utf8" });
  if (status !== 0) throw programMissing(`${nodePath} ${program}`, "Give a Node program with --node PATH.");
  return { translations: stdout.includes("--translation-cache"), boot: stdout.includes("--boot-cache") };
}

/** Whole lines out of pieces of text. */
class LineSplitter {
  private partial = "";

  take(text: string): string[] {
    const lines = (this.partial + text).split("\n");
    this.partial = lines.pop() ?? "";
    return lines;
  }
}

async function collectLaps(subject: Subject, count: number): Promise<{ line: string; timing: Timing }[]> {
  const laps: { line: string; timing: Timing }[] = [];
  const splitter = new LineSplitter();
  await subject.until((text) => {
    for (const line of splitter.take(text)) {
      laps.push({ line, timing: subject.lap() });
      const { code, command, text: answer } = parseOutcome(line);
      if (code < 0) throw answerMalformed(`"${command}" to run`, answer);
    }
    return laps.length >= count;
  });
  return laps;
}

/** Boots and runs the jobs; without jobs it is the boot alone. */
export async function measureKomainu(options: KomainuOptions, jobs: readonly Job[]): Promise<SessionSample> {
  const shellLines = jobs.length === 0 ? [] : [":", ...jobs.map(({ command }) => command)];
  const commands = [READY_COMMAND, ...shellLines.map(shellCommand)];
  const subject = new Subject({
    name: "Komainu",
    command: options.nodePath,
    args: komainuArgs(options, commands),
    env: { ...process.env, XDG_CACHE_HOME: options.cacheFolder },
    limitSeconds: options.limitSeconds,
  });
  try {
    const [boot, roundTrip, ...answers] = await collectLaps(subject, commands.length);
    await subject.untilEnd();
    const phases = parsePhases(subject.errorText);
    const instructionsOf = (command: number): number => phases[FIRST_COMMAND_PHASE + command].instructions;
    return {
      boot: { ...boot.timing, instructions: phases[FIRST_COMMAND_PHASE - 1].instructions },
      roundTrip: roundTrip?.timing,
      workloads: answers.map(({ line, timing }, i) => ({
        name: jobs[i].name,
        round: jobs[i].round,
        ...timing,
        ...parseShellAnswer(line),
        instructions: instructionsOf(i + 2),
      })),
    };
  } finally {
    await subject.close();
  }
}
