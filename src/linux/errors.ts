/** Errors of reading a guest kernel from outside; one function per code. */
import { HvError, hexAddress } from "../base/index.ts";

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

export function systemMapInvalid(line: number, text: string): HvError {
  return new HvError({
    code: "system-map-invalid",
    message: `line ${line} of the System.map: expected "address type name", found "${text.slice(0, 60)}"`,
    hint: "Give the System.map that the kernel's build wrote next to vmlinux.",
    facts: { line },
  });
}

export function systemMapMismatch(name: string, expected: number, found: number): HvError {
  return new HvError({
    code: "system-map-mismatch",
    message: `the System.map says ${name} is at ${hexAddress(expected)}, found it at ${hexAddress(found)} in guest memory`,
    hint: "The file belongs to another kernel build; leave it out, the symbols are found in memory anyway.",
    facts: { name, expected, found },
  });
}
