/** `--profile`: watches the engine from power-on, names what it saw by the guest kernel's own symbols, reports. */
import { ExecutionProfile, JitCpu, type RegionTotals } from "../arm/jit/index.ts";
import { HvError, hexAddress } from "../base/index.ts";
import { kernelOf } from "../commands/index.ts";
import type { Kernel } from "../linux/index.ts";
import type { Engine, Machine } from "../vm/index.ts";
import { profileNeedsCompiler } from "./errors.ts";
import { executionReport, reportText } from "./execution-report.ts";

/** How long, in instructions, a page table is believed to belong to the same process. */
const SAME_PROCESS_INSTRUCTIONS = 400_000;
/** Before a kernel that was not found is looked for again. */
const RETRY_INSTRUCTIONS = 50_000_000;
/** The exception vectors of high-vector mode. */
const VECTORS = 0xffff0000;

/** Symbols at both ends of the kernel's code, and of what it gives back after its start; modules lie elsewhere. */
const CODE_RANGES = [
  ["_stext", "_etext"],
  ["_sinittext", "_einittext"],
] as const;

const isBetween = (address: number, start = Number.POSITIVE_INFINITY, end = 0): boolean =>
  address >= start && address < end;

const hex = (value: number): string => `0x${value.toString(16)}`;

/** The profile of one machine. */
export class ProfileOption {
  readonly executionProfile = new ExecutionProfile(() => performance.now() * 1e6);
  private machine: Machine | undefined;
  private readonly names = new Map<number, string>();
  private namesUntil = 0;
  private retryAt = 0;

  /** Throws `profile-needs-compiler` for another engine. */
  constructor(engine: Engine) {
    if (engine !== "jit") throw profileNeedsCompiler(engine);
    this.executionProfile.processOf = (table) => this.processOf(table);
  }

  /** The machine that was made with `executionProfile`. */
  watch(machine: Machine): void {
    this.machine = machine;
  }

  /** The guest's kernel; `undefined` where there is none to be found yet. */
  private kernel(): Kernel | undefined {
    const { machine } = this;
    const [guest] = machine?.hypervisor.guests ?? [];
    if (machine === undefined || guest === undefined) return undefined;
    try {
      return kernelOf(machine.hypervisor, guest);
    } catch (error) {
      if (!(error instanceof HvError)) throw error;
      return undefined;
    }
  }

  private processOf(table: number): string {
    const now = this.machine?.instructions() ?? 0;
    if (now >= this.namesUntil) {
      this.names.clear();
      this.namesUntil = now + SAME_PROCESS_INSTRUCTIONS;
    }
    const known = this.names.get(table);
    if (known !== undefined) return known;
    const name = this.findProcess(table, now);
    this.names.set(table, name);
    return name;
  }

  private findProcess(table: number, now: number): string {
    if (now < this.retryAt) return "";
    const kernel = this.kernel();
    if (kernel === undefined) {
      this.retryAt = now + RETRY_INSTRUCTIONS;
      return "";
    }
    if (kernel.offsetOf("mm_struct.pgd") === undefined) kernel.refresh();
    for (const task of kernel.tasks()) if (task.userSpace?.tableAddress === table) return task.comm ?? "";
    return "";
  }

  private nameOf(kernel: Kernel | undefined, { pc, isPrivileged, process }: RegionTotals): string {
    const address = pc >>> 0;
    const inVectors = address >= VECTORS ? `vectors+${hex(address - VECTORS)}` : undefined;
    if (!isPrivileged) return `${process === "" ? "user" : process}:${inVectors ?? hex(address)}`;
    if (inVectors !== undefined) return inVectors;
    const symbols = kernel?.symbols;
    const isText = CODE_RANGES.some(([first, end]) => isBetween(address, symbols?.find(first), symbols?.find(end)));
    const found = isText ? symbols?.at(address) : undefined;
    if (found === undefined) return hexAddress(address);
    return found.offset === 0 ? found.symbol.name : `${found.symbol.name}+${hex(found.offset)}`;
  }

  /** What was seen up to now: a table for people, or a line of JSON. */
  report({ json }: { json: boolean }): string {
    const cpu = this.machine?.running?.cpu;
    const [exits, code] = cpu instanceof JitCpu ? [cpu.exits, cpu.counts] : [[], undefined];
    const kernel = this.kernel();
    const report = executionReport({
      profile: this.executionProfile,
      exits,
      code,
      nameOf: (region) => this.nameOf(kernel, region),
    });
    return json ? `${JSON.stringify(report)}\n` : reportText(report);
  }
}
