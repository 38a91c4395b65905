/** Errors of the hypervisor's objects, one function per code. */
import { ExitCode, HvError, hexAddress } from "../base/index.ts";

/** `host ram reserve` or the board's layout asks for frames that are taken or that do not exist. */
export function ramReserved(address: number, sizeBytes: number, owner: string): HvError {
  return new HvError({
    code: "ram-reserved",
    message: `${owner}: expected ${sizeBytes} free bytes of host RAM at ${hexAddress(address)}, found frames in use or outside every bank`,
    hint: "`host ram bitmap` shows which frames are free",
    facts: { address, sizeBytes, owner },
  });
}

export function ramExhausted(sizeBytes: number, alignOrder: number, owner: string, freeBytes: number): HvError {
  return new HvError({
    code: "ram-exhausted",
    message: `${owner}: expected a free run of ${sizeBytes} bytes aligned to 2^${alignOrder} in host RAM, found ${freeBytes} bytes free in smaller pieces`,
    hint: "give the guest less memory, or the board more RAM",
    facts: { sizeBytes, alignOrder, owner, freeBytes },
  });
}

export function heapExhausted(heap: string, sizeBytes: number, owner: string, freeBytes: number): HvError {
  return new HvError({
    code: "heap-exhausted",
    message: `${owner}: expected ${sizeBytes} bytes from the ${heap} heap, found ${freeBytes} bytes free`,
    hint: "`heap info` shows its use",
    exitCode: ExitCode.failed,
    facts: { heap, sizeBytes, owner, freeBytes },
  });
}

/** A saved state that is not of this object. */
export function stateInvalid(part: string, expected: string, found: string): HvError {
  return new HvError({
    code: "state-invalid",
    message: `${part}: expected ${expected} in the saved state, found ${found}`,
    hint: "the state was saved by another board or another version",
    facts: { part, expected, found },
  });
}

export function vcpuPoolFull(limit: number, name: string): HvError {
  return new HvError({
    code: "vcpu-pool-full",
    message: `${name}: expected one of ${limit} VCPUs to be free, found none`,
    hint: "destroy a guest that is not needed",
    facts: { limit, name },
  });
}

/** A snapshot file that is damaged, of another version, or of another board. */
export const snapshotInvalid = (expected: string, found: string): HvError =>
  new HvError({
    code: "snapshot-invalid",
    message: `Snapshot: expected ${expected}, found ${found}`,
    hint: "The file is damaged, incomplete, of another version or of another board; make a new snapshot.",
    facts: { expected, found },
  });
