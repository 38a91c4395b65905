/** `ids baseline`: what a guest that is known to be good looks like, kept beyond the program, and what changed since. */
import { Status } from "../base/index.ts";
import type { Baseline, Check, CheckReport } from "../ids/index.ts";
import { baselineChecks, compareBaselines, printable, takeBaseline } from "../ids/index.ts";
import type { Kernel } from "../linux/index.ts";
import type { CommandResult } from "../shell/index.ts";
import { failed, ok } from "../shell/index.ts";
import type { Guest } from "../vm/index.ts";
import type { BaselineShelf, CommandContext } from "./context.ts";

export const DEFAULT_BASELINE = "default";
const NAME = /^[\w.-]{1,64}$/;

/** Where there is no store: they end with the program. */
class MemoryShelf implements BaselineShelf {
  readonly place = "memory, until the program ends";
  private readonly kept = new Map<string, { kernel: string; name: string; baseline: Baseline }>();

  save(kernel: string, name: string, baseline: Baseline): void {
    this.kept.set(JSON.stringify([kernel, name]), { kernel, name, baseline });
  }

  load(kernel: string, name: string): Baseline | undefined {
    return this.kept.get(JSON.stringify([kernel, name]))?.baseline;
  }

  names(kernel: string): string[] {
    return [...this.kept.values()].filter((one) => one.kernel === kernel).map(({ name }) => name);
  }
}

const memoryShelves = new WeakMap<Guest, MemoryShelf>();

function shelfFor({ baselines }: CommandContext, guest: Guest): BaselineShelf {
  const shelf = baselines ?? memoryShelves.get(guest) ?? new MemoryShelf();
  if (shelf instanceof MemoryShelf) memoryShelves.set(guest, shelf);
  return shelf;
}

/** What tells a kernel's build from every other: its version line, as it was when the kernel was opened. */
const buildOf = ({ banner }: Kernel): string => (banner.known ? banner.value.text.trimEnd() : "unknown");

const badName = (name: string): CommandResult =>
  failed(Status.invalid, `Error: expected a name of letters, digits, _ . and -, found "${name}"\n`);

const comparedOf = (checks: readonly Check[]): Check[] => checks.filter(({ id }) => baselineChecks.includes(id));

/** Runs checks on the guest as it is now. */
export type Look = (checks: readonly Check[]) => CheckReport[];

export interface BaselineRequest {
  readonly guest: Guest;
  readonly kernel: Kernel;
  readonly checks: readonly Check[];
  readonly look: Look;
  readonly name: string;
}

/** Keeps the rows of this moment under a name, in the place of what had it before. */
export function saveBaseline(
  context: CommandContext,
  { guest, kernel, checks, look, name }: BaselineRequest,
): CommandResult {
  if (!NAME.test(name)) return badName(name);
  const reports = look(comparedOf(checks));
  const baseline = takeBaseline(reports);
  const shelf = shelfFor(context, guest);
  shelf.save(buildOf(kernel), name, baseline);
  const rows = [...baseline].map(([check, texts]) => `${check} ${texts.size}`).join(", ");
  const left = reports.filter(({ id }) => !baseline.has(id)).map(({ id }) => id);
  const without = left.length === 0 ? "" : `not in it, as it could not be told: ${left.join(", ")}\n`;
  return ok(`${name}: ${rows} rows, in ${shelf.place}\n${without}`, { name, checks: [...baseline.keys()], left });
}

/** What came and went since; of a check that either side could not tell, that it was not compared. */
export function compareBaseline(
  context: CommandContext,
  { guest, kernel, checks, look, name }: BaselineRequest,
): CommandResult {
  if (!NAME.test(name)) return badName(name);
  const shelf = shelfFor(context, guest);
  const build = buildOf(kernel);
  const before = shelf.load(build, name);
  if (before === undefined) {
    const known = shelf.names(build);
    const others = known.length === 0 ? "there is none of it" : `there are ${known.join(", ")}`;
    const missing = `Error: expected a baseline ${name} of the kernel "${printable(build)}", ${others}\n`;
    return failed(Status.noEntry, `${missing}  "ids baseline save ${name}" makes one\n`);
  }
  const { differences, notCompared } = compareBaselines(before, takeBaseline(look(comparedOf(checks))));
  const lines = [
    ...differences.map(({ check, change, row }) => `${check}: ${change}: ${printable(row)}`),
    ...notCompared.map((check) => `${check}: cannot tell: it is not in both`),
  ];
  const data = { differences: differences.map((difference) => ({ ...difference })), notCompared: [...notCompared] };
  const code = differences.length > 0 ? Status.fail : notCompared.length > 0 ? Status.noData : Status.ok;
  return { code, text: lines.map((line) => `${line}\n`).join(""), data };
}

/** The names under which baselines of the running kernel are kept. */
export function listBaselines(context: CommandContext, guest: Guest, kernel: Kernel): CommandResult {
  const names = [...shelfFor(context, guest).names(buildOf(kernel))].sort();
  return ok(names.map((name) => `${name}\n`).join(""), names);
}
