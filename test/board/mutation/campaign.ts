/** Gives damaged profiles to the program, and judges what it says of them and does with them. */
import { readFileSync, writeFileSync } from "node:fs";
import { main } from "../../../src/main/program.ts";
import { makeRandom } from "../../../tools/power-cut/random.ts";
import { recordedIo } from "../../main/recorded-io.ts";
import { TinyBoard } from "../../main/tiny-board.ts";
import { mutate } from "./mutate.ts";

export interface CampaignOptions {
  readonly seed: number;
  readonly count: number;
  /** Begin with this one, to run one again. */
  readonly first?: number;
}

export interface CampaignResult {
  /** What is wrong with the program, with the number of the mutation. */
  readonly reports: readonly string[];
  /** How often each code was the answer. */
  readonly codes: ReadonlyMap<string, number>;
  readonly exits: ReadonlyMap<number, number>;
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const RUN_TO = "2000";
const STACK_TRACE = /\n\s+at .+:\d+:\d+\)?(\n|$)|this is a bug/;
const STATE_LINE = '"schema":"komainu.state/1"';
/** Of a guest that was loaded whole and then did what its profile makes it do. */
const GUEST_CODES = ["instruction-unreached", "guest-stopped", "guest-panicked"];

async function komainu(...args: string[]): Promise<Ended> {
  const io = recordedIo();
  const code = await main(args, io);
  return { code, stdout: io.stdout, stderr: io.stderr };
}

const codeOf = (text: string): string | undefined => /\[([a-z0-9-]+)\]$/m.exec(text)?.[1];
const hasPlace = (text: string, path: string): boolean => {
  const at = text.indexOf(`${path}:`);
  return at >= 0 && /^\d+:\d+: /.test(text.slice(at + path.length + 1));
};

function* lintFaults({ code, stdout, stderr }: Ended, path: string): Generator<string> {
  const said = stdout + stderr;
  if (STACK_TRACE.test(said)) yield `lint shows a stack trace: ${said}`;
  if (![0, 2, 3].includes(code)) yield `lint ends with ${code}: ${said}`;
  if (code === 2 && !hasPlace(said, path)) yield `lint names no place: ${said}`;
  if (code !== 0 && codeOf(said) === undefined) yield `lint names no code: ${said}`;
}

function* execFaults(exec: Ended, lint: Ended, path: string): Generator<string> {
  const { code, stdout, stderr } = exec;
  if (STACK_TRACE.test(stderr)) yield `exec shows a stack trace: ${stderr}`;
  if (stdout !== "") yield `exec prints ${stdout}`;
  const hasRun = stderr.includes(STATE_LINE);
  const said = codeOf(stderr);
  if (code === 0) {
    if (!hasRun) yield `exec ends well without having run: ${stderr}`;
    if (lint.code !== 0) yield `exec runs what lint refuses: ${lint.stdout}`;
    return;
  }
  if (hasRun) yield `exec runs and fails: ${stderr}`;
  if (said === undefined) yield `exec names no code: ${stderr}`;
  else if (GUEST_CODES.includes(said)) {
    if (lint.code !== 0) yield `exec runs what lint refuses: ${lint.stdout}`;
  } else if (code !== 2 && code !== 3) yield `exec ends with ${code}: ${stderr}`;
  const isOfProfile = said !== undefined && /^(profile|ram|heap)-/.test(said);
  if (isOfProfile && !hasPlace(stderr, path)) yield `exec names no place: ${stderr}`;
  if (said?.startsWith("profile-") && lint.code === 0) yield `exec refuses what lint finds good: ${stderr}`;
}

function note<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

export async function runCampaign({ seed, count, first = 0 }: CampaignOptions): Promise<CampaignResult> {
  const board = new TinyBoard("", "spin");
  const whole = readFileSync(board.path, "utf8");
  const reports: string[] = [];
  const codes = new Map<string, number>();
  const exits = new Map<number, number>();
  try {
    for (let number = first; number < first + count; number++) {
      const random = makeRandom(seed * 1_000_003 + number);
      writeFileSync(board.path, mutate(random, JSON.stringify(JSON.parse(whole), undefined, 2)));
      const lint = await komainu("board", "lint", board.path);
      const exec = await komainu("exec", board.path, "--run-to", RUN_TO, "--translation-cache", "off");
      const faults = [...lintFaults(lint, board.path), ...execFaults(exec, lint, board.path)];
      for (const fault of faults) reports.push(`seed ${seed}, mutation ${number}: ${fault}`);
      note(codes, exec.code === 0 ? "runs" : (codeOf(exec.stderr) ?? "none"));
      note(exits, exec.code);
    }
  } finally {
    board.dispose();
  }
  return { reports, codes, exits };
}
