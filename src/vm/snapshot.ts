/**
 * Saves a whole machine to one file and brings another machine of the same board to exactly that state.
 *
 * Format and its history: `docs/snapshot-format.md`. What the file does not hold: the content of disks, which are files
 * of their own, and console commands that were running.
 */
import { createHash } from "node:crypto";
import type { State } from "../base/index.ts";
import type { Profile } from "../board/index.ts";
import { type HostMemory, PAGE_SIZE } from "../memory/index.ts";
import { snapshotInvalid } from "./errors.ts";
import type { Machine } from "./machine.ts";
import { decodeSnapshot, encodeSnapshot, type Snapshot, stateText } from "./snapshot-format.ts";

const ZERO_PAGE = Buffer.alloc(PAGE_SIZE);

/** Calls `visit` for every page of host RAM that is not all zero, by ascending page number. */
function forEachUsedPage({ memory, ramSizeBytes, u8 }: HostMemory, visit: (page: number, bytes: Uint8Array) => void) {
  const start = u8.length - ramSizeBytes;
  for (let page = 0; page < ramSizeBytes / PAGE_SIZE; page++) {
    const bytes = Buffer.from(memory.buffer, start + page * PAGE_SIZE, PAGE_SIZE);
    if (!bytes.equals(ZERO_PAGE)) visit(page, bytes);
  }
}

/** Digest of all that a state depends on: two boards that differ only in images and texts are the same. */
export function hardwareDigest({ cpu, host, guest, regions, devices }: Profile): string {
  const hardware = { cpu, host, guest, regions, devices };
  return createHash("sha256").update(JSON.stringify(hardware)).digest("hex");
}

/** The whole machine as the bytes of a snapshot file; between two slices. */
export function saveMachine(machine: Machine): Uint8Array {
  const pages = new Map<number, Uint8Array>();
  forEachUsedPage(machine.host, (page, bytes) => pages.set(page, bytes));
  const state: State = {
    profile: machine.profile.name,
    hardware: hardwareDigest(machine.profile),
    ramSizeBytes: machine.host.ramSizeBytes,
    machine: machine.save(),
  };
  return encodeSnapshot({ state, pages });
}

/** A snapshot whose board is that of `machine`; nothing of the machine was touched yet. */
function checkedSnapshot(machine: Machine, file: Uint8Array): Snapshot {
  const snapshot = decodeSnapshot(file);
  const { profile, hardware, ramSizeBytes, machine: state } = snapshot.state;
  if (profile !== machine.profile.name) {
    throw snapshotInvalid(`one of board ${machine.profile.name}`, `one of board ${String(profile)}`);
  }
  const pageCount = machine.host.ramSizeBytes / PAGE_SIZE;
  if (ramSizeBytes !== machine.host.ramSizeBytes) {
    throw snapshotInvalid(`${machine.host.ramSizeBytes} bytes of host RAM`, `${String(ramSizeBytes)} bytes`);
  }
  if (hardware !== hardwareDigest(machine.profile)) {
    throw snapshotInvalid("the devices and memory of this board's profile", "those of another version of the profile");
  }
  if (state === null || typeof state !== "object") throw snapshotInvalid("the state of a machine", typeof state);
  for (const page of snapshot.pages.keys()) {
    if (page >= pageCount) throw snapshotInvalid(`pages below ${pageCount}`, `page ${page}`);
  }
  return snapshot;
}

/**
 * Brings `machine` to the saved state. Throws `snapshot-invalid` before anything is changed when the file is damaged or
 * of another board. A file whose digest is right and whose states are not throws `state-invalid` half-way: the machine
 * must not be used after that.
 */
export function restoreMachine(machine: Machine, file: Uint8Array): void {
  const { state, pages } = checkedSnapshot(machine, file);
  const machineState = state.machine as State;
  machine.prepareRestore(machineState);
  const ram = machine.host.ram();
  ram.fill(0);
  for (const [page, bytes] of pages) ram.set(bytes, page * PAGE_SIZE);
  machine.restore(machineState);
}

/** The wall-clock time of power-on that the saved machine had, in seconds since 1970. */
export function snapshotEpochSeconds(file: Uint8Array): number {
  const machine = decodeSnapshot(file).state.machine as State | null | undefined;
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
