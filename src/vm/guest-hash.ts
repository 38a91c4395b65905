/** What a guest is at one moment, as hashes: whatever consoles, debuggers and checks did around it leaves them alone. */
import { createHash } from "node:crypto";
import type { State } from "../base/index.ts";
import type { BusRegion, HostMemory } from "../memory/index.ts";
import { stateText } from "./snapshot-format.ts";

/** SHA-256 each, as hexadecimal digits. */
export interface GuestHashes {
  /** The guest's RAM and ROM, in the order of their addresses. */
  readonly memory: string;
  /** CPU, devices and time. */
  readonly state: string;
}

/** What is needed of a machine; without a guest, `running` is `undefined`. */
interface HashedMachine {
  readonly running: { save(): State; readonly bus: { readonly regions: readonly BusRegion[] } } | undefined;
  readonly timeline: { save(): State };
  readonly host: Pick<HostMemory, "ram">;
}

/** Between two slices. Without a guest the hashes of nothing. */
export function guestHashes({ running, timeline, host }: HashedMachine): GuestHashes {
  const memory = createHash("sha256");
  const state = createHash("sha256");
  if (running !== undefined) {
    state.update(stateText({ guest: running.save(), timeline: timeline.save() }));
    for (const region of running.bus.regions) {
      if (region.kind === "device") continue;
      memory.update(host.ram().subarray(region.hostAddress, region.hostAddress + region.sizeBytes));
    }
  }
  return { memory: memory.digest("hex"), state: state.digest("hex") };
}

/** Both in one: equal exactly when the guests are. */
export function guestHash(machine: HashedMachine): string {
  const { memory, state } = guestHashes(machine);
  return createHash("sha256").update(`${memory} ${state}`).digest("hex");
}
