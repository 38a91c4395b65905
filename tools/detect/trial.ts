/** One trial: the guest is started, tampered with or disturbed, and the checks say what they see. */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import type { Disturbance } from "../../test/tamper/benign.table.ts";
import type { Subject } from "../../test/tamper/subjects.table.ts";
import type { TamperGuest } from "./tamper-guest.ts";

const BOARD = "versatilepb";
const UART = "vserial exec guest0/uart0";
const MAX_OUTPUT_BYTES = 1 << 28;

interface Report {
  readonly check: string;
  readonly verdict: string;
  readonly findings: readonly { readonly messageId: string; readonly text: string }[];
  readonly cannotTell: readonly string[];
}

interface Outcome {
  readonly command: string;
  readonly text: string;
  readonly data: unknown;
}

/** What one run of all checks said. */
export interface Seen {
  /** `check/message`, each once. */
  readonly kinds: ReadonlySet<string>;
  readonly texts: readonly string[];
  readonly cannotTell: readonly string[];
}

export interface Program {
  /** Words of the command line before the program's own. */
  readonly words: readonly string[];
  /** Checks to run; all when empty. */
  readonly checks: readonly string[];
}

export const defaultProgram: Program = { words: [resolve("dist/komainu.js")], checks: [] };

function outcomes({ words }: Program, guest: TamperGuest, commands: readonly string[]): Outcome[] {
  const args = [...words, "exec", "--json", "--kernel", guest.kernel, "--initrd", guest.initrd, BOARD, ...commands];
  const { stdout, stderr, error } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    maxBuffer: MAX_OUTPUT_BYTES,
    env: { ...process.env, NO_COLOR: "1" },
  });
  if (error !== undefined) throw error;
  const lines = stdout.trimEnd().split("\n");
  if (lines.length < commands.length) throw new Error(`the program said less than it was asked:\n${stdout}${stderr}`);
  return lines.map((line) => JSON.parse(line) as Outcome);
}

function seenIn({ data }: Outcome): Seen {
  const { checks: reports } = data as { readonly checks: readonly Report[] };
  const findings = reports.flatMap((report) => report.findings.map((found) => ({ ...found, check: report.check })));
  return {
    kinds: new Set(findings.map(({ check, messageId }) => `${check}/${messageId}`)),
    texts: findings.map(({ check, text }) => `${check}: ${text}`),
    cannotTell: reports.flatMap(({ check, cannotTell }) => cannotTell.map((reason) => `${check}: ${reason}`)),
  };
}

const CHECKS = "ids all";
/** The log of switches shows more tasks, so more could be taken for hidden ones. */
const LOG_SWITCHES = "ids sched on";

/** Findings before, during and after; the guest's own words when the subject could not be loaded. */
export interface SubjectResult {
  readonly before: Seen;
  readonly during: Seen;
  readonly after: Seen;
  readonly problem: string | undefined;
}

export function trySubject(program: Program, guest: TamperGuest, subject: Subject): SubjectResult {
  const { module, console = [], before = [], restore } = subject;
  const load = `insmod /lib/tamper/${module}.ko ${subject.parameters(guest.facts)} && echo loaded`;
  const unload = `${restore === undefined ? "" : `${restore}; `}rmmod ${module} && echo removed`;
  const lines = [
    ...console,
    ...before.map((line) => `${UART} ${line}`),
    CHECKS,
    `${UART} ${load}`,
    CHECKS,
    `${UART} ${unload}`,
    CHECKS,
  ];
  const all = outcomes(program, guest, lines).slice(console.length + before.length);
  const [clean, loaded, tampered, removed, restored] = all;
  const problem = [
    ...(loaded.text.includes("loaded") ? [] : [`not loaded: ${loaded.text.trim()}`]),
    ...(removed.text.includes("removed") ? [] : [`not removed: ${removed.text.trim()}`]),
  ].join("; ");
  return {
    before: seenIn(clean),
    during: seenIn(tampered),
    after: seenIn(restored),
    problem: problem === "" ? undefined : problem,
  };
}

/** What the checks say while the disturbance goes on, at several moments. */
export function tryDisturbance(program: Program, guest: TamperGuest, { lines }: Disturbance, moments: number): Seen[] {
  const pauses = Array.from({ length: moments }, (_, index) => [`${UART} usleep ${(index * 1237) % 9000}`, CHECKS]);
  const commands = [LOG_SWITCHES, ...lines.map((line) => `${UART} ${line}`), CHECKS, ...pauses.flat()];
  return outcomes(program, guest, commands)
    .filter(({ command }) => command === CHECKS)
    .map(seenIn);
}
