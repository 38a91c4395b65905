/** `ids`: checks of the guest's kernel from outside; each reads guest memory at the moment it is asked. */
import { HvError, Status } from "../base/index.ts";
import type { Check, CheckReport } from "../ids/index.ts";
import { checks, formatReport, reportJson, runCheck } from "../ids/index.ts";
import type { CpuRegisters, Kernel } from "../linux/index.ts";
import { openKernel } from "../linux/index.ts";
import type { PhysicalSource } from "../memory/index.ts";
import type { CommandFamily, CommandResult, JsonValue } from "../shell/index.ts";
import { columns, failed, table } from "../shell/index.ts";
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

/** Runs checks in order; the code is that of the first that is not clean, findings before the rest. */
function runChecks({ hv }: CommandContext, chosen: readonly Check[]): CommandResult {
  const [guest] = hv.guests;
  if (guest === undefined) return noGuest();
  let kernel: Kernel;
  try {
    kernel = kernelOf(hv, guest);
  } catch (error) {
    if (!(error instanceof HvError)) throw error;
    return failed(Status.noEntry, `Error: ${error.explain()}\n`, { error: error.code, message: error.message });
  }
  const reports = chosen.map((check) => runCheck(check, kernel));
  const hasFinding = reports.some(({ verdict }) => verdict === "finding");
  const code = hasFinding ? Status.fail : (reports.map(({ verdict }) => codeOf[verdict]).find((c) => c !== 0) ?? 0);
  const sections = reports.map((report) => {
    const lines = formatReport(report).map((line) => `${line}\n`);
    return reports.length === 1 ? lines.join("") : `${report.title} (ids ${report.id})\n${lines.join("")}\n`;
  });
  const data = reports.map((report) => reportJson(report) as JsonValue);
  return { code, text: sections.join(""), data: data.length === 1 ? data[0] : data };
}

const checkForm = (check: Check) => form({ words: check.id, run: (context) => runChecks(context, [check]) });

export const ids: CommandFamily<CommandContext> = {
  name: "ids",
  summary: "look into the guest's kernel from outside (with --json as data)",
  forms: [
    form({
      words: "list",
      run: () =>
        table(
          { columns: columns(["Check", 12], ["Severity", 9], ["Title", 55]) },
          checks.map(({ id, severity, title }) => [id, severity, title]),
        ),
    }),
    ...checks.map(checkForm),
    form({ words: "all", run: (context) => runChecks(context, checks) }),
  ],
};
