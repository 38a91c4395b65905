/**
 * Begins what the machine of a command line will need before the program is loaded: its memory, and the templates of its board's
 * processor (src/arm/jit), optimised. V8 does the latter in another thread, for 100 ms, and the guest's first instruction is 100 ms
 * away.
 *
 * Templates run once, as their file says, in a memory of their own. A machine's module of the same bytes has the optimised code.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { makeEarly, RAM_OFFSET } from "../memory/index.ts";
import { DEFAULT_BOARD } from "./default-board.ts";

/** The commands that run a machine. */
const MACHINE_COMMANDS: ReadonlySet<string> = new Set(["run", "exec"]);
const LENGTH_BYTES = 4;

interface FirstRun {
  readonly pages: number;
  readonly words: readonly (readonly [number, number])[];
  readonly fill: { readonly from: number; readonly step: number; readonly count: number; readonly value: number };
  readonly record: number;
}

/** Where the program and what it keeps are. */
export interface StartFolders {
  readonly program: string;
  readonly checkpoints: string;
}

interface StartProfile {
  readonly name: string;
  readonly text: string;
}

/** Options of `exec` that change nothing about where the guest begins. */
const HARMLESS_OPTIONS: ReadonlySet<string> = new Set(["--json", "--stats", "--no-symbols", "-v", "--verbose"]);

/** The line goes on from the prompt where that is kept, and its console commands only look at the guest, which executes nothing. */
function onlyLooks([command, ...args]: readonly string[]): boolean {
  const words = args.filter((arg) => !HARMLESS_OPTIONS.has(arg));
  const consoleCommands = words.filter((word) => word.includes(" "));
  return (
    command === "exec" &&
    !words.some((word) => word.startsWith("-")) &&
    consoleCommands.length > 0 &&
    consoleCommands.every((line) => line.startsWith("ids "))
  );
}

function hasCheckpoint(folder: string, board: string): boolean {
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith(`${board}-`));
}

/** The profile of the board that a command line names; `undefined` when it runs none. */
export function profileOf(args: readonly string[], { program }: StartFolders): StartProfile | undefined {
  if (!MACHINE_COMMANDS.has(args[0])) return undefined;
  const boards = join(program, "..", "boards");
  const paths = [...args.slice(1), DEFAULT_BOARD].flatMap((arg) => [join(boards, `${arg}.json`), arg]);
  const path = paths.find((file) => file.endsWith(".json") && existsSync(file));
  return path === undefined ? undefined : { name: basename(path, ".json"), text: readFileSync(path, "utf8") };
}

/** Host RAM of the board in bytes; a profile may say it in other ways, and has it made later then. */
export function ramSizeOf({ text }: StartProfile): number | undefined {
  const megabytes = /"ramSize": *"(\d+)M"/.exec(text)?.[1];
  return megabytes === undefined ? undefined : Number(megabytes) * 2 ** 20;
}

/**
 * The file with the templates of the board's processor; `undefined` when there is none, or when a prompt that was kept is only
 * looked at.
 */
export function templateFileOf(
  args: readonly string[],
  { name, text }: StartProfile,
  { program, checkpoints }: StartFolders,
): string | undefined {
  if (onlyLooks(args) && hasCheckpoint(checkpoints, name)) return undefined;
  const model = /"model": *"([\w-]+)"/.exec(text)?.[1];
  const file = join(program, `templates-${model}.bin`);
  return existsSync(file) ? file : undefined;
}

/** The module: V8 keeps its code while somebody has it. */
export function beginTemplates(path: string): WebAssembly.Module {
  const file = readFileSync(path);
  const end = LENGTH_BYTES + file.readUInt32LE(0);
  const { firstRun } = JSON.parse(file.toString("utf8", LENGTH_BYTES, end)) as { firstRun: FirstRun };
  const { pages, words, fill, record } = firstRun;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const view = new Int32Array(memory.buffer);
  for (const [at, value] of words) view[at] = value;
  for (let i = 0; i < fill.count; i++) view[fill.from + i * fill.step] = fill.value;
  const module = new WebAssembly.Module(file.subarray(end));
  const { exports } = new WebAssembly.Instance(module, { e: { m: memory, lookUp: () => -1 } });
  for (const run of Object.values(exports)) (run as (record: number) => number)(record);
  return module;
}

/** Begins what the command line's machine will need, to be kept until the end. What is wrong with a file, the program says. */
export function beginMachine(args: readonly string[], folders: StartFolders): WebAssembly.Module | undefined {
  try {
    const profile = profileOf(args, folders);
    if (profile === undefined) return undefined;
    const templates = templateFileOf(args, profile, folders);
    const begun = templates === undefined ? undefined : beginTemplates(templates);
    const ramBytes = ramSizeOf(profile);
    if (ramBytes !== undefined) makeEarly(RAM_OFFSET + ramBytes);
    return begun;
  } catch {
    return undefined;
  }
}
