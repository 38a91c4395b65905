/** What a scenario runs on: a powered board, as the program makes it of a profile and images. */
import type { BlockDevice, Machine } from "../vm/index.ts";
import type { JournalHeader } from "./journal-format.ts";

/** Which board is wanted, and how far it is to have come. */
export interface RigRequest {
  /** A board's name or a profile file. */
  readonly board: string;
  readonly append?: string;
  /** Name of a root file system of the profile; no `disk` then. */
  readonly rootfs?: string;
  /** Serial lines are as slow as their rates say. */
  readonly baudPacing?: boolean;
  /** Time of power-on in seconds since 1970, where it is not the usual one of virtual time. */
  readonly epochSeconds?: number;
  /** `prompt`: at the first prompt of its shell; `off`: nothing has run. */
  readonly start: "prompt" | "off";
  readonly disk?: BlockDevice;
}

export interface Rig {
  readonly machine: Machine;
  /** Name of the guest's console port, such as `guest0/uart0`. */
  readonly consolePort: string;
  /** What the guest's console printed up to here. */
  readonly printed: Uint8Array;
  /** The machine as a journal tells it. */
  readonly board: JournalHeader["board"];
  readonly images: JournalHeader["images"];
}

/** Throws what is wrong with board, images or boot. */
export type PowerRig = (request: RigRequest) => Promise<Rig>;
