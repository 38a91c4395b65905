/** The options of `npm run bench`. */
import { Command, Option } from "commander";
import { type BenchBoard, benchBoards } from "./board.table.ts";
import { optionInvalid } from "./errors.ts";
import { workloads } from "./workload.table.ts";

export interface BenchOptions {
  board: BenchBoard;
  /** The workloads to run; none for `--only boot`. */
  names: readonly string[];
  isQuick: boolean;
  repeatCount: number;
  roundCount: number;
  engine?: string;
  nodePath: string;
  qemu: string;
  jsonFile?: string;
  note: string;
  isMarkdown: boolean;
  isRecorded: boolean;
}

const MAX_COUNT = 100;
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

const parseCount =
  (option: string) =>
  (text: string): number => {
    const count = /^\d+$/.test(text) ? Number(text) : 0;
    if (count < 1 || count > MAX_COUNT) throw optionInvalid(option, `a whole number of 1 to ${MAX_COUNT}`, text);
    return count;
  };

function parseBoard(text: string): BenchBoard {
  const board = benchBoards.find(({ name }) => name === text);
  const names = benchBoards.map(({ name }) => name).join(" or ");
  if (board === undefined) throw optionInvalid("--board", names, text);
  return board;
}

function parseEngine(text: string): string {
  if (text !== "interp" && text !== "jit") throw optionInvalid("--engine", "interp or jit", text);
  return text;
}

interface Flags {
  board: BenchBoard;
  rounds: number;
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
      new Option("--board <name>", benchBoards.map(({ name }) => name).join(" or "))
        .argParser(parseBoard)
        .default(benchBoards[0], benchBoards[0].name),
    )
    .addOption(
      new Option("--only <what>", "boot, workloads, or names with commas between")
        .argParser(parseOnly)
        .default(allNames, "workloads, and the boot as always"),
    )
    .option("--quick", "smaller workloads")
    .option("--repeat <count>", "lives of each machine, turn by turn", parseCount("--repeat"), 3)
    .option("--rounds <count>", "times that each workload is run in a life", parseCount("--rounds"), 3)
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
    board: flags.board,
    names: flags.only,
    isQuick: flags.quick === true,
    repeatCount: flags.repeat,
    roundCount: flags.rounds,
    engine: flags.engine,
    nodePath: flags.node,
    qemu: flags.qemu,
    jsonFile: flags.json,
    note: flags.note,
    isMarkdown: flags.markdown === true,
    isRecorded: flags.record === true,
  };
}
