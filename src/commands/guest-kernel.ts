/**
 * The guest's kernel as the checks read it: from the machine itself, and where the machine was stopped in the middle of
 * something, from a copy that ran on to a point at which the kernel is at rest.
 */
import type { Check, CheckReport, CheckRequest } from "../ids/index.ts";
import { PLAIN_REQUEST, runCheck } from "../ids/index.ts";
import type { BuildFile, CpuRegisters, Kernel } from "../linux/index.ts";
import { openKernel } from "../linux/index.ts";
import type { PhysicalSource } from "../memory/index.ts";
import type { Guest, GuestCopy, GuestView, Hypervisor } from "../vm/index.ts";
import { switchLogOf } from "./ids-sched.ts";

/** The guest's physical memory as checks read it; nothing in it can be changed through this. */
class GuestMemorySource implements PhysicalSource {
  /** What is read instead of the machine, while something is. */
  copy: GuestView | undefined;
  private readonly hv: Hypervisor;
  private readonly guest: Guest;
  private readonly word = new Uint8Array(4);
  private readonly wordView = new DataView(this.word.buffer);

  constructor(hv: Hypervisor, guest: Guest) {
    this.hv = hv;
    this.guest = guest;
  }

  get guestView(): GuestView {
    return this.copy ?? this.hv.control;
  }

  get ranges(): { startAddress: number; sizeBytes: number }[] {
    return this.guest.regions
      .filter((region) => region.allocation !== undefined)
      .map((region) => ({ startAddress: region.guestAddress, sizeBytes: region.sizeBytes }));
  }

  read(address: number, target: Uint8Array): boolean {
    return this.guestView.readGuest(address, target);
  }

  view(address: number, sizeBytes: number): Uint8Array | undefined {
    return this.guestView.viewGuest(address, sizeBytes);
  }

  readU32(address: number): number | undefined {
    return this.read(address, this.word) ? this.wordView.getUint32(0, true) : undefined;
  }
}

/** CP15 registers, loaded from the VCPU's register dump whenever one is asked for. */
class VcpuRegisters implements CpuRegisters {
  private readonly source: GuestMemorySource;

  constructor(source: GuestMemorySource) {
    this.source = source;
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
    for (const { registers } of this.source.guestView.core(0)?.registers() ?? []) {
      for (const { name, value } of registers) if (name === wanted) return value >>> 0;
    }
    return 0;
  }
}

/** What is known of a guest's kernel beside its memory and registers. */
export interface KernelKnowledge {
  /** Files of the kernel's build. */
  readonly files: readonly BuildFile[];
  /** What the boot loader put into memory is not used either, nor anything else. */
  readonly isMemoryAlone: boolean;
}

const knowledge = new WeakMap<Hypervisor, KernelKnowledge>();

/** From now on kernels of this machine are opened with it. */
export const setKernelKnowledge = (hv: Hypervisor, known: KernelKnowledge): void => void knowledge.set(hv, known);

/** What was learned of a guest's kernel holds until another kernel runs in it. */
const kernels = new WeakMap<Guest, Kernel>();
const sources = new WeakMap<Kernel, GuestMemorySource>();

/** The guest's kernel. Throws `kernel-not-found` while none runs. */
export function kernelOf(hv: Hypervisor, guest: Guest): Kernel {
  const known = kernels.get(guest);
  return known?.isCurrent() === true ? known : openAnew(hv, guest);
}

/** As `kernelOf`, and nothing that was learned before is used; `nowMs` to be told how long it takes. */
export function openAnew(hv: Hypervisor, guest: Guest, nowMs?: () => number): Kernel {
  const source = new GuestMemorySource(hv, guest);
  const { files = [], isMemoryAlone = false } = knowledge.get(hv) ?? {};
  const kernel = openKernel(
    {
      memory: source,
      registers: hv.control.core(0) === undefined ? undefined : new VcpuRegisters(source),
      bootImage: isMemoryAlone ? undefined : () => hv.control.bootKernel(),
      switchLog: () => switchLogOf(guest),
    },
    { files, nowMs },
  );
  kernels.set(guest, kernel);
  sources.set(kernel, source);
  if (files.length > 0) tellFiles(hv, kernel);
  return kernel;
}

/** A file that is not used is no secret. */
function tellFiles(hv: Hypervisor, kernel: Kernel): void {
  const log = hv.log.child("symbols");
  for (const file of kernel.given) {
    const text = `${file.title}: ${file.describe()}`;
    if (file.verdict === "same") log.info(text);
    else log.warning(text);
  }
}

/** Moments at which a copy is looked at, by how far it runs on from the one before: a change may take several turns. */
const STEPS_INSTRUCTIONS = [0, 200_000, 2_000_000];
/** A kernel that is never at rest for so long is left. */
const MAX_STEP_INSTRUCTIONS = 8_000_000;

const findingsOf = ({ findings }: CheckReport): string => findings.map(({ text }) => text).join("\n");

/**
 * Runs checks so that a guest stopped in the middle of a change raises no alarm: what looks wrong is looked at again in a
 * copy that ran on to where its kernel is at rest. Only what is still wrong there is reported. The copy is shared by the
 * checks of one command, and only made when one of them needs it.
 */
export class SteadyLook {
  private readonly hv: Hypervisor;
  private readonly kernel: Kernel;
  private copy: GuestCopy | undefined;
  private isAtRest = false;

  constructor(hv: Hypervisor, kernel: Kernel) {
    this.hv = hv;
    this.kernel = kernel;
  }

  run(check: Check, request: CheckRequest = PLAIN_REQUEST): CheckReport {
    const first = runCheck(check, this.kernel, request);
    if (first.findings.length === 0 && !first.isPassing) return first;
    let report = first;
    for (const step of STEPS_INSTRUCTIONS) {
      const later = this.runInCopy(check, request, step);
      if (later === undefined) break;
      report = later;
      if (report.findings.length === 0 && !report.isPassing) break;
    }
    // What was wrong and still is needs no copy to be believed.
    return findingsOf(report) === findingsOf(first) && report.isPassing === first.isPassing ? first : report;
  }

  private runInCopy(check: Check, request: CheckRequest, step: number): CheckReport | undefined {
    const { kernel, hv } = this;
    const source = sources.get(kernel);
    if (source === undefined) return undefined;
    this.copy ??= hv.control.copy();
    if (step > 0 || !this.isAtRest) this.isAtRest = this.copy.runToQuietPoint(step, MAX_STEP_INSTRUCTIONS);
    if (!this.isAtRest) return undefined;
    source.copy = this.copy;
    try {
      const readLater = this.copy.instructions() - hv.control.instructions();
      return { ...runCheck(check, kernel, request), readLater };
    } finally {
      source.copy = undefined;
    }
  }
}
