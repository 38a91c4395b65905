/** The guest's memory in a snapshot file, without building the machine. */
import type { State } from "../base/index.ts";
import { PAGE_SIZE } from "../memory/index.ts";
import { snapshotInvalid } from "./errors.ts";
import { decodeSnapshot } from "./snapshot-format.ts";

export interface SnapshotMemory {
  /** Name of the board's profile. */
  readonly profile: string;
  /** RAM of the guest by the name of its region, without the guest's own name. */
  readonly regions: ReadonlyMap<string, Uint8Array>;
}

interface Allocation {
  readonly address: number;
  readonly sizeBytes: number;
  readonly owner: string;
}

const isAllocation = (value: unknown): value is Allocation => {
  const { address, sizeBytes, owner } = (value ?? {}) as Partial<Allocation>;
  return typeof address === "number" && typeof sizeBytes === "number" && typeof owner === "string";
};

/** Throws `snapshot-invalid` for anything but a whole snapshot. */
export function snapshotMemory(file: Uint8Array, guestName: string): SnapshotMemory {
  const { state, pages } = decodeSnapshot(file);
  const inside = (from: State | undefined, name: string): State | undefined => from?.[name] as State | undefined;
  const ram = inside(inside(inside(state, "machine"), "hypervisor"), "ram");
  const taken = Array.isArray(ram?.taken) ? (ram.taken as unknown[]).filter(isAllocation) : [];
  const own = taken.filter(({ owner }) => owner.startsWith(`${guestName}/`));
  if (own.length === 0 || typeof state.profile !== "string") throw snapshotInvalid("a guest's memory", "none");
  const regions = new Map<string, Uint8Array>();
  for (const { address, sizeBytes, owner } of own) {
    const bytes = new Uint8Array(sizeBytes);
    for (const [page, content] of pages) {
      const at = page * PAGE_SIZE - address;
      if (at >= 0 && at + PAGE_SIZE <= sizeBytes) bytes.set(content, at);
    }
    regions.set(owner.slice(guestName.length + 1), bytes);
  }
  return { profile: state.profile, regions };
}
