export { consoleDevice } from "./boot-console.ts";
export * from "./buddy.ts";
export * from "./chardev.ts";
export * from "./devtree.ts";
export { displaysOf, type GuestDisplay, pictureOf } from "./display.ts";
export * from "./facts.ts";
export * from "./guest.ts";
export { type GuestHashes, guestHash, guestHashes } from "./guest-hash.ts";
export type { Engine } from "./guest-machine.ts";
export * from "./heap.ts";
export * from "./host.ts";
export * from "./host-ram.ts";
export * from "./hypervisor.ts";
export * from "./machine.ts";
export * from "./machine-control.ts";
export type { ObservedWrite, OnWrite } from "./memory-watch.ts";
export * from "./module.ts";
export { decodePng, encodePng, type Picture } from "./png.ts";
export * from "./region.ts";
export * from "./scheduler.ts";
export {
  boardState,
  hardwareDigest,
  restoreBoardState,
  restoreMachine,
  restoreSnapshot,
  saveMachine,
  snapshotEpochSeconds,
  stateHash,
  takeSnapshot,
} from "./snapshot.ts";
export { decodeSnapshot, encodeSnapshot, parseStateText, type Snapshot, stateText } from "./snapshot-format.ts";
export { type SnapshotMemory, snapshotMemory } from "./snapshot-memory.ts";
export * from "./storage.ts";
export * from "./thread.ts";
export * from "./time-source.ts";
export * from "./used-pages.ts";
export * from "./vcpu.ts";
export * from "./vserial.ts";
export * from "./wallclock.ts";
