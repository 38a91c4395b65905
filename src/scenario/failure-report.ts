/** All that helps a person who reads why a scenario failed: the step, the console, the times, where the guest was. */
import { type ExitCode, HvError, hexAddress } from "../base/index.ts";
import { kernelOf } from "../commands/index.ts";
import type { LogLine } from "./console-log.ts";
import { type Place, placeText } from "./errors.ts";
import { nearestLine } from "./nearest-line.ts";
import type { Session } from "./session.ts";
import type { Stage } from "./stage.ts";
import type { FailureKind } from "./step-failure.ts";
import type { Watch } from "./watch.ts";

export interface Failure {
  readonly kind: FailureKind;
  /** Of an error of ours. */
  readonly code?: string;
  readonly exitCode?: ExitCode;
  readonly message: string;
  readonly place: Place;
  /** As the scenario has it: `expect`. */
  readonly verb?: string;
  readonly lastLines: readonly LogLine[];
  readonly nearest?: LogLine;
  readonly virtualNs: number;
  readonly hostMs: number;
  readonly instructions: number;
  /** Where the guest was, with its symbol where there is one. */
  readonly pc: string;
  /** State of the guest's VCPU. */
  readonly vcpu: string;
  /** File of the journal. */
  journal?: string;
}

const LAST_LINES = 10;
const SEARCHED_LINES = 200;
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

type Cause = Pick<Failure, "kind" | "code" | "exitCode" | "message" | "place" | "verb"> & {
  port?: string;
  pattern?: string;
};

export function failureReport({ session, stage, watch }: Circumstances, cause: Cause): Failure {
  const { port = stage.consolePort, pattern, ...rest } = cause;
  const log = watch.log(port);
  const [instructions, virtualNs] = stage.moment;
  const nearest = pattern === undefined ? undefined : nearestLine(pattern, log.lastLines(SEARCHED_LINES));
  return {
    ...rest,
    lastLines: log.lastLines(LAST_LINES),
    nearest,
    virtualNs,
    hostMs: session.hostMs,
    instructions,
    pc: whereIs(stage),
    vcpu: stage.guest?.vcpus[0]?.stateName ?? "none",
  };
}

const secondsText = (ns: number): string => `${(ns / 1e9).toFixed(3)} s`;

/** The report as lines for people, the first of them the message. */
export function failureLines(failure: Failure): string[] {
  const { message, code, place, verb, lastLines, nearest, virtualNs, hostMs, instructions, pc, vcpu, journal } =
    failure;
  const step = verb === undefined ? "" : ` (${verb})`;
  const lines = [`${placeText(place)}${step}: ${message}${code === undefined ? "" : ` [${code}]`}`];
  if (nearest !== undefined) {
    const past = nearest.isPast ? ", which an earlier step had passed already" : "";
    lines.push(`nearest line, at ${secondsText(nearest.atNs)}${past}: ${nearest.text}`);
  }
  lines.push(lastLines.length === 0 ? "the console showed nothing" : "the console ended with:");
  for (const line of lastLines) lines.push(`  | ${line.text}`);
  lines.push(
    `at ${secondsText(virtualNs)} of the guest's time, instruction ${instructions}, after ${(hostMs / 1000).toFixed(1)} s of the host's`,
  );
  lines.push(`the guest's CPU (${vcpu}) was at ${pc}`);
  if (journal !== undefined) lines.push(`journal: komainu replay ${journal}`);
  return lines;
}
