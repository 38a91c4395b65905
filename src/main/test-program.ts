/** The command line of `test` and `replay`. */
import { type Command, Option } from "commander";
import { examples, type Finish } from "./declaration.ts";
import {
  type BootCacheOption,
  DEFAULT_ENGINE,
  parseBootCache,
  parseCount,
  parseEngine,
  parseSeconds,
} from "./options.ts";
import type { ProgramIo } from "./program-io.ts";
import type { ReplayCommandOptions } from "./replay-command.ts";
import type { TestOptions } from "./test-command.ts";

const MAX_JOBS = 256;
const MAX_RETRIES = 10;
/** A boot takes more of the guest's time than any step. */
const BOOT_SECONDS = 120;

function addMachineOptions(command: Command): Command {
  return command
    .option("--engine <name>", "jit or interp; the guest cannot tell", parseEngine, DEFAULT_ENGINE)
    .option("--timeout <seconds>", "limit for a boot, in the guest's time", parseSeconds("--timeout"), BOOT_SECONDS)
    .option(
      "--boot-cache <where>",
      "on, off or a folder: where machines at their shell's prompt are kept",
      parseBootCache,
      "on" satisfies BootCacheOption,
    );
}

export function addTest(program: Command, io: ProgramIo, finish: Finish): void {
  const command = program
    .command("test")
    .description("run board scenarios; exit code 1 when one failed")
    .argument("[files...]", "scenario files, such as boards/versatilepb.test.yaml")
    .option("--jobs <count>", "so many at once; as many as there are cores without it", parseCount("--jobs", MAX_JOBS))
    .option("--grep <text>", "only scenarios whose names have this text")
    .option("--list", "show the scenarios, run none")
    .option("--retries <count>", "try a failed scenario again so often", parseCount("--retries", MAX_RETRIES))
    .option("--json", "a line of JSON for each scenario, and one for the whole")
    .option("--quiet", "show only what failed, and the summary")
    .option("--junit <file>", "write the results as JUnit XML")
    .option("--github", "annotations and a step summary for GitHub Actions; as it is there without this option")
    .option("--journals <folder>", "where a failing scenario leaves what replays it", "komainu-journals")
    .addOption(new Option("--worker").hideHelp());
  addMachineOptions(command)
    .addHelpText(
      "after",
      `${examples(
        "test boards/versatilepb.test.yaml",
        "test boards/*.test.yaml --junit report.xml",
        'test my.test.yaml --grep "power cut" --jobs 1',
        "replay komainu-journals/versatilepb-noise.journal",
      )}
docs/ci.md describes the files, and how GitHub, GitLab and a plain shell run them.
Exit codes: 0 all passed, 1 a scenario failed, 2 a file is wrong, 3 something could not be run, 42 host time-out, 130 interrupted.`,
    )
    .action(async (files: string[], flags: TestOptions & { worker?: boolean }) => {
      if (flags.worker === true) {
        const { serveJobs } = await import("./scenario-worker.ts");
        serveJobs(io.env);
        // Until the parent hangs up.
        await new Promise(() => {});
      }
      const { test } = await import("./test-command.ts");
      finish(await test(io, files, flags));
    });
}

export function addReplay(program: Command, io: ProgramIo, finish: Finish): void {
  const command = program
    .command("replay")
    .description("run a journal again: the same inputs at the same instructions, to the same end")
    .argument("<file>", "the journal that a failing scenario or `run --journal` left")
    .option("--until <pattern>", "stop when the console has printed this text or /regular expression/")
    .option("--images <folder>", "where to look for the kernel and the other images that the journal names by digest")
    .option("--quiet", "do not show what the guest's console prints")
    .option("--json", "where the machine is at the end, as a line of JSON, instead of the console");
  addMachineOptions(command)
    .addHelpText(
      "after",
      `${examples("replay komainu-journals/versatilepb-noise.journal", "replay failed.journal --until 'Kernel panic'")}
Exit codes: 0 the same run, 1 it went another way, 2 the file is no journal, 3 an image is missing.`,
    )
    .action(async (file: string, flags: ReplayCommandOptions) => {
      const { replay } = await import("./replay-command.ts");
      finish(await replay(io, file, flags));
    });
}
