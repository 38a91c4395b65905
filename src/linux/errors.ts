/** Errors of reading a guest kernel from outside; one function per code. */
import { HvError } from "../base/index.ts";

export function kernelNotFound(reason: string): HvError {
  return new HvError({
    code: "kernel-not-found",
    message: `expected a running 32-bit ARM Linux kernel in guest memory, found none: ${reason}`,
    hint: "Let the guest boot until its kernel prints its version, or check that this is the memory of an ARM Linux guest.",
    facts: { reason },
    exitCode: 1,
  });
}

export function kernelLayoutUnsupported(found: string, hint: string): HvError {
  return new HvError({
    code: "kernel-layout-unsupported",
    message: `expected a little-endian kernel with short-descriptor page tables, found ${found}`,
    hint,
    facts: { found },
    exitCode: 1,
  });
}
