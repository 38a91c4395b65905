/** What the hypervisor's objects ask of the machine that runs the guest's instructions. */
import type { GuestDisplay } from "./display.ts";
import type { Guest } from "./guest.ts";
import type { GuestHashes } from "./guest-hash.ts";
import type { OnWrite } from "./memory-watch.ts";

export interface RegisterGroup {
  /** `Core Registers`, `Abort Mode Registers`. */
  readonly title: string;
  /** Names as the manual has them, at most seven characters: `PC`, `CPSR`, `SCTLR`. */
  readonly registers: readonly { readonly name: string; readonly value: number }[];
}

/** The CPU behind one VCPU. */
export interface VcpuCore {
  /** Core and general purpose registers first, then the banked modes, then CP15. */
  registers(): readonly RegisterGroup[];
}

/** The guest's kernel as the boot loader puts it into memory. */
export interface LoadedKernel {
  /** Guest-physical address of the first byte. */
  readonly address: number;
  readonly data: Uint8Array;
}

/** What can be read of a guest: of the machine itself, or of a copy. */
export interface GuestView {
  /** Copies guest-physical memory; false where some of it is not memory. */
  readGuest(address: number, target: Uint8Array): boolean;
  /** The memory itself, for reading before the guest goes on; `undefined` where it lies in no single piece. */
  viewGuest(address: number, sizeBytes: number): Uint8Array | undefined;
  /** `undefined` where the machine has no such VCPU. */
  core(vcpuIndex: number): VcpuCore | undefined;
  /** Instructions retired since power-on. */
  instructions(): number;
}

/** A throw-away copy of the machine; the machine itself stands still meanwhile. */
export interface GuestCopy extends GuestView {
  /**
   * Runs the copy, `atLeast` instructions and `most` at most, to a point at which its kernel is in the middle of nothing;
   * false when there was none.
   */
  runToQuietPoint(atLeast: number, most: number): boolean;
}

/** The machine that executes the guest; built after the guest's regions are allocated, then attached to the hypervisor. */
export interface MachineControl extends GuestView {
  /** Builds bus and devices over the guest's regions, at power-on state. Called by `guest create` after a `guest destroy`. */
  create(guest: Guest): void;
  /** The guest's memory was given back; nothing of it may be touched again. */
  destroy(): void;
  /** VCPUs and every device to their reset state; RAM and ROM keep their content. */
  reset(): void;
  /** A VCPU may run again, may not run for now, or has stopped for good: the run loop looks at `vcpu.state` anew. */
  statesChanged(): void;
  writeGuest(address: number, data: Uint8Array): boolean;
  /**
   * Tells `onWrite` of every store of the guest to the given pieces of guest-physical memory, which are one whole; answers
   * what ends it, or `undefined` where some of it is not RAM. The guest cannot tell.
   */
  watchWrites(pieces: readonly { address: number; sizeBytes: number }[], onWrite: OnWrite): (() => void) | undefined;
  /** What the guest is at this moment: its memory, and its CPU, devices and time. */
  hashes(): GuestHashes;
  /** The machine as it is now, once more; costs as much memory as the board has. */
  copy(): GuestCopy;
  /** What is loaded at power-on, when that is the kernel itself and not an image that unpacks itself. */
  bootKernel(): LoadedKernel | undefined;
  /** The guest's displays; none while there is no guest. */
  displays(): readonly GuestDisplay[];
  /** Host-physical RAM changed by the console: code and dirty traps of these pages must hear of it. */
  hostWritten(address: number, sizeBytes: number): void;
  /** Cold reset or power-off of the host board. */
  resetHost(): void;
  shutdownHost(): void;
}
