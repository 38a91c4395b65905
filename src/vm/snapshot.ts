/**
 * Saves a whole machine to one file and brings another machine of the same board to exactly that state.
 *
 * Format and its history: `docs/snapshot-format.md`. What the file does not hold: the content of disks, which are files
 * of their own, and console commands that were running.
 */
import { createHash } from "node:crypto";
import { HvError, type State } from "../base/index.ts";
import type { Profile } from "../board/index.ts";
import { PAGE_SIZE } from "../memory/index.ts";
import { snapshotInvalid } from "./errors.ts";
import type { Machine } from "./machine.ts";
import { decodeSnapshot, encodeSnapshot, type Snapshot, stateText } from "./snapshot-format.ts";
import { forEachUsedPage } from "./used-pages.ts";

/** Digest of all that a state depends on: two boards that differ only in images and texts are the same. */
export function hardwareDigest({ cpu, host, guest, regions, devices }: Profile): string {
  const hardware = { cpu, host, guest, regions, devices };
  return createHash("sha256").update(JSON.stringify(hardware)).digest("hex");
}

/** Everything but the content of RAM, with what tells the board; between two slices. */
export const boardState = (machine: Machine): State => ({
  profile: machine.profile.name,
  hardware: hardwareDigest(machine.profile),
  ramSizeBytes: machine.host.ramSizeBytes,
  machine: machine.save(),
});

/** The whole machine as the bytes of a snapshot file; between two slices. */
export function saveMachine(machine: Machine): Uint8Array {
  const pages = new Map<number, Uint8Array>();
  forEachUsedPage(machine.host, (page, bytes) => pages.set(page, bytes));
  return encodeSnapshot({ state: boardState(machine), pages });
}

/** The machine's part of a `boardState`. Throws `snapshot-invalid` when it is of another board than `machine`. */
function machineState(machine: Machine, { profile, hardware, ramSizeBytes, machine: state }: State): State {
  if (profile !== machine.profile.name) {
    throw snapshotInvalid(`one of board ${machine.profile.name}`, `one of board ${String(profile)}`);
  }
  if (ramSizeBytes !== machine.host.ramSizeBytes) {
    throw snapshotInvalid(`${machine.host.ramSizeBytes} bytes of host RAM`, `${String(ramSizeBytes)} bytes`);
  }
  if (hardware !== hardwareDigest(machine.profile)) {
    throw snapshotInvalid("the devices and memory of this board's profile", "those of another version of the profile");
  }
  if (state === null || typeof state !== "object") throw snapshotInvalid("the state of a machine", typeof state);
  return state as State;
}

/** The machine's part of a snapshot whose board is that of `machine`; nothing of the machine was touched yet. */
function checkedState(machine: Machine, { state, pages }: Snapshot): State {
  const checked = machineState(machine, state);
  const pageCount = machine.host.ramSizeBytes / PAGE_SIZE;
  for (const page of pages.keys()) {
    if (page >= pageCount) throw snapshotInvalid(`pages below ${pageCount}`, `page ${page}`);
  }
  return checked;
}

const put = (machine: Machine, state: State, pages: Snapshot["pages"]): void =>
  machine.become(state, (ram) => {
    ram.fill(0);
    for (const [page, bytes] of pages) ram.set(bytes, page * PAGE_SIZE);
  });

/** A state that some part refuses, or trips over, is a bad snapshot, whatever the part says. */
const refusal = (error: unknown): unknown =>
  error instanceof HvError || !(error instanceof Error)
    ? error
    : snapshotInvalid("a state that every part of the machine takes", error.message);

/** The whole machine as a snapshot of its own, whose pages do not change with the machine; between two slices. */
export function takeSnapshot(machine: Machine): Snapshot {
  const pages = new Map<number, Uint8Array>();
  forEachUsedPage(machine.host, (page, bytes) => pages.set(page, new Uint8Array(bytes)));
  return { state: boardState(machine), pages };
}

/**
 * Brings `machine` to a snapshot's state, or leaves it as it was and throws: `snapshot-invalid` for one of another
 * board, and what its parts say of states they do not take. A machine that never ran has nothing to go back to, and must
 * not be used after an error.
 */
export function restoreSnapshot(machine: Machine, snapshot: Snapshot): void {
  const state = checkedState(machine, snapshot);
  const before = machine.instructions() === 0 ? undefined : takeSnapshot(machine);
  try {
    put(machine, state, snapshot.pages);
  } catch (error) {
    if (before !== undefined) put(machine, before.state.machine as State, before.pages);
    throw refusal(error);
  }
}

/** The same from the bytes of a snapshot file. */
export function restoreMachine(machine: Machine, file: Uint8Array): void {
  restoreSnapshot(machine, decodeSnapshot(file));
}

/** Brings `machine`, whose RAM has its saved content already, to a `boardState`. Throws as `restoreMachine` does. */
export function restoreBoardState(machine: Machine, state: State): void {
  machine.restore(machineState(machine, state));
}

/** The wall-clock time of power-on that the saved machine had, in seconds since 1970. */
export function snapshotEpochSeconds({ state }: Snapshot): number {
  const machine = state.machine as State | null | undefined;
  const epochSeconds = machine?.epochSeconds;
  if (typeof epochSeconds !== "number") throw snapshotInvalid("the time of power-on", typeof epochSeconds);
  return epochSeconds;
}

/** SHA-256 over CPU, devices, hypervisor objects, time and RAM: equal exactly when the machines are. */
export function stateHash(machine: Machine): string {
  const hash = createHash("sha256").update(stateText(machine.save()));
  const number = Buffer.alloc(4);
  forEachUsedPage(machine.host, (page, bytes) => {
    number.writeUInt32LE(page);
    hash.update(number).update(bytes);
  });
  return hash.digest("hex");
}
