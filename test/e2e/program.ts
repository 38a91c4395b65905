/** The built program as a child process, and the guest it boots. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fetchedBoard, findGuest } from "../../src/guest/index.ts";

export const PROGRAM = resolve("dist/komainu.js");
export const BOARD = "versatilepb";
/** The board whose kernel is fetched, not built. */
export const PI_BOARD = "raspberrypi";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The tests' environment, without what would colour or redirect the output. */
export const cleanEnv = (): NodeJS.ProcessEnv => {
  const { FORCE_COLOR: _color, NO_COLOR: _noColor, VITEST: _vitest, ...env } = process.env;
  return { ...env, NO_COLOR: "1" };
};

/** Runs `komainu` with `args` to its end; `input` is its standard input. */
export function komainu(args: readonly string[], { input = "" } = {}): Promise<Ended> {
  return new Promise((resolveEnded, reject) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { env: cleanEnv(), stdio: "pipe" });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.once("error", reject);
    child.once("close", (code) => resolveEnded({ code, stdout, stderr }));
    child.stdin.end(input);
  });
}

/** `komainu exec` on the board of the tests; every boot is executed, unless `args` say otherwise. */
export const exec = (...args: readonly string[]): Promise<Ended> =>
  komainu(["exec", BOARD, "--boot-cache", "off", ...args]);

/** One console command's line of `exec --json`. */
export interface Outcome<D> {
  readonly command: string;
  readonly code: number;
  readonly text: string;
  readonly data: D;
}

/** The outcomes of `exec --json`, in the order of the commands. */
export const outcomesOf = (stdout: string): Outcome<unknown>[] =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Outcome<unknown>);

export interface Stats {
  readonly instructions: number;
  readonly virtualSeconds: number;
  readonly phases: readonly { readonly name: string; readonly instructions: number; readonly virtualSeconds: number }[];
}

/** The line of JSON with this schema on standard error. */
export function reportOf<T>(stderr: string, schema: string): T {
  const line = stderr.split("\n").find((text) => text.startsWith(`{"schema":"${schema}"`));
  if (line === undefined) throw new Error(`expected a line of ${schema} on standard error, found:\n${stderr}`);
  return JSON.parse(line) as T;
}

/** The guest that the program boots. The tests are about this guest: without it they fail, never skip. */
export function guestFolder(board = BOARD): string {
  const guest = findGuest(board);
  const verb = fetchedBoard(board) === undefined ? "build" : "fetch";
  if (guest === undefined) throw new Error(`the guest is missing; get it with: npx komainu guest ${verb} ${board}`);
  return guest.folder;
}

/** Names of the kernel's symbols by address, all aliases, from the build's own `System.map`. */
export function systemMap(): ReadonlyMap<number, ReadonlySet<string>> {
  const map = new Map<number, Set<string>>();
  for (const line of readFileSync(join(guestFolder(), "System.map"), "latin1").trimEnd().split("\n")) {
    const [address, , name] = line.split(" ");
    const key = Number.parseInt(address, 16);
    map.set(key, (map.get(key) ?? new Set()).add(name));
  }
  return map;
}

/** A folder that is gone when the tests of the file are over. */
export class Scratch {
  readonly folder = mkdtempSync(join(tmpdir(), "komainu-e2e-"));

  path(name: string): string {
    return join(this.folder, name);
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
