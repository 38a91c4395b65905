/** The options of `npm run bench`. */
import { Command, Option } from "commander";
import { optionInvalid } from "./errors.ts";
import { workloads } from "./workload.table.ts";

export interface BenchOptions {
  /** The workloads to run; none for `--only boot`. */
  names: readonly string[];
  isQuick: boolean;
  repeatCount: number;
  engine?: string;
  nodePath: string;
  qemu: string;
  jsonFile?: string;
  note: string;
  isMarkdown: boolean;
  isRecorded: boolean;
}

const MAX_REPEATS = 100;
const allNames = workloads.map(({ name }) => name);

/** `boot`, `workloads`, or names of workloads with commas between them. */
export function parseOnly(text: string): string[] {
  if (text === "boot") return [];
  if (text === "workloads") return allNames;
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !allNames.includes(name));
  if (unknown !== undefined) throw optionInvalid("--only", `boot, workloads, or of ${allNames.join(" ")}`, unknown);
  return names;
}

function parseRepeat(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > MAX_REPEATS) throw optionInvalid("--repeat", `a whole number of 1 to ${MAX_REPEATS}`, text);
  return count;
}

function parseEngine(text: string): string {
  if (text !== "interp" && text !== "jit") throw optionInvalid("--engine", "interp or jit", text);
  return text;
}

interface Flags {
  only: string[];
  quick?: boolean;
  repeat: number;
  engine?: string;
  node: string;
  qemu: string;
  json?: string;
  note: string;
  markdown?: boolean;
  record?: boolean;
}

/** Reads arguments (without node and script); ends the process for `--help` and for an unknown option. */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const command = new Command("npm run bench --")
    .description("Measures Komainu against QEMU in one run on one machine, with the same guest.")
    .addOption(
      new Option("--only <what>", "boot, workloads, or names with commas between")
        .argParser(parseOnly)
        .default(allNames, "workloads, and the boot as always"),
    )
    .option("--quick", "smaller workloads")
    .option("--repeat <count>", "lives of each machine, turn by turn", parseRepeat, 3)
    .option("--engine <name>", "passed on to komainu: interp or jit", parseEngine)
    .option("--node <path>", "the Node that runs komainu", process.execPath)
    .option("--qemu <path>", "the QEMU to compare with", "qemu-system-arm")
    .option("--json <file>", "write every sample and figure to a file")
    .option("--note <text>", "kept with the figures", "")
    .option("--markdown", "print the tables for docs/spec.md")
    .option("--record", "add a line to bench/history.csv")
    .allowExcessArguments(false)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  const flags = command.parse([...args], { from: "user" }).opts<Flags>();
  return {
    names: flags.only,
    isQuick: flags.quick === true,
    repeatCount: flags.repeat,
    engine: flags.engine,
    nodePath: flags.node,
    qemu: flags.qemu,
    jsonFile: flags.json,
    note: flags.note,
    isMarkdown: flags.markdown === true,
    isRecorded: flags.record === true,
  };
}
