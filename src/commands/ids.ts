/** `ids`: checks of the guest's kernel from outside; each reads guest memory at the moment it is asked. */
import { HvError, Status } from "../base/index.ts";
import type { Check, CheckReport, CheckRequest } from "../ids/index.ts";
import {
  checkJson,
  checks,
  explainCheck,
  formatReport,
  formatSummary,
  printable,
  reportJson,
  summaryJson,
  verdictOf,
} from "../ids/index.ts";
import type { Kernel } from "../linux/index.ts";
import { FIELDS } from "../linux/index.ts";
import type { CommandFamily, CommandResult, JsonValue } from "../shell/index.ts";
import { columns, decimal, failed, optional, table, word } from "../shell/index.ts";
import type { Guest } from "../vm/index.ts";
import type { CommandContext } from "./context.ts";
import { form } from "./context.ts";
import { kernelOf, SteadyLook } from "./guest-kernel.ts";
import {
  type BaselineRequest,
  compareBaseline,
  DEFAULT_BASELINE,
  listBaselines,
  saveBaseline,
} from "./ids-baseline.ts";
import { showCost } from "./ids-cost.ts";
import { lookOnce, reportFindings, scheduleLooks } from "./ids-record.ts";
import { endSwitchLog, showSwitchLog, startSwitchLog } from "./ids-sched.ts";
import { addWatch, endWatch, showWatches } from "./ids-watch.ts";

const codeOf: Record<CheckReport["verdict"], Status> = {
  clean: Status.ok,
  finding: Status.fail,
  "cannot-tell": Status.noData,
};

const noGuest = (): CommandResult => failed(Status.notAvailable, "Error: expected a guest to look into, found none\n");

/** The kernel to look into, or the answer that says why there is none. */
function openGuest({ hv }: CommandContext): Kernel | CommandResult {
  const [guest] = hv.guests;
  if (guest === undefined) return noGuest();
  try {
    return kernelOf(hv, guest);
  } catch (error) {
    if (!(error instanceof HvError)) throw error;
    return failed(Status.noEntry, `Error: ${error.explain()}\n`, { error: error.code, message: error.message });
  }
}

type OnKernel = (context: CommandContext, guest: Guest, kernel: Kernel, checks: readonly Check[]) => CommandResult;

/** Does something with the guest's kernel and the checks that need no process to be named. */
function onKernel(context: CommandContext, known: readonly Check[], run: OnKernel): CommandResult {
  const [guest] = context.hv.guests;
  const kernel = openGuest(context);
  if (guest === undefined || !isKernel(kernel)) return isKernel(kernel) ? noGuest() : kernel;
  return run(context, guest, kernel, everyCheck(known));
}

/** The form's function for what is done with a baseline of that name. */
const baselineOf =
  (known: readonly Check[], run: (context: CommandContext, request: BaselineRequest) => CommandResult) =>
  (context: CommandContext, { name = DEFAULT_BASELINE }: { name: string | undefined }): CommandResult =>
    onKernel(context, known, (_, guest, kernel, checks) => {
      const look = (some: readonly Check[]): CheckReport[] => lookOnce(context, kernel, some);
      return run(context, { guest, kernel, checks, look, name });
    });

async function schedule(
  context: CommandContext,
  known: readonly Check[],
  when: { seconds: number; times: number },
): Promise<CommandResult> {
  const [guest] = context.hv.guests;
  if (guest === undefined) return noGuest();
  return await scheduleLooks(context, { guest, kernelNow: () => openGuest(context), checks: everyCheck(known) }, when);
}

const everyCheck = (known: readonly Check[]): Check[] => known.filter(({ ofProcess }) => ofProcess !== "required");

function watch(context: CommandContext, { place }: { place: string | undefined }): CommandResult {
  const [guest] = context.hv.guests;
  if (guest !== undefined && place === undefined) return showWatches(guest);
  const kernel = openGuest(context);
  if (!isKernel(kernel) || guest === undefined || place === undefined) return isKernel(kernel) ? noGuest() : kernel;
  return addWatch(context.hv, guest, kernel, place);
}

function unwatch({ hv }: CommandContext, { place }: { place: string }): CommandResult {
  const [guest] = hv.guests;
  return guest === undefined ? noGuest() : endWatch(guest, place);
}

const isKernel = (opened: Kernel | CommandResult): opened is Kernel => "space" in opened;
const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

function runOne(context: CommandContext, check: Check, request: CheckRequest): CommandResult {
  const kernel = openGuest(context);
  if (!isKernel(kernel)) return kernel;
  const report = new SteadyLook(context.hv, kernel).run(check, request);
  return { code: codeOf[report.verdict], text: textOf(formatReport(report)), data: reportJson(report) as JsonValue };
}

