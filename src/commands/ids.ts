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
  runCheck,
  summaryJson,
  verdictOf,
} from "../ids/index.ts";
import type { CpuRegisters, Kernel } from "../linux/index.ts";
import { FIELDS, openKernel } from "../linux/index.ts";
import type { PhysicalSource } from "../memory/index.ts";
import type { CommandFamily, CommandResult, JsonValue } from "../shell/index.ts";
import { columns, decimal, failed, optional, table, word } from "../shell/index.ts";
import type { Guest, Hypervisor } from "../vm/index.ts";
import type { CommandContext } from "./context.ts";
import { form } from "./context.ts";

/** The guest's physical memory as checks read it; nothing in it can be changed through this. */
class GuestMemorySource implements PhysicalSource {
  private readonly hv: Hypervisor;
  private readonly guest: Guest;
  private readonly word = new Uint8Array(4);
  private readonly wordView = new DataView(this.word.buffer);

  constructor(hv: Hypervisor, guest: Guest) {
    this.hv = hv;
    this.guest = guest;
  }

  get ranges(): { startAddress: number; sizeBytes: number }[] {
    return this.guest.regions
      .filter((region) => region.allocation !== undefined)
      .map((region) => ({ startAddress: region.guestAddress, sizeBytes: region.sizeBytes }));
  }

  read(address: number, target: Uint8Array): boolean {
    return this.hv.control.readGuest(address, target);
  }

  readU32(address: number): number | undefined {
    return this.read(address, this.word) ? this.wordView.getUint32(0, true) : undefined;
  }
}

/** CP15 registers, loaded from the VCPU's register dump whenever one is asked for. */
class VcpuRegisters implements CpuRegisters {
  private readonly hv: Hypervisor;

  constructor(hv: Hypervisor) {
    this.hv = hv;
  }

  get ttbr0(): number {
    return this.value("TTBR0");
  }

  get sctlr(): number {
    return this.value("SCTLR");
  }

  get dacr(): number {
    return this.value("DACR");
  }

  get ttbcr(): number {
    return this.value("TTBCR");
  }

  get fcse(): number {
    return this.value("FCSEIDR");
  }

  get vbar(): number {
    return this.value("VBAR");
  }

  get tpidruro(): number {
    return this.value("TPIDRURO");
  }

  /** 0 where this CPU has no such register. */
  private value(wanted: string): number {
    for (const { registers } of this.hv.control.core(0)?.registers() ?? []) {
      for (const { name, value } of registers) if (name === wanted) return value >>> 0;
    }
    return 0;
  }
}

/** What was learned of a guest's kernel holds until another kernel runs in it. */
const kernels = new WeakMap<Guest, Kernel>();

/** The guest's kernel. Throws `kernel-not-found` while none runs. */
export function kernelOf(hv: Hypervisor, guest: Guest): Kernel {
  const known = kernels.get(guest);
  if (known?.isCurrent() === true) return known;
  const kernel = openKernel({
    memory: new GuestMemorySource(hv, guest),
    registers: hv.control.core(0) === undefined ? undefined : new VcpuRegisters(hv),
    bootImage: () => hv.control.bootKernel(),
  });
  kernels.set(guest, kernel);
  return kernel;
}

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

const isKernel = (opened: Kernel | CommandResult): opened is Kernel => "space" in opened;
const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

function runOne(context: CommandContext, check: Check, request: CheckRequest): CommandResult {
  const kernel = openGuest(context);
  if (!isKernel(kernel)) return kernel;
  const report = runCheck(check, kernel, request);
  return { code: codeOf[report.verdict], text: textOf(formatReport(report)), data: reportJson(report) as JsonValue };
}

/** Every check that needs no process to be named, with one verdict. */
function runAll(context: CommandContext): CommandResult {
  const kernel = openGuest(context);
  if (!isKernel(kernel)) return kernel;
  const chosen = checksOf(context).filter(({ ofProcess }) => ofProcess !== "required");
  const reports = chosen.map((check) => runCheck(check, kernel));
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
      : { name, offset: null, confidence: "unknown", evidence: fact.reason };
  });
  const lines = rows.map(({ name, offset, confidence, evidence }) =>
    [name.padEnd(32), (offset ?? "?").padEnd(11), confidence.padEnd(8), printable(evidence)].join(" "),
  );
  return { code: Status.ok, text: textOf(lines), data: rows };
}

/** What a check takes: the wall clock's microseconds come from outside, as no result may depend on them. */
function showCost(context: CommandContext, id: string): CommandResult {
  const check = checksOf(context).find((candidate) => candidate.id === id);
  if (check === undefined || check.ofProcess === "required") {
    const names = checksOf(context).flatMap((known) => (known.ofProcess === "required" ? [] : [known.id]));
    return failed(Status.noEntry, `Error: expected a check (${names.join(", ")}), found "${id}"\n`);
  }
  const kernel = openGuest(context);
  if (!isKernel(kernel)) return kernel;
  const { hv, nowMs } = context;
  // What is learned once for a boot is not part of what a look costs.
  runCheck(check, kernel);
  const executedBefore = hv.control.instructions();
  const startMs = nowMs?.();
  const report = runCheck(check, kernel);
  const microseconds = startMs === undefined ? null : Math.round(((nowMs?.() ?? 0) - startMs) * 1000);
  const instructions = hv.control.instructions() - executedBefore;
  const data = { check: id, rows: report.rows.length, loads: report.loads, instructions, microseconds };
  const time = microseconds === null ? "time not measured" : `${microseconds} microseconds`;
  const text = `${id}: ${data.rows} rows, ${data.loads} translated loads, ${instructions} guest instructions, ${time}\n`;
  return { code: Status.ok, text, data };
}

/** All checks, or one in full. */
function showChecks(context: CommandContext, id: string | undefined): CommandResult {
  const known = checksOf(context);
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

const checksOf = (_context: CommandContext): readonly Check[] => checks;

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

const checkName = word<CommandContext>("check", (context) => checksOf(context).map(({ id }) => id));

export const ids: CommandFamily<CommandContext> = {
  name: "ids",
  summary: "look into the guest's kernel from outside (with --json as data)",
  forms: [
    form({ words: "list", args: { check: optional(checkName) }, run: (c, { check }) => showChecks(c, check) }),
    ...checks.flatMap(formsOf),
    form({ words: "all", run: runAll }),
    form({ words: "types", args: { filter: optional(word("field")) }, run: (c, { filter }) => showTypes(c, filter) }),
    form({ words: "cost", args: { check: checkName }, run: (c, { check }) => showCost(c, check) }),
  ],
};
