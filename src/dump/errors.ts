/** Errors of memory images; one function per code. */
import { ExitCode, HvError } from "../base/index.ts";

export const imageTruncated = (expected: string, found: string): HvError =>
  new HvError({
    code: "image-truncated",
    message: `memory image: expected ${expected}, found ${found}: it is truncated`,
    hint: "Take the image again, and check that the disk it was written to was not full.",
    facts: { expected, found },
    exitCode: ExitCode.usage,
  });

export const imageUnsupported = (found: string, hint: string): HvError =>
  new HvError({
    code: "image-unsupported",
    message: `memory image: expected raw memory, LiME or an ELF core of 32-bit ARM, found ${found}`,
    hint,
    facts: { found },
    exitCode: ExitCode.usage,
  });

export const imageEmpty = (sizeBytes: number): HvError =>
  new HvError({
    code: "image-empty",
    message: `memory image: expected a guest's memory, found ${sizeBytes} bytes of zeros`,
    hint: "The image was taken before the guest ran, or the tool could not read its memory.",
    facts: { sizeBytes },
    exitCode: ExitCode.usage,
  });

export const imageEncrypted = (sizeBytes: number): HvError =>
  new HvError({
    code: "image-encrypted",
    message: `memory image: expected a guest's memory, found ${sizeBytes} bytes without any structure: encrypted or compressed`,
    hint: "Decrypt or unpack it first.",
    facts: { sizeBytes },
    exitCode: ExitCode.usage,
  });

export const cpuMismatch = (expected: string, found: string, hint: string): HvError =>
  new HvError({
    code: "image-cpu-mismatch",
    message: `memory image: expected that of a guest on ${expected}, found ${found}`,
    hint,
    facts: { expected, found },
    exitCode: ExitCode.usage,
  });

export const cpuUnknown = (found: string, known: readonly string[]): HvError =>
  new HvError({
    code: "image-cpu-unknown",
    message: `--cpu: expected one of ${known.join(", ")}, found "${found}"`,
    hint: "Leave --cpu out, and both page table formats are tried.",
    facts: { found, known },
    exitCode: ExitCode.usage,
  });
