/** Errors of reading files that come from a kernel's build; one function per code. */
import { ExitCode, HvError, latin1 } from "../base/index.ts";

export const elfInvalid = (expected: string, found: string): HvError =>
  new HvError({
    code: "elf-invalid",
    message: `expected ${expected}, found ${found}`,
    hint: "Give a file for 32-bit little-endian ARM, such as the vmlinux that the kernel's build wrote, or a core of its memory.",
    facts: { expected, found },
    exitCode: ExitCode.usage,
  });

export const debugInfoInvalid = (format: string, expected: string, found: string): HvError =>
  new HvError({
    code: "debug-info-invalid",
    message: `${format}: expected ${expected}, found ${found}`,
    hint: "Give the file as the kernel's build or the tool made it; System.map, vmlinux, .btf and Volatility's JSON are read.",
    facts: { format, expected, found },
    exitCode: ExitCode.usage,
  });

const FORMATS = "a System.map, a vmlinux (ELF), BTF, Volatility's JSON, or VMCOREINFO text";

/** What an unknown file begins with, as far as a person can read it. */
function looksOf(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty file";
  const head = latin1(bytes.subarray(0, 24));
  return /^[\x20-\x7e\s]+$/.test(head) ? `text that begins "${head.trim()}"` : "other data";
}

export const symbolsUnknown = (bytes: Uint8Array): HvError =>
  new HvError({
    code: "symbols-unknown",
    message: `expected ${FORMATS}, found ${looksOf(bytes)}`,
    hint: "The kernel's build writes System.map and vmlinux; dwarf2json and pahole make the others of a vmlinux.",
    facts: { sizeBytes: bytes.length },
  });

export const symbolsMissing = (found: string): HvError =>
  new HvError({
    code: "symbols-missing",
    message: `expected symbols or structures of a kernel, found ${found}`,
    hint: "Give the vmlinux as the kernel's build wrote it, not a stripped copy.",
    facts: { found },
  });

export const systemMapInvalid = (line: number, text: string): HvError =>
  new HvError({
    code: "system-map-invalid",
    message: `line ${line} of the System.map: expected "address type name" of a 32-bit kernel, found "${text.slice(0, 60)}"`,
    hint: "Give the System.map that the kernel's build wrote next to vmlinux.",
    facts: { line },
  });
