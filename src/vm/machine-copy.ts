/**
 * A throw-away copy of a machine that runs on while the machine itself stands still. Nothing it does gets out: its serial
 * ports have no other end, and what it writes to a disk it keeps to itself.
 */
import { MODE, Mode } from "../arm/core/index.ts";
import { Logger } from "../base/index.ts";
import type { BlockBackend, EntropyBackend } from "../device/index.ts";
import type { BlockDevice } from "./storage.ts";

const SECTOR_BYTES = 512;
/** Between two looks at the processor's mode: few enough that a short stay in user mode is seen. */
const STEP_INSTRUCTIONS = 16;

/** A disk whose writes stay in memory. */
class ScratchDisk implements BlockBackend {
  readonly isReadOnly: boolean;
  readonly sectorCount: number;
  private readonly original: BlockBackend;
  private readonly written = new Map<number, Uint8Array>();

  constructor(original: BlockBackend) {
    this.original = original;
    this.isReadOnly = original.isReadOnly;
    this.sectorCount = original.sectorCount;
  }

  read(sector: number, target: Uint8Array): void {
    this.original.read(sector, target);
    for (let at = 0; at < target.length; at += SECTOR_BYTES) {
      const own = this.written.get(sector + at / SECTOR_BYTES);
      if (own !== undefined) target.set(own.subarray(0, target.length - at), at);
    }
  }

  write(sector: number, data: Uint8Array): void {
    for (let at = 0; at < data.length; at += SECTOR_BYTES) {
      this.written.set(sector + at / SECTOR_BYTES, data.slice(at, at + SECTOR_BYTES));
    }
  }

  flush(): void {}
}

export const scratchDisks = (devices: readonly BlockDevice[]): BlockDevice[] =>
  devices.map((device) => ({ ...device, backend: new ScratchDisk(device.backend) }));

/** The copy must not take random bytes that the machine itself would get later. */
export const scratchEntropy: EntropyBackend = {
  fill: (target) => {
    for (let at = 0; at < target.length; at++) target[at] = (at * 73 + 41) & 0xff;
  },
};

export const silentLog = (): Logger => new Logger("copy", () => {});

/** What is needed of the copy. */
interface RunningCopy {
  readonly running:
    | { readonly cpu: { readonly state: { readonly words: Int32Array }; readonly isHalted: boolean } }
    | undefined;
  instructions(): number;
  runSlice(maxInstructions: number, options: { skipIdle: boolean }): { readonly end: string };
}

/** True when no part of the kernel is in the middle of anything: user code runs, or the processor waits. */
function isQuiet(machine: RunningCopy): boolean {
  const cpu = machine.running?.cpu;
  if (cpu === undefined) return false;
  return cpu.state.words[MODE] === Mode.usr || cpu.isHalted;
}

/**
 * Runs a copy until its kernel is at rest, `atLeast` instructions on and `maxInstructions` at most; false when it never
 * was. Kernels that can be preempted may rest in the middle of an update that takes more than one turn.
 */
export function runToQuietPoint(machine: RunningCopy, atLeast: number, maxInstructions: number): boolean {
  const start = machine.instructions();
  const executed = (): number => machine.instructions() - start;
  while (executed() < maxInstructions) {
    if (executed() >= atLeast && isQuiet(machine)) return true;
    const length = executed() < atLeast ? atLeast - executed() : STEP_INSTRUCTIONS;
    const before = machine.instructions();
    const { end } = machine.runSlice(length, { skipIdle: executed() < atLeast });
    if (machine.instructions() === before && end !== "budget") break;
  }
  return isQuiet(machine);
}
