/** Errors of reading files that come from a kernel's build; one function per code. */
import { ExitCode, HvError } from "../base/index.ts";

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