/** Every check that needs no process to be named, with one verdict. */
function runAll(context: CommandContext, known: readonly Check[]): CommandResult {
  const kernel = openGuest(context);
  if (!isKernel(kernel)) return kernel;
  const reports = lookOnce(context, kernel, everyCheck(known));
  const data = summaryJson(reports) as JsonValue;
  return { code: codeOf[verdictOf(reports)], text: textOf(formatSummary(reports)), data };
}

/** What was learned of the guest's kernel, each offset with how sure it is and why. */
function showTypes(context: CommandContext, filter: string | undefined): CommandResult {
  const kernel = openGuest(context);
  if (!isKernel(kernel)) return kernel;
  kernel.refresh();
  const rows = FIELDS.filter((name) => filter === undefined || name.includes(filter)).map((name) => {
    const fact = kernel.field(name);
    return fact.known
      ? { name, offset: `0x${fact.value.toString(16)}`, confidence: fact.confidence, evidence: fact.evidence }
      : { name, offset: null, confidence: fact.isAbsent === true ? "absent" : "unknown", evidence: fact.reason };
  });
  const lines = rows.map(({ name, offset, confidence, evidence }) =>
    [name.padEnd(32), (offset ?? "?").padEnd(11), confidence.padEnd(8), printable(evidence)].join(" "),
  );
  return { code: Status.ok, text: textOf(lines), data: rows };
}

/** All checks, or one in full. */
function showChecks(known: readonly Check[], id: string | undefined): CommandResult {
  if (id === undefined) {
    const style = { columns: columns(["Check", 10], ["Severity", 9], ["Title", 38], ["Cost", 46]) };
    return table(
      style,
      known.map(({ id: name, severity, title, cost = "-" }) => [name, severity, title, cost]),
    );
  }
  const check = known.find((candidate) => candidate.id === id);
  return check === undefined
    ? failed(Status.noEntry, `Error: expected a check (${known.map((c) => c.id).join(", ")}), found "${id}"\n`)
    : { code: Status.ok, text: textOf(explainCheck(check)), data: checkJson(check) };
}

function formsOf(check: Check) {
  const { id, ofProcess, detailWants } = check;
  const plain = { isLong: false };
  if (ofProcess === "required") {
    return [
      form({ words: id, args: { pid: decimal("pid") }, run: (c, { pid }) => runOne(c, check, { ...plain, pid }) }),
    ];
  }
  if (ofProcess === "optional") {
    const args = { pid: optional(decimal("pid")) };
    return [form({ words: id, args, run: (c, { pid }) => runOne(c, check, { ...plain, pid }) })];
  }
  const forms = [form({ words: id, run: (context) => runOne(context, check, plain) })];
  if (detailWants === undefined) return forms;
  return [...forms, form({ words: `${id} -l`, run: (context) => runOne(context, check, { isLong: true }) })];
}

/** `ids` with the checks that come with Komainu and those of the user. */
export function idsFamily(userChecks: readonly Check[] = []): CommandFamily<CommandContext> {
  const known = [...checks, ...userChecks];
  const checkName = word<CommandContext>("check", () => known.map(({ id }) => id));
  const list = { check: optional(checkName) };
  const baseline = { name: optional(word("name")) };
  const types = { filter: optional(word("field")) };
  return {
    name: "ids",
    summary: "look into the guest's kernel from outside (with --json as data)",
    forms: [
      form({ words: "list", args: list, run: (_, { check }) => showChecks(known, check) }),
      ...known.flatMap(formsOf),
      form({ words: "all", run: (context) => runAll(context, known) }),
      form({ words: "watch", args: { place: optional(word("symbol or address")) }, run: watch }),
      form({ words: "unwatch", args: { place: word("symbol or address") }, run: unwatch }),
      form({ words: "sched", run: (context) => onKernel(context, known, (_, guest) => showSwitchLog(guest)) }),
      form({
        words: "sched on",
        run: (context) => onKernel(context, known, ({ hv }, guest, kernel) => startSwitchLog(hv, guest, kernel)),
      }),
      form({ words: "sched off", run: (context) => onKernel(context, known, (_, guest) => endSwitchLog(guest)) }),
      form({ words: "report", run: (context) => onKernel(context, known, reportFindings) }),
      form({
        words: "schedule",
        args: { seconds: decimal("seconds"), times: optional(decimal("times")) },
        run: (context, { seconds, times = 1 }) => schedule(context, known, { seconds, times }),
      }),
      form({ words: "baseline save", args: baseline, run: baselineOf(known, saveBaseline) }),
      form({ words: "baseline compare", args: baseline, run: baselineOf(known, compareBaseline) }),
      form({ words: "baseline list", run: (context) => onKernel(context, known, listBaselines) }),
      form({ words: "types", args: types, run: (context, { filter }) => showTypes(context, filter) }),
      form({
        words: "cost",
        args: { check: checkName },
        run: (context, { check }) => showCost(context, known, () => openGuest(context), check),
      }),
    ],
  };
}
