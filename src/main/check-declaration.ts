/** The command line of `check`. */
import type { Command } from "commander";
import type { CheckOptions } from "./check-command.ts";
import { examples, type Finish } from "./declaration.ts";
import { optionInvalid } from "./errors.ts";
import { parseCount } from "./options.ts";
import type { ProgramIo } from "./program-io.ts";
import { addSymbolOptions } from "./symbols-flag.ts";

/** What the options give; image and names are arguments. */
type CheckFlags = Omit<CheckOptions, "image" | "names">;

const parseAddress = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 0xffffffff) return value;
  throw optionInvalid("--base", "an address such as 0x80000000", text);
};

export function addCheck(program: Command, io: ProgramIo, finish: Finish): void {
  const command = program
    .command("check")
    .description(
      "look into a guest's kernel in a memory image or a saved machine; exit code 1 when a check has a finding",
    )
    .argument("<image>", "raw memory, LiME, an ELF core, or what --save wrote")
    .argument("[check...]", "names of checks; without one, all that need no process", [])
    .option("--cpu <name>", "CPU of a memory image, such as arm926, arm1176, cortex-a7; found out without it")
    .option("--base <address>", "physical address at which raw memory begins", parseAddress)
    .option("--pid <number>", "look at this process", parseCount("--pid", 4 << 20))
    .option("-l, --long", "more columns, where a check has them")
    .option("--checks <folder>", "checks of your own, see docs/writing-checks.md");
  addSymbolOptions(command, "use the image alone, which is so without --symbols too")
    .option("--stats", "a line of JSON on standard error: what finding the kernel took")
    .option("--json", "one line of JSON")
    .addHelpText(
      "after",
      examples(
        "check memory.raw --cpu arm926",
        "check memory.lime plist --long",
        "check saved.snap maps --pid 1",
        "check core.elf --json",
      ),
    )
    .action(async (image: string, names: string[], flags: CheckFlags) => {
      const { checkImage } = await import("./check-command.ts");
      finish(await checkImage(io, { ...flags, image, names }));
    });
}
