/** All that helps a person who reads why a scenario failed: the step, the console, the times, where the guest was. */
import { HvError, hexAddress } from "../base/index.ts";
import { kernelOf } from "../commands/index.ts";
import type { Session } from "./session.ts";
import type { Stage } from "./stage.ts";
import { momentText, reportLines, type StepCause, type StepReport, stepReport } from "./step-report.ts";
import type { Watch } from "./watch.ts";

export interface Failure extends StepReport {
  readonly virtualNs: number;
  readonly instructions: number;
  /** Where the guest was, with its symbol where there is one. */
  readonly pc: string;
  /** State of the guest's VCPU. */
  readonly vcpu: string;
  /** File of the journal. */
  journal?: string;
}

/** Kernel code of ARM Linux lies in the upper half at the latest. */
const LEAST_KERNEL_ADDRESS = 0x8000_0000;

/** The program counter with the kernel's symbol. */
export function whereIs(stage: Stage): string {
  const registers = stage.machine.core(0)?.registers()[0]?.registers ?? [];
  const pc = registers.find(({ name }) => name === "PC")?.value;
  if (pc === undefined) return "no CPU";
  const { guest } = stage;
  const address = pc >>> 0;
  if (address < LEAST_KERNEL_ADDRESS || guest === undefined) return hexAddress(address);
  try {
    const found = kernelOf(stage.machine.hypervisor, guest).symbols.at(address);
    if (found === undefined) return hexAddress(address);
    return `${hexAddress(address)} ${found.symbol.name}+0x${found.offset.toString(16)}`;
  } catch (error) {
    if (!(error instanceof HvError)) throw error;
    return hexAddress(address);
  }
}

interface Circumstances {
  readonly session: Session;
  readonly stage: Stage;
  readonly watch: Watch;
}

export function failureReport({ session, stage, watch }: Circumstances, cause: StepCause): Failure {
  const [instructions, virtualNs] = stage.moment;
  return {
    ...stepReport(watch, stage.consolePort, cause),
    virtualNs,
    hostMs: session.hostMs,
    instructions,
    pc: whereIs(stage),
    vcpu: stage.guest?.vcpus[0]?.stateName ?? "none",
  };
}

/** The report as lines for people, the first of them the message. */
export function failureLines(failure: Failure): string[] {
  const { virtualNs, hostMs, instructions, pc, vcpu, journal } = failure;
  const lines = reportLines(failure);
  lines.push(
    `at ${momentText(virtualNs)} of the guest's time, instruction ${instructions}, after ${(hostMs / 1000).toFixed(1)} s of the host's`,
  );
  lines.push(`the guest's CPU (${vcpu}) was at ${pc}`);
  if (journal !== undefined) lines.push(`journal: komainu replay ${journal}`);
  return lines;
}
