/** `ids cost`: what a look at the guest takes, and that it leaves the guest as it was. */
import { Status } from "../base/index.ts";
import type { Check } from "../ids/index.ts";
import { runCheck } from "../ids/index.ts";
import type { Kernel } from "../linux/index.ts";
import type { CommandResult } from "../shell/index.ts";
import { failed } from "../shell/index.ts";
import type { CommandContext } from "./context.ts";
import { costOfOpening } from "./ids-opening.ts";

/** Looks that are timed; an odd number, so that one of them is the median. */
const LOOKS = 9;

interface Times {
  readonly best: number;
  readonly median: number;
  readonly looks: number;
}

const rounded = (ms: number): number => Math.round(ms * 1000);

function timesOf(durationsMs: readonly number[]): Times {
  const sorted = durationsMs.toSorted((a, b) => a - b);
  return { best: rounded(sorted[0]), median: rounded(sorted[sorted.length >> 1]), looks: sorted.length };
}

/** `check` at the looks, after one that learns what holds for the whole boot. */
function look({ nowMs }: CommandContext, check: Check, kernel: Kernel) {
  const first = runCheck(check, kernel);
  if (nowMs === undefined) return { report: runCheck(check, kernel), microseconds: null, first };
  const durationsMs: number[] = [];
  let report = first;
  for (let index = 0; index < LOOKS; index++) {
    const startMs = nowMs();
    report = runCheck(check, kernel);
    durationsMs.push(nowMs() - startMs);
  }
  return { report, microseconds: timesOf(durationsMs), first };
}

/**
 * What a check takes: the wall clock's microseconds come from outside, as no result may depend on them. The guest is hashed
 * before its kernel is opened and after the last look; a difference, or an instruction that it executed, is an error.
 */
export function showCost(
  context: CommandContext,
  known: readonly Check[],
  open: () => Kernel | CommandResult,
  id: string,
): CommandResult {
  const check = known.find((candidate) => candidate.id === id);
  if (check === undefined || check.ofProcess === "required") {
    const names = known.flatMap((other) => (other.ofProcess === "required" ? [] : [other.id]));
    return failed(Status.noEntry, `Error: expected a check (${names.join(", ")}), found "${id}"\n`);
  }
  const { control } = context.hv;
  const executedBefore = control.instructions();
  const before = control.hashes();
  const kernel = open();
  if (!("space" in kernel)) return kernel;
  const [guest] = context.hv.guests;
  if (id === "symbols" && guest !== undefined) return costOfOpening(context, guest);
  const { report, microseconds, first } = look(context, check, kernel);
  const after = control.hashes();
  const instructions = control.instructions() - executedBefore;
  const data = {
    check: id,
    rows: report.rows.length,
    loads: report.loads,
    firstLoads: first.loads,
    instructions,
    microseconds: microseconds === null ? null : { ...microseconds },
    memory: { before: before.memory, after: after.memory },
    state: { before: before.state, after: after.state },
  };
  const lines = [
    `${id}: ${data.rows} rows, ${data.loads} translated loads, ${instructions} guest instructions`,
    microseconds === null
      ? "time: not measured"
      : `time: best ${microseconds.best} and median ${microseconds.median} microseconds of ${microseconds.looks} looks`,
    hashLine("guest memory", before.memory, after.memory),
    hashLine("CPU, devices, time", before.state, after.state),
  ];
  const text = lines.map((line) => `${line}\n`).join("");
  const isUntouched = instructions === 0 && before.memory === after.memory && before.state === after.state;
  if (isUntouched) return { code: Status.ok, text, data };
  return failed(Status.fail, `${text}Error: expected a guest that a look leaves as it was, found it changed\n`, data);
}

const hashLine = (what: string, before: string, after: string): string =>
  before === after ? `${what}: ${before}, unchanged` : `${what}: was ${before}, is ${after}`;
