/**
 * Begins to optimise the templates of the board's processor (src/arm/jit) before the program is loaded: V8 does that in another
 * thread, for 100 ms, and the guest's first instruction is 100 ms away.
 *
 * It runs them once, as their file says, in a memory of its own. A machine's module of the same bytes has the optimised code.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
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

/** The file with the templates of the board that a command line names; `undefined` when it runs none. */
export function templateFileOf(args: readonly string[], programFolder: string): string | undefined {
  if (!MACHINE_COMMANDS.has(args[0])) return undefined;
  const boards = join(programFolder, "..", "boards");
  const paths = [...args.slice(1), DEFAULT_BOARD].flatMap((arg) => [join(boards, `${arg}.json`), arg]);
  const profile = paths.find((path) => path.endsWith(".json") && existsSync(path));
  const model = profile === undefined ? undefined : /"model": *"([\w-]+)"/.exec(readFileSync(profile, "utf8"))?.[1];
  const file = join(programFolder, `templates-${model}.bin`);
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
